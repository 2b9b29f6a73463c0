import { expect } from "chai";

import type { RunProgress } from "../../../../sim/metrics/run-result.ts";
import { createProgress } from "../../../../sim/report/progress.ts";

const BLOCKS = 1860;

function at(phase: RunProgress["phase"], block: number, blocks = BLOCKS): RunProgress {
  return { phase, block, blocks, marketPrice: 134.2, underWaterAccounts: 12, liquidatedDebt: 1_209_182, badDebt: 0 };
}

/** Everything written while a whole run reports each block. */
function writtenBy(stream: { isTTY?: boolean; columns?: number }): string[] {
  const written: string[] = [];
  const progress = createProgress({ ...stream, write: (text) => written.push(text) }, "WETH");
  progress.update(at("deploy", 0, 0));
  progress.update(at("populate", 0, 0));
  for (const phase of ["run", "twin"] as const) {
    for (let block = 0; block <= BLOCKS; ++block) progress.update(at(phase, block));
  }
  progress.end();
  return written;
}

describe("#createProgress", () => {
  it("writes a line about every tenth where nobody looks on", () => {
    const lines = writtenBy({});
    expect(lines).to.have.lengthOf(2 + 2 * 11);
    expect(lines.join("")).to.not.include("\r").and.to.not.include("\x1b");
    for (const line of lines) expect(line.endsWith("\n") && line.length <= 101, line).to.equal(true);
    expect(lines[0]).to.equal("deploying     …\n");
    expect(lines[1]).to.equal("populating    …\n");
    expect(lines[7]).to.equal(
      "with feedback  50 %  block  930/1860  WETH 134.20  under water 12  liquidated 1.21M  bad debt 0\n",
    );
    expect(lines[12]).to.match(/^with feedback 100 % {2}block 1860\/1860/);
    expect(lines[13]).to.match(/^twin without {4}0 %/);
  });

  it("refreshes one line of a terminal, within its width, and clears it in the end", () => {
    const written = writtenBy({ isTTY: true, columns: 80 });
    expect(written.length).to.be.within(200, 410);
    for (const text of written) {
      expect(text.startsWith("\r\x1b[2K")).to.equal(true);
      expect(text).to.not.include("\n");
      expect(text.slice(5).length).to.be.at.most(79);
    }
    expect(written[102]).to.match(/with feedback ██████████░░░░░░░░░░ {2}50 %/);
    expect(written[written.length - 1]).to.equal("\r\x1b[2K");
  });

  it("writes nothing if there was nothing", () => {
    const written: string[] = [];
    createProgress({ isTTY: true, write: (text) => written.push(text) }, "WETH").end();
    expect(written).to.deep.equal([]);
  });

  it("survives a run that reports more blocks than it said", () => {
    const written: string[] = [];
    createProgress({ write: (text) => written.push(text) }, "WETH").update(at("run", BLOCKS + 5));
    expect(written[0]).to.match(/100 %/);
  });
});
