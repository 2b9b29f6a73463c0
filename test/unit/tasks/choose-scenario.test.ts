import { expect } from "chai";

import { UserError } from "../../../sim/user-error.ts";
import { chooseScenario, scenarioOptions } from "../../../tasks/shared/choose-scenario.ts";

const NONE = { scenario: "", prices: "", shock: "", over: "", asset: "" };

describe("#chooseScenario", () => {
  const refused: [what: string, args: Partial<typeof NONE>, message: RegExp][] = [
    ["an unknown scenario", { scenario: "x" }, /^unknown scenario "x": there are black-thursday, /],
    [
      "a scenario and prices",
      { scenario: "may-19", prices: "a.csv" },
      /^--scenario and --prices contradict each other/,
    ],
    ["a scenario and a shock", { scenario: "may-19", shock: "-0.4" }, /^--scenario and --shock contradict each other/],
    ["prices and a shock", { prices: "a.csv", shock: "-0.4" }, /^--prices and --shock contradict each other/],
    ["a time without a shock", { over: "30m" }, /^--over goes with --shock/],
    ["a time for prices", { prices: "a.csv", over: "30m" }, /^--over goes with --shock/],
    ["an asset for a scenario", { scenario: "may-19", asset: "WETH" }, /^--asset goes with --shock or --prices/],
    ["an asset alone", { asset: "WBTC" }, /^--asset goes with --shock or --prices/],
    [
      "an unknown asset",
      { shock: "-0.4", asset: "DOGE" },
      /^unknown --asset "DOGE": there are WETH, WBTC, LUNA, USDC$/,
    ],
    ["a rise", { shock: "0.4" }, /^--shock must be a fall/],
    ["a time without unit", { shock: "-0.4", over: "30" }, /^--over must be a time/],
    ["a file that is not there", { prices: "no.csv" }, /^cannot read no.csv: no such file$/],
  ];
  for (const [what, args, message] of refused) {
    it(`refuses ${what}`, async () => {
      const error: unknown = await chooseScenario({ ...NONE, ...args }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(UserError);
      expect((error as UserError).message).to.match(message);
    });
  }

  it("replays Black Thursday if not told otherwise", async () => {
    expect(await chooseScenario(NONE)).to.have.property("name", "black-thursday");
  });

  it("makes a shock of half an hour to WETH if told no more than its depth", async () => {
    expect(await chooseScenario({ ...NONE, shock: "-0.4" })).to.have.property("title", "WETH −40 % in 30 m");
    const other = await chooseScenario({ ...NONE, shock: "-0.1", over: "2h", asset: "usdc" });
    expect(other).to.have.property("title", "USDC −10 % in 2 h");
  });
});

describe("#scenarioOptions", () => {
  it("spells out what was chosen, defaults too", () => {
    const options = (args: Partial<typeof NONE>) => scenarioOptions({ ...NONE, ...args }).join(" ");
    expect(options({})).to.equal("--scenario black-thursday");
    expect(options({ scenario: "may-19" })).to.equal("--scenario may-19");
    expect(options({ prices: "a.csv" })).to.equal("--prices a.csv --asset WETH");
    expect(options({ shock: "-0.4" })).to.equal("--shock -0.4 --over 30m --asset WETH");
    expect(options({ shock: "-0.4", over: "1h", asset: "WBTC" })).to.equal("--shock -0.4 --over 1h --asset WBTC");
  });
});
