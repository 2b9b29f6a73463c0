import { expect } from "chai";

import { createRng } from "../../../sim/rng.ts";
import {
  BROKEN_SCENARIOS,
  BUILT_IN_SCENARIOS,
  DEFAULT_SCENARIO,
  findScenario,
} from "../../../sim/scenarios/built-in.ts";
import {
  deepestFall,
  isKeyframeScenario,
  parseKeyframes,
  withFewerBlocks,
} from "../../../sim/scenarios/keyframe-scenario.ts";
import { requirePath } from "../../../sim/scenarios/registry.ts";
import { UserError } from "../../../sim/user-error.ts";
import { expectClose } from "../../shared/expect-close.ts";

const HISTORIES = ["black-thursday", "ftx-fall", "luna-collapse", "may-19", "terra-week", "usdc-depeg"];
const MADE_UP = [
  ...["correlated-crash", "fast-fall-12s", "fast-fall-250ms", "fast-fall-2s", "flash-wick", "jump-diffusion"],
  "slow-bleed",
];
const STRESSES = [
  "full-blocks",
  "lender-run",
  "liquidity-drought",
  "oracle-freeze",
  "oracle-lag",
  "stacked-pools",
  "whale-loop",
];
const NAMES = [...HISTORIES, ...MADE_UP, ...STRESSES];
const FAST_FALLS: Readonly<Record<string, number>> = {
  "fast-fall-250ms": 0.25,
  "fast-fall-2s": 2,
  "fast-fall-12s": 12,
};
const KEYFRAMED = BUILT_IN_SCENARIOS.filter(isKeyframeScenario);

/** What happens at keyframes. */
function keyframed(name: string) {
  const scenario = findScenario(name);
  if (!isKeyframeScenario(scenario)) throw new Error(`${name} has no keyframes`);
  return scenario;
}

describe("built-in scenarios", () => {
  it("are the files of the library: histories, made-up markets, stresses", () => {
    expect(BUILT_IN_SCENARIOS.map(({ name }) => name)).to.deep.equal(NAMES);
    expect(BROKEN_SCENARIOS).to.deep.equal([]);
    expect(DEFAULT_SCENARIO).to.equal("black-thursday");
  });

  for (const scenario of BUILT_IN_SCENARIOS) {
    describe(scenario.name, () => {
      const { blockSeconds, durationSeconds } = scenario;

      it("fits a run: at most 2600 blocks of at least mainnet's 12 s, unless blocks are what it is about", () => {
        const blocks = durationSeconds / blockSeconds;
        expect(Number.isInteger(blocks)).to.equal(true);
        if (scenario.name in FAST_FALLS) {
          expect(blockSeconds).to.equal(FAST_FALLS[scenario.name]);
          expect(durationSeconds).to.equal(1_200);
        } else {
          expect(blockSeconds % 12).to.equal(0);
          expect(blocks).to.be.at.most(2600);
        }
      });

      it("begins with volatilities that its asset has had", () => {
        const { fast, slow } = scenario.volatilityBefore;
        const [least, most] = scenario.asset === "USDC" ? [1e-4, 0.01] : [0.02, 0.1];
        for (const value of [fast, slow]) expect(value).to.be.within(least, most);
      });

      it("says what it is and where its prices come from", () => {
        expect(scenario.title).to.not.equal("");
        expect(scenario.description).to.match(/^(ETH|BTC|USDC|LUNA)[ ,].*[^.]\.$/);
        expect(scenario.source !== "").to.equal(HISTORIES.includes(scenario.name));
        expect(scenario.stress !== undefined).to.equal(STRESSES.includes(scenario.name));
      });

      it("has one path for each stream, and stays within what feeds and pools can hold", () => {
        expect(requirePath(scenario, scenario.name)).to.equal(scenario);
      });
    });
  }

  for (const scenario of KEYFRAMED) {
    describe(`${scenario.name} by its keyframes`, () => {
      const { keyframes, blockSeconds, durationSeconds } = scenario;
      const prices = keyframes.map(({ price }) => price);

      it("has at most 60", () => {
        expect(keyframes.length).to.be.at.most(60);
      });

      for (const seed of ["1", "2", "3"]) {
        it(`has the keyframes' lowest and highest price, whatever the seed: ${seed}`, () => {
          const path = scenario.path(createRng(seed));
          expect(path).to.have.lengthOf(durationSeconds / blockSeconds + 1);
          expect(Math.min(...path)).to.equal(Math.min(...prices));
          expect(Math.max(...path)).to.equal(Math.max(...prices));
          expect(path[0]).to.equal(prices[0]);
          expect(path[path.length - 1]).to.equal(prices[prices.length - 1]);
        });
      }
    });
  }

  it("replays the numbers of history", () => {
    const extremes = (name: string) => {
      const { keyframes } = keyframed(name);
      const low = keyframes.reduce((least, keyframe) => (keyframe.price < least.price ? keyframe : least));
      const high = keyframes.reduce((most, keyframe) => (keyframe.price > most.price ? keyframe : most));
      return { high: high.price, low: low.price, hours: (low.seconds - high.seconds) / 3600 };
    };
    const thursday = extremes("black-thursday");
    expect(thursday).to.include({ high: 195.55, low: 86 });
    expectClose(thursday.hours, 26, 0.2);
    expectClose(1 - 86 / 195.55, 0.56, 0.001);
    expect(extremes("may-19")).to.include({ high: 3441.73, low: 1888 });
    expect(extremes("terra-week")).to.include({ high: 2451.37, low: 1800 });
    expectClose(extremes("terra-week").hours, 19, 0.2);
    expect(extremes("ftx-fall")).to.include({ high: 1579.98, low: 1073.53 });
    expectClose(extremes("ftx-fall").hours, 31, 0.2);
    expect(extremes("usdc-depeg")).to.include({ high: 1, low: 0.874 });
    expect(extremes("luna-collapse")).to.include({ high: 64.27, low: 0.69 });
    expectClose(extremes("luna-collapse").hours, 60.7, 0.1);
  });

  it("recovers from the wick within ten minutes", () => {
    const path = findScenario("flash-wick").path(createRng("1"));
    const low = path.indexOf(Math.min(...path));
    expectClose(path[low] / path[0], 0.6, 1e-9);
    expect(path[low + 50] / path[0]).to.be.greaterThan(0.9);
  });

  it("bleeds slowly", () => {
    const path = findScenario("slow-bleed").path(createRng("1"));
    const day = 86_400 / 1200;
    const worst = Math.max(...path.map((_, block) => deepestFall(path.slice(block, block + day))));
    expect(worst).to.be.lessThan(0.15);
    expectClose(deepestFall(path), 0.45, 1e-9);
  });
});

describe("#findScenario", () => {
  it("names the scenarios there are", () => {
    expect(() => findScenario("white-friday")).to.throw(
      UserError,
      `unknown scenario "white-friday": there are ${NAMES.join(", ")}`,
    );
    expect(() => findScenario("")).to.throw(UserError);
  });
});

describe("#withFewerBlocks", () => {
  for (const scenario of KEYFRAMED) {
    it(`keeps the history of ${scenario.name}: the same prices in the same order, half a block from their time`, () => {
      const shorter = withFewerBlocks(scenario, 650);
      if (!isKeyframeScenario(shorter)) throw new Error("its keyframes are gone");
      const { blockSeconds, durationSeconds, keyframes } = shorter;
      expect(durationSeconds / blockSeconds).to.be.at.most(650);
      expect(blockSeconds % scenario.blockSeconds).to.equal(0);
      expect(keyframes.map(({ price }) => price)).to.deep.equal(scenario.keyframes.map(({ price }) => price));
      for (const [index, { seconds }] of keyframes.entries()) {
        expect(Math.abs(seconds - scenario.keyframes[index].seconds)).to.be.at.most(blockSeconds / 2);
      }
      expectClose(deepestFall(shorter.path(createRng("1"))), deepestFall(scenario.path(createRng("1"))), 1e-9);
    });
  }

  it("takes every so many blocks of a path without keyframes, and of those beside it", () => {
    const scenario = findScenario("correlated-crash"); // 1440 blocks of 2 minutes
    const shorter = withFewerBlocks(scenario, 300);
    const [path, thin] = [scenario, shorter].map((each) => each.path(createRng("1")));
    const [ether, thinEther] = [scenario, shorter].map((each) => each.others?.(createRng("1")).WETH ?? []);
    expect([shorter.blockSeconds, shorter.durationSeconds]).to.deep.equal([600, 172_800]);
    expect(thin).to.deep.equal(path.filter((_, block) => block % 5 === 0));
    expect(thinEther).to.deep.equal(ether.filter((_, block) => block % 5 === 0));
    expect(withFewerBlocks(scenario, 300, 240).blockSeconds).to.equal(240);
    expect(withFewerBlocks(scenario, 1440)).to.equal(scenario);
  });

  it("changes nothing where there are few enough, and stops where keyframes would meet", () => {
    const wick = findScenario("flash-wick");
    expect(withFewerBlocks(wick, 600).blockSeconds).to.equal(12);
    expect(withFewerBlocks(wick, 1, 30).blockSeconds).to.equal(24);
    expect(withFewerBlocks(wick, 1, 5).blockSeconds).to.equal(12);
    expect(withFewerBlocks(wick, 1).blockSeconds).to.equal(60); // two of its keyframes are a minute apart
  });
});

describe("#parseKeyframes", () => {
  it("refuses what it does not understand", () => {
    for (const text of ["", "1:00", "1:00 -5", "1:0 5", "one 5"]) expect(() => parseKeyframes(text)).to.throw(/not a/);
  });

  it("reads hours, minutes and days", () => {
    expect(parseKeyframes("0:00 1.5  26:12 86.00\n  2d 3")).to.deep.equal([
      { seconds: 0, price: 1.5 },
      { seconds: 94_320, price: 86 },
      { seconds: 172_800, price: 3 },
    ]);
  });
});

describe("#deepestFall", () => {
  it("is from the highest price before the low", () => {
    expect(deepestFall([100, 120, 90, 130, 117])).to.equal(0.25);
    expect(deepestFall([1, 2, 3])).to.equal(0);
  });
});
