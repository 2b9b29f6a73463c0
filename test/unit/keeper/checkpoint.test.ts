import { expect } from "chai";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { spawnSync } from "node:child_process";

import { CheckpointFile, type Checkpoint } from "../../../scripts/keeper/checkpoint.ts";
import { UserError } from "../../../sim/user-error.ts";

const OWNER = { chainId: 1, pool: "0xpool", account: "0xkeeper" };
const CHECKPOINT: Checkpoint = {
  index: { fromBlock: 3, confirmed: { number: 9, hash: "0x9" }, debtShares: [["0xa", "7"]], recent: [] },
  transactions: [],
};

describe("CheckpointFile", () => {
  let directory: string;
  let file: string;
  const open = (owner = OWNER) => new CheckpointFile(file, owner);
  const refusal = async (promise: Promise<unknown>) => {
    const error: unknown = await promise.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UserError);
    return (error as UserError).message;
  };

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "keeper-"));
    file = path.join(directory, "deep", "state.json");
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("gives back what was saved, and leaves nothing else behind", async () => {
    expect(await open().load()).to.deep.equal({ missing: "no checkpoint" });
    await open().save(CHECKPOINT);
    await open().save({ ...CHECKPOINT, helpers: { lens: "0xl", liquidator: "0xf" } });
    expect(await open().load()).to.deep.equal({ ...CHECKPOINT, helpers: { lens: "0xl", liquidator: "0xf" } });
    expect(await readdir(path.dirname(file))).to.deep.equal(["state.json"]);
  });

  it("starts anew from a file that is damaged or of another version", async () => {
    await open().save(CHECKPOINT);
    const whole = await readFile(file, "utf8");
    for (const text of [
      whole.slice(0, whole.length / 2),
      "",
      "null",
      "[]",
      whole.replace('"version":1', '"version":9'),
    ]) {
      await writeFile(file, text);
      expect(await open().load(), text).to.have.property("missing");
    }
  });

  it("refuses a file of another chain, pool or account, and does not touch it", async () => {
    await open().save(CHECKPOINT);
    for (const other of [{ chainId: 5 }, { pool: "0xother" }, { account: "0xother" }]) {
      expect(await refusal(open({ ...OWNER, ...other }).load())).to.match(
        /is the checkpoint of .*: choose another --state/,
      );
    }
    expect(await open().load()).to.deep.equal(CHECKPOINT);
  });

  it("keeps the old one if the new one cannot be written", async () => {
    await open().save(CHECKPOINT);
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const broken = { ...CHECKPOINT, index: circle } as unknown as Checkpoint;
    await open()
      .save(broken)
      .then(
        () => expect.fail("it was saved"),
        () => undefined,
      );
    expect(await open().load()).to.deep.equal(CHECKPOINT);
    expect(await readdir(path.dirname(file))).to.deep.equal(["state.json"]);
  });

  it("keeps a second process off, until the first ends or is killed", async () => {
    const unlock = await open().lock();
    await writeFile(`${file}.lock`, String(process.ppid)); // somebody who is alive
    expect(await refusal(open().lock())).to.match(/another keeper works with/);
    await unlock();
    await (
      await open().lock()
    )();
    const { pid } = spawnSync(process.execPath, ["-e", ""]); // was, and is no more
    await writeFile(`${file}.lock`, String(pid));
    const again = await open().lock();
    expect(await readFile(`${file}.lock`, "utf8")).to.equal(String(process.pid));
    await again();
    expect(await readdir(path.dirname(file))).to.deep.equal([]);
  });
});
