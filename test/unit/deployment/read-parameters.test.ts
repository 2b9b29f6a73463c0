import { expect } from "chai";
import { getAddress, ZeroAddress } from "ethers";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { DEMO_PARAMETERS } from "../../../ignition/deploy-system.ts";
import { draftAddress, readParameterFile } from "../../../ignition/read-parameters.ts";
import { UserError } from "../../../sim/user-error.ts";

const TEMPLATE = path.resolve(path.dirname(DEMO_PARAMETERS), "template.json");

/** What the tests change of it. */
interface DemoFile {
  access: Record<string, unknown>;
  core: Record<string, unknown>;
  risk?: unknown;
  collaterals: { curve: string; risk?: unknown; market: Record<string, unknown> }[];
}

describe("#readParameterFile", () => {
  let directory: string;

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "parameters-"));
  });
  after(() => rm(directory, { recursive: true }));

  async function errorOf(file: string): Promise<string> {
    const error: unknown = await readParameterFile(file).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).to.be.instanceOf(UserError);
    return error instanceof UserError ? error.message.replace(file, "FILE") : "";
  }

  /** The demo's file with one piece of its text replaced. */
  async function changed(from: string, to: string): Promise<string> {
    const text = await readFile(DEMO_PARAMETERS, "utf8");
    expect(text).to.include(from);
    const file = path.join(directory, "changed.json");
    await writeFile(file, text.replace(from, to));
    return file;
  }

  it("reverts to one line when the file is absent or not JSON", async () => {
    expect(await errorOf(path.join(directory, "none.json"))).to.equal("cannot read the parameter file FILE");
    const file = path.join(directory, "text.json");
    await writeFile(file, "chainId: 1");
    expect(await errorOf(file)).to.match(/^FILE is not JSON: Unexpected token/);
    await writeFile(file, "[]");
    expect(await errorOf(file)).to.equal("FILE: the file must be an object");
  });

  const cases: [what: string, from: string, to: string, message: string][] = [
    ["missing", '"symbol": "bwUSDC",', "", "FILE: parameter core.symbol is missing"],
    ["misspelt", '"access": {', '"access": { "delay": 0,', "FILE: unknown parameter access.delay"],
    [
      "out of range",
      '"reserveFactorBps": 1000',
      '"reserveFactorBps": 5001',
      "FILE: parameter core.reserveFactorBps must be within 0..5000, not 5001",
    ],
    [
      "not whole",
      '"twapWindow": 1800',
      '"twapWindow": 0.5',
      'FILE: parameter collaterals[0].market.twapWindow must be a whole number, as 123 or "123n", not 0.5',
    ],
    [
      "negative",
      '"minDebt": "100000000n"',
      '"minDebt": "-1n"',
      'FILE: parameter core.minDebt must be a whole number, as 123 or "123n", not "-1n"',
    ],
    [
      "no address",
      '"loanAsset": "$token:USDC"',
      '"loanAsset": "0x12"',
      'FILE: parameter core.loanAsset must be an address, not "0x12"',
    ],
    [
      "not a choice",
      '"curve": "paced"',
      '"curve": "linear"',
      'FILE: parameter collaterals[0].curve must be one of paced, fixed, dutch, not "linear"',
    ],
    [
      "not a list",
      '"quoteFeeds": [{ "source": "$feed:USDC", "heartbeat": 604800 }]',
      '"quoteFeeds": 1',
      "FILE: parameter core.quoteFeeds must be a list, not 1",
    ],
    [
      "of the wrong kind",
      '"feedsInQuote": false',
      '"feedsInQuote": 0',
      "FILE: parameter collaterals[0].market.feedsInQuote must be true or false, not 0",
    ],
    [
      "beyond another that bounds it",
      '"floorWad": "10000000000000000n"',
      '"floorWad": "90000000000000000n"',
      "FILE: parameter collaterals[0].risk.volatility.floorWad must be within 10000000000000..80000000000000000, " +
        'not "90000000000000000n"',
    ],
    [
      "slower where it must be faster",
      '"fallTau": 600',
      '"fallTau": 21600',
      "FILE: parameter collaterals[0].risk.depth.fallTau must be within 60..21599, not 21600",
    ],
    [
      "out of a risk module's range",
      '"zHundredths": 400',
      '"zHundredths": 99',
      "FILE: parameter collaterals[0].risk.factors.zHundredths must be within 100..1000, not 99",
    ],
    [
      "out of the engine's range",
      '"exitShareBps": 2000',
      '"exitShareBps": 499',
      "FILE: parameter risk.flow.exitShareBps must be within 500..10000, not 499",
    ],
    [
      "a pair of one",
      '"assets": ["$token:WETH", "$token:WBTC"]',
      '"assets": ["$token:WETH", "$token:WETH"]',
      "FILE: parameter risk.correlations[0].assets must be two collaterals of the file, each pair once, not " +
        JSON.stringify(Array(2).fill(getAddress(draftAddress("token:WETH") ?? ""))),
    ],
    [
      "a pair that is no list",
      '"assets": ["$token:WETH", "$token:WBTC"]',
      '"assets": "$token:WETH"',
      'FILE: parameter risk.correlations[0].assets must be a list, not "$token:WETH"',
    ],
    [
      "without pools to measure",
      '"depth": {',
      '"depth": { "pools": [],',
      "FILE: parameter collaterals[0].risk.depth.pools must be 1 to 4 Uniswap v3 pools, not []",
    ],
  ];
  for (const [what, from, to, message] of cases) {
    it(`reverts to one line when a parameter is ${what}`, async () => {
      expect(await errorOf(await changed(from, to))).to.equal(message);
    });
  }

  it("refuses names of demo contracts in a file without a demo", async () => {
    const json = JSON.parse(await readFile(DEMO_PARAMETERS, "utf8")) as Record<string, unknown>;
    delete json.demo;
    const file = path.join(directory, "real.json");
    await writeFile(file, JSON.stringify(json));
    expect(await errorOf(file)).to.equal('FILE: parameter core.loanAsset must be an address, not "$token:USDC"');
  });

  /** The demo's file, changed as an object. */
  async function edited(edit: (json: DemoFile) => void): Promise<string> {
    const json = JSON.parse(await readFile(DEMO_PARAMETERS, "utf8")) as DemoFile;
    edit(json);
    const file = path.join(directory, "edited.json");
    await writeFile(file, JSON.stringify(json));
    return file;
  }

  it("refuses a collateral without risk parameters in a pool with an engine", async () => {
    const file = await edited((json) => delete json.collaterals[1].risk);
    expect(await errorOf(file)).to.equal("FILE: parameter collaterals[1].risk is missing");
  });

  it("refuses risk parameters of a collateral, and a poster, in a pool without an engine", async () => {
    const file = await edited((json) => delete json.risk);
    expect(await errorOf(file)).to.equal("FILE: unknown parameter collaterals[0].risk");
    const posted = await edited((json) => {
      delete json.risk;
      for (const collateral of json.collaterals) delete collateral.risk;
      json.access.impliedPoster = "0x00000000000000000000000000000000DeaDBeef";
    });
    expect(await errorOf(posted)).to.equal("FILE: unknown parameter access.impliedPoster");
  });

  it("knows curves that are deployed only where they have parameters", async () => {
    const linear = { premiumBps: 500, maxBonusBps: 1_000, secondsToFloor: 1_800 };
    const file = await edited((json) => {
      json.core = { ...json.core, linear };
      json.collaterals[0].curve = "linear";
    });
    const { core, collaterals } = (await readParameterFile(file)).system(draftAddress);
    expect(core.linear).to.deep.equal({ premiumBps: 500n, maxBonusBps: 1_000n, secondsToFloor: 1_800n });
    expect([core.stairs, collaterals[0].curve]).to.deep.equal([undefined, "linear"]);
    const stairs = await edited((json) => {
      json.core = { ...json.core, stairs: { premiumBps: 500, maxBonusBps: 1_000, stepSeconds: 90, cutBps: 10_000 } };
    });
    expect(await errorOf(stairs)).to.equal("FILE: parameter core.stairs.cutBps must be within 5000..9999, not 10000");
  });

  it("refuses to measure depth where neither pools nor a pool of the market is named", async () => {
    const file = await edited((json) => (json.collaterals[0].market.twapPool = ZeroAddress));
    expect(await errorOf(file)).to.equal(
      "FILE: parameter collaterals[0].risk.depth.pools must be 1 to 4 Uniswap v3 pools, not []",
    );
  });

  it("takes a file without risk: factors are then as governance sets them", async () => {
    const file = await edited((json) => {
      delete json.risk;
      for (const collateral of json.collaterals) delete collateral.risk;
    });
    const { risk, collaterals } = (await readParameterFile(file)).system(draftAddress);
    expect([risk, collaterals[0].risk]).to.deep.equal([undefined, undefined]);
  });

  it("measures depth in the pool of the market where the file names no other", async () => {
    const { collaterals } = (await readParameterFile(DEMO_PARAMETERS)).system(draftAddress);
    expect(collaterals[0].risk?.depth.pools).to.deep.equal([collaterals[0].market.twapPool]);
  });

  it("reads the demo set", async () => {
    const file = await readParameterFile(DEMO_PARAMETERS);
    expect(file.chainId).to.equal(undefined);
    expect(file.demo?.collaterals.map(({ symbol }) => symbol)).to.deep.equal(["WETH", "WBTC"]);
    const asked: string[] = [];
    const system = file.system((name) => {
      asked.push(name);
      return draftAddress(name);
    });
    expect(asked).to.include.members(["token:USDC", "feed:USDC", "token:WETH", "feed:WETH", "pool:WETH"]);
    expect(system.core.rateModel.params.steepnessWad).to.equal(4n * 10n ** 18n);
  });

  it("refuses the template as it is, and takes it once the roles have holders", async () => {
    expect(await errorOf(TEMPLATE)).to.equal(
      `FILE: parameter access.admin must be an address other than zero, not "${ZeroAddress}"`,
    );
    const text = await readFile(TEMPLATE, "utf8");
    const filled = path.join(directory, "filled.json");
    await writeFile(filled, text.replaceAll(ZeroAddress, "0x00000000000000000000000000000000DeaDBeef"));
    const file = await readParameterFile(filled);
    expect(file.chainId).to.equal(1n);
    expect(file.demo).to.equal(undefined);
    const { access, core, collaterals, risk } = file.system(() => undefined);
    expect(risk?.breaker).to.equal(true);
    expect(collaterals[0].risk?.depth.pools).to.have.lengthOf(2);
    expect(access.executionDelaySeconds).to.equal(172_800n);
    expect(core.rateModel.contract).to.equal("KinkedRateModel");
  });
});
