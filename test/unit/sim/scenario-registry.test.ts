import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import { loadLibrary, loadScenarioFile } from "../../../sim/scenarios/registry.ts";
import { UserError } from "../../../sim/user-error.ts";
import { chooseScenario, scenarioOptions } from "../../../tasks/shared/choose-scenario.ts";

const TEMPLATE = path.resolve("sim/scenarios/template.ts");
const NOTHING = { scenario: "", prices: "", shock: "", over: "", asset: "" };

describe("scenario files", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "scenarios-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A file like the template, with one thing changed. */
  async function write(name: string, change: string): Promise<string> {
    const file = path.join(folder, `${name}.ts`);
    const from = JSON.stringify(TEMPLATE);
    await writeFile(
      file,
      `import base from ${from};\nexport default { ...base, name: ${JSON.stringify(name)}, ${change} };\n`,
    );
    return file;
  }

  async function messageOf(file: string): Promise<string> {
    const error: unknown = await loadScenarioFile(file).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(UserError);
    return (error as UserError).message;
  }

  it("can be anywhere: the template is one", async () => {
    const scenario = await loadScenarioFile(TEMPLATE);
    expect(scenario.name).to.equal("template");
    expect(Object.keys(scenario.stress ?? {})).to.have.lengthOf(5);
  });

  it("are found in a library by their names, without anything else that knows of them", async () => {
    await write("zebra", "");
    await write("apple", 'source: "a newspaper", stress: undefined');
    await write("mango", "stress: undefined");
    await writeFile(path.join(folder, "notes.md"), "no scenario");
    const { scenarios, broken } = await loadLibrary(folder);
    expect(scenarios.map(({ name }) => name)).to.deep.equal(["apple", "mango", "zebra"]); // history, made up, stress
    expect(broken).to.deep.equal([]);
  });

  it("do not keep others from being found when they are broken", async () => {
    await write("good", "");
    await writeFile(path.join(folder, "empty.ts"), "export {};\n");
    await writeFile(path.join(folder, "typo.ts"), "export default {{;\n");
    await write("other", 'name: "another"');
    const { scenarios, broken } = await loadLibrary(folder);
    expect(scenarios.map(({ name }) => name)).to.deep.equal(["good"]);
    expect(broken.map(({ name }) => name)).to.deep.equal(["empty", "other", "typo"]);
    const [empty, other, typo] = broken.map(({ message }) => message);
    expect(empty).to.equal("empty.ts: must export a scenario by default");
    expect(other).to.equal('other.ts: its name must be that of the file, got "another"');
    expect(typo).to.match(/^typo\.ts: cannot be loaded: /);
  });

  it("that are not there are an error", async () => {
    expect(await messageOf(path.join(folder, "none.ts"))).to.match(/^cannot read .*none\.ts: no such file$/);
  });

  for (const [change, message] of [
    ['title: " "', "title must say something"],
    ["source: undefined", "source must be a text"],
    ['asset: "DOGE"', 'asset must be one of WETH, WBTC, LUNA, USDC, got "DOGE"'],
    ['loan: "EUR"', 'loan must be USDC or DAI, got "EUR"'],
    ['asset: "USDC"', "USDC cannot be lent against itself"],
    ["blockSeconds: 0", "blockSeconds must be from 0.05 to 86400, got 0"],
    ["blockSeconds: 7", "durationSeconds must be 1 to 20000 whole blocks"],
    ["blockSeconds: 0.25", "durationSeconds must be 1 to 20000 whole blocks, got 9000 s in 36000"],
    ["volatilityBefore: { fast: 4, slow: 0.1 }", "volatilityBefore must have fast and slow"],
    ["path: [1, 2]", "path must be a function"],
    [
      "stress: { whale: { collateralShare: 2 } }",
      "stress.whale.collateralShare must be a number from 0.01 to 0.9, got 2",
    ],
    ["path: () => [1, 2]", "path has 2 prices, 751 are needed: one a block"],
    ["path: () => Array(751).fill(0)", "path has the price 0 in block 0"],
    ["path: () => Array(751).fill(NaN)", "path has the price NaN in block 0"],
    ["path: () => Array.from({ length: 751 }, () => Math.random() + 1)", "path is another one each time"],
    ["others: () => ({ WETH: [1] })", "WETH has 1 prices, 751 are needed"],
    ["path: () => { throw new Error('no luck'); }", "its path cannot be drawn: no luck"],
  ] as const) {
    it(`are refused with a line that names the file: ${message}`, async () => {
      const shown = await messageOf(await write("mine", change));
      expect(shown).to.match(/mine\.ts: /);
      expect(shown).to.include(message);
    });
  }

  describe("on the command line", () => {
    it("are told by their ending", async () => {
      const file = await write("mine", "");
      expect((await chooseScenario({ ...NOTHING, scenario: file })).name).to.equal("mine");
      expect(scenarioOptions({ ...NOTHING, scenario: file })).to.deep.equal(["--scenario", file]);
      expect((await chooseScenario({ ...NOTHING, scenario: "may-19" })).name).to.equal("may-19");
    });

    it("may be price files, of an asset that can be said", async () => {
      const file = path.join(folder, "prices.csv");
      await writeFile(file, "timestamp,open,high,low,close\n1600000000,10,11,9,10\n1600003600,10,11,5,6\n");
      const scenario = await chooseScenario({ ...NOTHING, scenario: file, asset: "wbtc" });
      expect([scenario.title, scenario.asset]).to.deep.equal(["prices.csv", "WBTC"]);
      const again = scenarioOptions({ ...NOTHING, scenario: file });
      expect(again).to.deep.equal(["--scenario", file, "--asset", "WETH"]);
    });

    it("have their asset themselves", async () => {
      const error: unknown = await chooseScenario({ ...NOTHING, scenario: TEMPLATE, asset: "WETH" }).catch(
        (caught: unknown) => caught,
      );
      expect(error).to.be.instanceOf(UserError);
    });
  });
});
