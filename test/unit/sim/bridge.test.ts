import { expect } from "chai";

import { createRng } from "../../../sim/rng.ts";
import { bridge, type Keyframe } from "../../../sim/scenarios/bridge.ts";
import { expectClose } from "../../shared/expect-close.ts";

const KEYFRAMES: readonly Keyframe[] = [
  { seconds: 0, price: 200 },
  { seconds: 600, price: 210.01 },
  { seconds: 3600, price: 86 },
  { seconds: 3660, price: 120.2 },
  { seconds: 86_400, price: 126.13 },
];
const OPTIONS = { blockSeconds: 60 };

describe("#bridge", () => {
  const bad: [what: string, keyframes: readonly Keyframe[], message: RegExp][] = [
    ["a single keyframe", [KEYFRAMES[0]], /two keyframes needed/],
    ["a start after 0 s", KEYFRAMES.slice(1), /the first at 0 s/],
    ["a keyframe between blocks", [KEYFRAMES[0], { seconds: 90, price: 1 }], /no block of 60 s at 90 s/],
    ["two keyframes on a block", [KEYFRAMES[0], KEYFRAMES[1], KEYFRAMES[1]], /two keyframes at 600 s/],
    ["a price of zero", [KEYFRAMES[0], { seconds: 60, price: 0 }], /price 0 at 60 s/],
    ["a price that is no number", [KEYFRAMES[0], { seconds: 60, price: NaN }], /price NaN at 60 s/],
    [
      "a range that excludes the next keyframe",
      [
        { seconds: 0, price: 2, range: { low: 2, high: 3 } },
        { seconds: 60, price: 1 },
      ],
      /outside their range at 0 s/,
    ],
  ];
  for (const [what, keyframes, message] of bad) {
    it(`refuses ${what}`, () => {
      expect(() => bridge(keyframes, OPTIONS, createRng("1"))).to.throw(message);
    });
  }

  for (const seed of ["1", "2", "3", "4", "5"]) {
    it(`passes exactly through each keyframe, and nowhere beyond: seed ${seed}`, () => {
      const path = bridge(KEYFRAMES, OPTIONS, createRng(seed));
      expect(path).to.have.lengthOf(86_400 / 60 + 1);
      for (const { seconds, price } of KEYFRAMES) expect(path[seconds / 60]).to.equal(price);
      expect(Math.min(...path)).to.equal(86);
      expect(Math.max(...path)).to.equal(210.01);
      expect(path.filter((price) => price === 86)).to.have.lengthOf(1); // reflected, not stuck at the edge
    });
  }

  it("is the stream's, and the stream's only", () => {
    const path = bridge(KEYFRAMES, OPTIONS, createRng("1"));
    expect(bridge(KEYFRAMES, OPTIONS, createRng("1"))).to.deep.equal(path);
    expect(bridge(KEYFRAMES, OPTIONS, createRng("2"))).to.not.deep.equal(path);
  });

  it("keeps to the range of each step", () => {
    const range = { low: 98, high: 103 };
    const keyframes = [
      { seconds: 0, price: 100, range },
      { seconds: 36_000, price: 101 },
      { seconds: 72_000, price: 50 },
    ];
    const path = bridge(keyframes, { ...OPTIONS, volatility: 5 }, createRng("1"));
    const first = path.slice(0, 601);
    expect(first.every((price) => price >= range.low && price <= range.high)).to.equal(true);
    expect(Math.max(...first) - Math.min(...first)).to.be.greaterThan(4); // and fills it
    expect(path.slice(601).some((price) => price < range.low)).to.equal(true);
  });

  it("has the volatility asked for", () => {
    const year = 365 * 86_400;
    const far = [
      { seconds: 0, price: 100, range: { low: 1e-9, high: 1e12 } },
      { seconds: year, price: 100 },
    ];
    const path = bridge(far, { blockSeconds: 3600, volatility: 0.8 }, createRng("1"));
    let variance = 0;
    for (let block = 1; block < path.length; ++block) variance += Math.log(path[block] / path[block - 1]) ** 2;
    expectClose(Math.sqrt(variance), 0.8, 0.03);
  });

  it("measures the volatility around each keyframe: calm stays calm", () => {
    const path = bridge(KEYFRAMES, OPTIONS, createRng("1"));
    const quiet = bridge(
      [KEYFRAMES[3], KEYFRAMES[4]].map((k) => ({ ...k, seconds: k.seconds - 3660 })),
      OPTIONS,
      createRng("1"),
    );
    const largest = (prices: readonly number[]) =>
      Math.max(...prices.slice(1).map((price, index) => Math.abs(Math.log(price / prices[index]))));
    expect(largest(quiet)).to.be.lessThan(0.01);
    expect(largest(path.slice(0, 60))).to.be.greaterThan(0.01);
  });

  it("is straight if nothing moves", () => {
    const flat = [0, 60, 600].map((seconds) => ({ seconds, price: 1 }));
    expect(new Set(bridge(flat, { ...OPTIONS, volatility: 1 }, createRng("1")))).to.deep.equal(new Set([1]));
  });
});
