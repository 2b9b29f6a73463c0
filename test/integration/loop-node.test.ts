import { expect } from "chai";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Deployment } from "../../sim/deployments.ts";
import { expectClose } from "../shared/expect-close.ts";
import { runHardhat, startNode, type RunningNode } from "../shared/node-process.ts";

/** As a user types them, each in a process of its own, against a node that lives on between them. */
describe("loop and unwind on a live node", () => {
  let node: RunningNode;
  let directory: string;

  before(async () => {
    node = await startNode();
    directory = await mkdtemp(path.join(tmpdir(), "deployments-"));
  });
  after(async () => {
    await node.stop();
    await rm(directory, { recursive: true });
  });

  const hardhat = (...args: string[]) =>
    runHardhat([...args, "--network", "localhost"], { LOCALHOST_RPC_URL: node.url, BREAKWATER_DEPLOYMENTS: directory });

  for (const task of ["loop", "unwind"]) {
    it(`${task} refuses a node without a deployment in one line`, async () => {
      const { code, stdout, stderr } = await hardhat(task);
      expect(code).to.equal(1);
      expect(stdout).to.equal("");
      expect(stderr.trim()).to.equal(
        "error: no deployment for chain 31337: run npx hardhat deploy --network localhost",
      );
    });
  }

  describe("with a deployment", () => {
    let file: string;
    let saved: string;

    before(async () => {
      const { code, stderr } = await hardhat("deploy");
      expect(code, stderr).to.equal(0);
      const [name] = await readdir(directory);
      file = path.join(directory, name);
      saved = await readFile(file, "utf8");
    });
    afterEach(() => writeFile(file, saved));

    it("refuses an address that is not a pool in one line", async () => {
      const deployment = JSON.parse(saved) as Deployment;
      const { contracts } = deployment;
      await writeFile(file, JSON.stringify({ ...deployment, contracts: { ...contracts, pool: contracts.oracle } }));
      const { code, stdout, stderr } = await hardhat("loop");
      expect(code).to.equal(1);
      expect(stdout).to.equal("");
      expect(stderr.trim()).to.equal(`error: ${contracts.oracle} on localhost is not a Breakwater pool`);
    });

    it("refuses to unwind what is not there", async () => {
      const { code, stderr } = await hardhat("unwind");
      expect(code).to.equal(1);
      expect(stderr.trim()).to.match(/^error: 0x[0-9a-fA-F]{40} has no debt in this pool$/);
    });

    it("opens round by round, refuses to open twice, and unwinds to nothing", async () => {
      const opened = await hardhat("loop", "--rounds", "3", "--ltv", "0.75");
      expect(opened.code, opened.stderr).to.equal(0);
      const rows = tableOf(opened.stdout);
      expect(rows.map(([round]) => round)).to.deep.equal(["0", "1", "2", "3"]);
      expect(rows[0].slice(1)).to.deep.equal(["10.0000", "0.00", "1.0000", "–", "–"]);
      for (const [, collateral, debt, leverage, health, liquidationPrice] of rows.slice(1).map(numbers)) {
        // The demo: WETH at 2000, of which 86 % carries debt.
        expectClose(leverage, (collateral * 2_000) / (collateral * 2_000 - debt), 0.005);
        expectClose(health, (collateral * 2_000 * 0.86) / debt, 0.005);
        expectClose(liquidationPrice, debt / (collateral * 0.86), 0.02);
      }
      // 1 + 0.75 + 0.75² + 0.75³, less fees and slippage
      expect(numbers(rows[3])[1]).to.be.within(26.8, 27.35);

      const again = await hardhat("loop");
      expect(again.code).to.equal(1);
      expect(again.stderr.trim()).to.match(/^error: 0x[0-9a-fA-F]{40} has a position already: unwind it first/);

      const closed = await hardhat("unwind");
      expect(closed.code, closed.stderr).to.equal(0);
      const down = tableOf(closed.stdout);
      expect(down[0].slice(1, 3)).to.deep.equal(rows[3].slice(1, 3)); // a few seconds of interest: below a cent
      expect(down[down.length - 1].slice(1, 4)).to.deep.equal(["0.0000", "0.00", "1.0000"]);
      expect(closed.stdout).to.match(/No debt is left; 9\.\d+ WETH came back/);
    });
  });
});

/** Rows of the table of positions: those that begin with the number of a round. */
function tableOf(text: string): string[][] {
  const rows = text.split("\n").map((line) => line.trim().split(/ +/));
  return rows.filter((cells) => cells.length === 6 && /^\d+$/.test(cells[0]));
}

function numbers(row: readonly string[]): number[] {
  return row.map((cell) => Number(cell.replaceAll(",", "")));
}
