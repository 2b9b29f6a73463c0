import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import { formatResult, prepareOutputFile } from "../../../../sim/report/result-file.ts";
import { UserError } from "../../../../sim/user-error.ts";
import { sampleResult } from "../../../shared/sample-result.ts";

describe("#prepareOutputFile", () => {
  let directory: string;
  beforeEach(async () => void (directory = await mkdtemp(path.join(tmpdir(), "breakwater-out-"))));
  afterEach(() => rm(directory, { recursive: true }));

  const inside = (...names: string[]) => path.join(directory, ...names);

  async function refusal(name: string): Promise<string> {
    const error: unknown = await prepareOutputFile(name, "--out").then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(UserError);
    return (error as UserError).message;
  }

  it("refuses what cannot be written, before there is anything to write", async () => {
    await writeFile(inside("file"), "");
    await mkdir(inside("folder"));
    expect(await refusal("")).to.equal("--out needs the name of a file");
    expect(await refusal(inside("folder"))).to.match(/^--out .*folder is a directory$/);
    expect(await refusal("/dev/null")).to.equal("--out /dev/null is not a file");
    expect(await refusal(inside("none", "r.json"))).to.match(/^cannot write --out .*: there is no such directory$/);
    expect(await refusal(inside("file", "r.json"))).to.match(/^cannot write --out .*: its directory is a file$/);
    expect(await refusal(inside("x".repeat(300)))).to.match(/: the name is too long$/);
    expect((await readdir(directory)).sort()).to.deep.equal(["file", "folder"]);
  });

  if (process.getuid?.() !== 0) {
    // Nothing is forbidden to root.
    it("refuses a directory that may not be written to", async () => {
      await mkdir(inside("locked"));
      await chmod(inside("locked"), 0o500);
      expect(await refusal(inside("locked", "r.json"))).to.match(/: permission denied$/);
      await chmod(inside("locked"), 0o700);
    });
  }

  it("leaves nothing behind, and what is there alone, until it writes", async () => {
    await writeFile(inside("r.json"), "old");
    const file = await prepareOutputFile(inside("r.json"), "--out");
    expect(await readdir(directory)).to.deep.equal(["r.json"]);
    expect(await readFile(inside("r.json"), "utf8")).to.equal("old");
    await file.write("new");
    expect(await readdir(directory)).to.deep.equal(["r.json"]);
    expect(await readFile(inside("r.json"), "utf8")).to.equal("new");
  });

  it("replaces the file that a link points to, not the link", async () => {
    await writeFile(inside("real.json"), "old");
    await symlink(inside("real.json"), inside("link.json"));
    await (await prepareOutputFile(inside("link.json"), "--out")).write("new");
    expect(await readFile(inside("real.json"), "utf8")).to.equal("new");
    expect(
      (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isSymbolicLink()),
    ).to.have.lengthOf(1);
  });

  it("keeps the old file whole if writing fails", async () => {
    await writeFile(inside("r.json"), "old");
    const file = await prepareOutputFile(inside("r.json"), "--out");
    await rm(inside("r.json"));
    await mkdir(inside("r.json", "now-a-folder"), { recursive: true });
    const error: unknown = await file.write("new").catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UserError);
    expect(await readdir(directory)).to.deep.equal(["r.json"]); // and no temporary file
  });
});

describe("#formatResult", () => {
  it("is JSON that gives the result back, an array of numbers a line", () => {
    const result = sampleResult();
    const text = formatResult(result);
    expect(JSON.parse(text)).to.deep.equal(result);
    expect(text.split("\n").length).to.be.lessThan(800);
    expect(text).to.match(/\n {6}"seconds": \[0,60,120,/);
    expect(text.endsWith("}\n")).to.equal(true);
  });

  it("leaves text alone that looks like an array", () => {
    const command = "[\n1, 2\n]";
    expect(JSON.parse(formatResult({ ...sampleResult(), command }))).to.have.property("command", command);
  });

  it("refuses numbers that JSON cannot write", () => {
    const result = sampleResult();
    for (const exogenousLow of [NaN, Infinity]) {
      expect(() => formatResult({ ...result, exogenousLow })).to.throw(`exogenousLow is ${exogenousLow}`);
    }
  });
});
