import { expect } from "chai";

import { createRng } from "../../../sim/rng.ts";
import { parseAsset } from "../../../sim/scenarios/assets.ts";
import { createShockScenario, formatDuration, parseDuration, parseFall } from "../../../sim/scenarios/shock.ts";
import { UserError } from "../../../sim/user-error.ts";
import { expectClose } from "../../shared/expect-close.ts";

describe("#parseFall", () => {
  for (const text of [
    "0",
    "-0",
    "-0.0",
    "0.4",
    "40",
    "-1",
    "-2",
    "-0.9999",
    "NaN",
    "-Infinity",
    "",
    "-40%",
    "a",
    "--1",
  ]) {
    it(`refuses "${text}"`, () => {
      const message = `--shock must be a fall from -0.999 to below 0, such as -0.4 for −40 %, got "${text}"`;
      expect(() => parseFall(text)).to.throw(UserError, message);
    });
  }

  it("reads a fall", () => {
    expect(["-0.4", "-.25", "-0.999"].map(parseFall)).to.deep.equal([-0.4, -0.25, -0.999]);
  });
});

describe("#parseDuration", () => {
  for (const text of ["", "30", "0m", "-5m", "1w", "30 m", "m", "11s", "366d", "1e3s", "NaNm"]) {
    it(`refuses "${text}"`, () => {
      const message = `--over must be a time from 12s to 365d, such as 90s, 30m, 26h or 3d, got "${text}"`;
      expect(() => parseDuration(text, "--over")).to.throw(UserError, message);
    });
  }

  it("reads seconds, minutes, hours and days", () => {
    const read = ["12s", "30m", "1.5h", "365d"].map((text) => parseDuration(text, "--over"));
    expect(read).to.deep.equal([12, 1800, 5400, 31_536_000]);
  });
});

describe("#formatDuration", () => {
  it("takes the unit that fits", () => {
    const shown = [0, 5, 90, 1800, 3600, 93_600, 172_800, 100_000].map(formatDuration);
    expect(shown).to.deep.equal(["0 s", "5 s", "90 s", "30 m", "1 h", "26 h", "2 d", "27.8 h"]);
  });
});

describe("#parseAsset", () => {
  it("names the assets there are", () => {
    expect(() => parseAsset("DOGE")).to.throw(UserError, 'unknown --asset "DOGE": there are WETH, WBTC, LUNA, USDC');
    expect(() => parseAsset("")).to.throw(UserError);
    expect(() => parseAsset("constructor")).to.throw(UserError);
  });

  it("does not mind the case", () => {
    expect(parseAsset("weth")).to.equal("WETH");
  });
});

describe("#createShockScenario", () => {
  it("is calm, falls by what is asked, and stays down", () => {
    const scenario = createShockScenario(-0.4, 1800, "WETH");
    expect(scenario).to.include({ title: "WETH −40 % in 30 m", asset: "WETH", loan: "USDC", blockSeconds: 12 });
    expect(scenario.durationSeconds).to.equal(600 + 1800 + 3600);
    const path = scenario.path(createRng("1"));
    expect(path).to.have.lengthOf(501);
    expect([path[0], path[50], path[200], path[500]]).to.deep.equal([2000, 2000, 1200, 1200]);
    expect(Math.max(...path)).to.equal(2000);
    expect(Math.min(...path)).to.equal(1200);
    expect(Math.min(...path.slice(0, 50))).to.be.greaterThan(1950);
    expect(Math.max(...path.slice(200))).to.be.lessThan(1250);
  });

  for (const over of [12, 13, 45, 1800, 93_600, 1_000_001, 31_536_000]) {
    for (const asset of ["WETH", "WBTC", "USDC"] as const) {
      it(`fits ${over} s of ${asset} into 2600 blocks`, () => {
        const { path, durationSeconds, blockSeconds, keyframes } = createShockScenario(-0.25, over, asset);
        const prices = path(createRng("1"));
        expect(prices.length).to.equal(durationSeconds / blockSeconds + 1);
        expect(prices.length).to.be.at.most(2601);
        expectClose(Math.min(...prices) / prices[0], 0.75, 1e-12);
        expectClose(keyframes[2].seconds - keyframes[1].seconds, over, blockSeconds / 2);
      });
    }
  }

  it("starts from a price of the asset's own, in a loan asset that is another", () => {
    const pairs = (["WETH", "WBTC", "USDC"] as const).map((asset) => {
      const { loan, keyframes } = createShockScenario(-0.5, 60, asset);
      return [loan, keyframes[0].price];
    });
    expect(pairs).to.deep.equal([
      ["USDC", 2000],
      ["USDC", 60_000],
      ["DAI", 1],
    ]);
  });
});
