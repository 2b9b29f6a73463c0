import { expect } from "chai";

import { NO_LATENCY } from "../../../sim/agents/late.ts";
import { DEFAULTS, LAB, PROFILES, RISK } from "../../../sim/config.ts";
import { CURVE_NAMES, curveOf } from "../../../sim/liquidation-curves.ts";
import { createRng } from "../../../sim/rng.ts";
import { findScenario } from "../../../sim/scenarios/built-in.ts";
import type { AssetSymbol } from "../../../sim/scenarios/scenario.ts";
import { parseGrid, parseSettings, pointsOf } from "../../../sim/sweep/grid.ts";
import { labJob, valuesOf } from "../../../sim/sweep/lab-job.ts";
import { findParameter, PARAMETERS, parseValue, requirePossible } from "../../../sim/sweep/parameters.ts";
import { planJobs, type Common } from "../../../sim/sweep/plan.ts";
import { scenarioOf, settingOf, usualValues } from "../../../sim/sweep/setting.ts";
import { UserError } from "../../../sim/user-error.ts";
import { expectClose } from "../../shared/expect-close.ts";

const ASSETS = Object.keys(PROFILES) as AssetSymbol[];
const COMMON: Common = {
  ...{ scenario: "black-thursday", blocks: 300, curve: "paced", features: "static", ordering: "fee", set: {} },
  ...{ borrowers: 6, loopers: 2, dipBuyers: 0 },
};

describe("parameters by name", () => {
  it("have each a name of its own, a range and an explanation", () => {
    expect(new Set(PARAMETERS.map(({ name }) => name)).size).to.equal(PARAMETERS.length);
    for (const { name, low, high, doc } of PARAMETERS) {
      expect(low, name).to.be.lessThan(high);
      expect(doc, name).not.to.equal("");
    }
  });

  for (const asset of ASSETS) {
    for (const curve of CURVE_NAMES) {
      it(`are within their ranges as they usually are, and possible together: ${asset}, ${curve}`, () => {
        const usual = usualValues(asset, curve);
        for (const [name, value] of Object.entries(usual)) {
          expect(parseValue(findParameter(name, "--set"), String(value), "--set"), name).to.equal(value);
        }
        requirePossible(usual, curve, {}, "--set");
      });
    }
  }

  it("leave everything as it was where nothing is changed", () => {
    for (const asset of ASSETS) {
      expect(settingOf({}, asset)).to.deep.equal({
        ...{ parameters: DEFAULTS, profile: PROFILES[asset], wishes: PROFILES[asset], lendingScale: 1 },
        ...{ latency: NO_LATENCY, congestion: false },
      });
    }
    const scenario = findScenario("may-19");
    expect(scenarioOf(scenario, {})).to.equal(scenario);
  });

  it("each change the run, and nothing but what they name", () => {
    const [asset, curve] = ["WETH", "paced"] as const;
    const usual = usualValues(asset, curve);
    const flat = (overrides: Record<string, number>) => {
      const { parameters, ...rest } = settingOf(overrides, asset);
      const spec = curveOf(curve, parameters.curve);
      const path = scenarioOf(findScenario("may-19"), overrides);
      return JSON.stringify({
        ...parameters,
        rest,
        spec,
        before: path.volatilityBefore,
        path: path.path(createRng("1")),
      });
    };
    const before = flat({});
    for (const [name, value] of Object.entries(usual)) expect(flat({ [name]: value + 1 }), name).not.to.equal(before);

    const { parameters } = settingOf({ "risk.z": 5, "lab.dipBuyerFall.to": 0.4, "risk.stress": 0.09 }, "WETH");
    expect(parameters.lab).to.deep.equal({ ...LAB, dipBuyerFall: [LAB.dipBuyerFall[0], 0.4] });
    const { z, assets, ...others } = parameters.risk;
    expect({ z, stress: assets.WETH.stress, usdc: assets.USDC }).to.deep.equal({
      z: 5,
      stress: 0.09,
      usdc: RISK.assets.USDC,
    });
    expect(others).to.deep.equal(
      Object.fromEntries(Object.entries(RISK).filter(([key]) => key !== "z" && key !== "assets")),
    );
  });

  it("bend a path around its first price: severity 0 is calm, 2 squares every fall", () => {
    const scenario = findScenario("may-19");
    const path = (severity: number) => scenarioOf(scenario, { "scenario.severity": severity }).path(createRng("1"));
    const usual = scenario.path(createRng("1"));
    expect(new Set(path(0))).to.deep.equal(new Set([usual[0]]));
    path(2).forEach((price, i) => expectClose(price / usual[0], (usual[i] / usual[0]) ** 2, 1e-12));
  });

  it("bend the paths of other assets of the same history with it", () => {
    const scenario = findScenario("correlated-crash");
    const others = (severity: number) =>
      scenarioOf(scenario, { "scenario.severity": severity }).others?.(createRng("1")).WETH ?? [];
    const usual = others(1);
    expect(new Set(usual).size).to.be.greaterThan(1);
    expect(new Set(others(0))).to.deep.equal(new Set([usual[0]]));
    others(2).forEach((price, i) => expectClose(price / usual[0], (usual[i] / usual[0]) ** 2, 1e-12));
  });

  describe("#findParameter", () => {
    it("knows the last part of a name where only one has it", () => {
      expect(findParameter("z", "--grid").name).to.equal("risk.z");
      expect(findParameter("depth", "--grid").name).to.equal("market.depth");
      expect(findParameter("premiumBps", "--grid").name).to.equal("curve.premiumBps");
    });
    const refused: [name: string, message: RegExp][] = [
      ["bufer", /--grid: unknown parameter "bufer"; nearest: .*; --parameters lists all/],
      ["minDept", /nearest: lab.minDebt, /],
      ["borrowFactorBps", /"borrowFactorBps" may be profile.borrowFactorBps or wishes.borrowFactorBps/],
      ["stress.x", /unknown parameter/],
      ["toString", /unknown parameter/],
    ];
    for (const [name, message] of refused) {
      it(`refuses ${name}`, () => expect(() => findParameter(name, "--grid")).to.throw(UserError, message));
    }
  });

  describe("#parseGrid", () => {
    it("reads numbers and choices, and makes every point, the last axis fastest", () => {
      const axes = parseGrid("depth=0.5,1; z=3,4.5 ;features=static,dynamic", "--grid");
      expect(axes.map(({ name, values }) => [name, values])).to.deep.equal([
        ["market.depth", [0.5, 1]],
        ["risk.z", [3, 4.5]],
        ["features", ["static", "dynamic"]],
      ]);
      const points = pointsOf(axes);
      expect(points).to.have.lengthOf(8);
      expect(points[1]).to.deep.equal({ "market.depth": 0.5, "risk.z": 3, features: "dynamic" });
    });
    const refused: [text: string, message: RegExp][] = [
      ["", /--grid needs parameters with values/],
      ["z", /must be such as depth=0.5,1,2;z=3,4, got "z"/],
      ["z=3,x", /risk.z must be a number from 1 to 10 \[standard deviations\], got "x"/],
      ["z=3,11", /risk.z must be a number from 1 to 10 .*got "11"/],
      ["z=3,", /risk.z must be a number .*got ""/],
      ["lenders=1.5", /lab.lenders must be a whole number from 1 to 500, got "1.5"/],
      ["z=3,3.0", /risk.z has 3 twice/],
      ["z=3;risk.z=4", /--grid names risk.z twice/],
      ["features=static,magic", /unknown features "magic": there are static, dynamic/],
      ["curve=square", /unknown curve "square"/],
      ["scenario=none", /unknown scenario "none"/],
      [`seed=1`, /unknown parameter "seed"/],
      [
        `z=${Array.from({ length: 200 }, (_, i) => 1 + i / 25)};depth=${Array.from({ length: 60 }, (_, i) => i + 1)}`,
        /12000 cells/,
      ],
    ];
    for (const [text, message] of refused) {
      it(`refuses ${text.slice(0, 30)}`, () => expect(() => parseGrid(text, "--grid")).to.throw(UserError, message));
    }
    it("reads settings of one value each", () => {
      expect(parseSettings("z=5;depth=.5", "--set")).to.deep.equal({ "risk.z": 5, "market.depth": 0.5 });
      expect(parseSettings(" ", "--set")).to.deep.equal({});
      expect(() => parseSettings("z=4,5", "--set")).to.throw(UserError, /risk.z must have one value, got 2/);
      expect(() => parseSettings("curve=paced", "--set")).to.throw(UserError, /--curve is an option of its own/);
    });
  });

  describe("#planJobs", () => {
    const plan = (grid: string, common: Partial<Common> = {}) =>
      planJobs({ ...COMMON, ...common }, pointsOf(parseGrid(grid, "--grid")), "--grid").map((jobFor) => jobFor("7"));

    it("leaves out what is as usual, so that equal jobs are equal", () => {
      const [job] = plan("z=4");
      expect(job.overrides).to.deep.equal({});
      const { set: _, ...common } = COMMON;
      expect(job).to.deep.equal(labJob({ ...common, seed: "7" }, {}));
      expect(Object.keys(plan("depth=2;z=3")[0].overrides)).to.deep.equal(["market.depth", "risk.z"]);
      expect(JSON.stringify(plan("depth=2;z=3")[0])).to.equal(JSON.stringify(plan("z=3;depth=2")[0]));
    });

    it("puts crowd, curve, ordering and scenario where a job has them", () => {
      const [job] = plan("crowd.loopers=9;curve=dutch;scenario=usdc-depeg;features=dynamic;ordering=arrival");
      expect(job).to.deep.include({
        loopers: 9,
        curve: "dutch",
        scenario: "usdc-depeg",
        features: "dynamic",
        ordering: "arrival",
        overrides: {},
      });
      expect(valuesOf(job)["crowd.loopers"]).to.equal(9);
      expect(valuesOf(job)["profile.borrowFactorBps"]).to.equal(PROFILES.USDC.borrowFactorBps);
    });

    it("lets everybody wish for what the most generous listing lends, in all cells alike", () => {
      const jobs = plan("profile.borrowFactorBps=7000,8200");
      expect(jobs.map(({ overrides }) => overrides["wishes.borrowFactorBps"])).to.deep.equal([8_200, 8_200]);
      const scaled = plan("lendingScale=1,1.1");
      expect(scaled.map(({ overrides }) => overrides["wishes.borrowFactorBps"])).to.deep.equal([8_800, 8_800]);
    });

    const refused: [grid: string, common: Partial<Common>, message: RegExp][] = [
      [
        "profile.borrowFactorBps=8000,8250",
        {},
        /profile.borrowFactorBps \(8250\) must be below profile.liquidationFactorBps \(8250\)/,
      ],
      ["kneeBps=100", { curve: "dutch" }, /curve.kneeBps is none of the dutch curve's: it has premiumBps, /],
      ["curve.minBonusBps=600", {}, /curve.minBonusBps \(600\) must not exceed curve.maxBonusBps \(500\)/],
      ["risk.floor=0.5", {}, /risk.floor \(0.5\) must not exceed risk.stress/],
      ["liquidatorBid.from=0.7", {}, /lab.liquidatorBid.from \(0.7\) must not exceed lab.liquidatorBid.to \(0.6\)/],
      ["uniswapFee=501", {}, /lab.uniswapFee must be 500 or 3000 or 10000, got 501/],
    ];
    for (const [grid, common, message] of refused) {
      it(`refuses ${grid}`, () => expect(() => plan(grid, common)).to.throw(UserError, message));
    }
  });
});
