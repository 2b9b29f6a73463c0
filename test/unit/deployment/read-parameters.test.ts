import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { DEMO_PARAMETERS } from "../../../ignition/deploy-system.ts";
import { readParameterFile } from "../../../ignition/read-parameters.ts";
import { UserError } from "../../../sim/user-error.ts";

const TEMPLATE = path.resolve(path.dirname(DEMO_PARAMETERS), "template.json");

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
      '"curve": "dutch"',
      '"curve": "linear"',
      'FILE: parameter collaterals[0].curve must be one of fixed, dutch, not "linear"',
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

  it("reads the demo set", async () => {
    const file = await readParameterFile(DEMO_PARAMETERS);
    expect(file.chainId).to.equal(undefined);
    expect(file.demo?.collaterals.map(({ symbol }) => symbol)).to.deep.equal(["WETH", "WBTC"]);
    const asked: string[] = [];
    const system = file.system((name) => {
      asked.push(name);
      return ZeroAddress;
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
    const { access, core } = file.system(() => undefined);
    expect(access.executionDelaySeconds).to.equal(172_800n);
    expect(core.rateModel.contract).to.equal("KinkedRateModel");
  });
});
