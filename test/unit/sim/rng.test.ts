import { expect } from "chai";
import { keccak256, toUtf8Bytes } from "ethers";

import { createRng, type Rng } from "../../../sim/rng.ts";
import { expectClose } from "../../shared/expect-close.ts";

/** The authors' C code, word by word: https://prng.di.unimi.it/xoshiro256starstar.c */
function* reference(state: readonly bigint[]): Generator<bigint, never> {
  const s = BigUint64Array.from(state);
  const t = new BigUint64Array(2);
  const rotl = (x: bigint, k: bigint) => BigInt.asUintN(64, (x << k) | (BigInt.asUintN(64, x) >> (64n - k)));
  for (;;) {
    t[0] = s[1] * 5n;
    t[1] = rotl(t[0], 7n) * 9n;
    const result = t[1];
    t[0] = s[1] << 17n;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t[0];
    s[3] = rotl(s[3], 45n);
    yield result;
  }
}

function draws(rng: Rng, count: number): number[] {
  return Array.from({ length: count }, () => rng.next());
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe("createRng", () => {
  it("compares with a reference that gives the published sequence", () => {
    // of the state 1, 2, 3, 4, as in the test vectors of Rust's rand_xoshiro
    const published = [
      11520n,
      0n,
      1509978240n,
      1215971899390074240n,
      1216172134540287360n,
      607988272756665600n,
      16172922978634559625n,
      8476171486693032832n,
      10595114339597558777n,
      2904607092377533576n,
    ];
    const stream = reference([1n, 2n, 3n, 4n]);
    expect(published.map(() => stream.next().value)).to.deep.equal(published);
  });

  for (const seed of ["1", "7/liquidator-2", "a longer seed, with ünïcode"]) {
    it(`is xoshiro256** of the seed's hash: "${seed}"`, () => {
      const hash = BigInt(keccak256(toUtf8Bytes(seed)));
      const stream = reference([0n, 64n, 128n, 192n].map((shift) => BigInt.asUintN(64, hash >> shift)));
      const expected = Array.from({ length: 1000 }, () => Number(stream.next().value >> 11n) * 2 ** -53);
      expect(draws(createRng(seed), 1000)).to.deep.equal(expected);
    });
  }

  it("depends on the seed", () => {
    expect(draws(createRng("1"), 5)).to.deep.equal(draws(createRng("1"), 5));
    expect(draws(createRng("1"), 5)).to.not.deep.equal(draws(createRng("2"), 5));
  });

  describe("#fork", () => {
    it("depends on the name, and not on what was drawn", () => {
      const parent = createRng("1");
      const before = draws(parent.fork("a"), 5);
      parent.normal();
      expect(draws(parent.fork("a"), 5)).to.deep.equal(before);
      expect(draws(parent.fork("b"), 5)).to.not.deep.equal(before);
    });

    it("does not move the parent", () => {
      const [forked, alone] = [createRng("1"), createRng("1")];
      draws(forked.fork("a"), 5);
      expect(draws(forked, 5)).to.deep.equal(draws(alone, 5));
    });

    it("tells a chain of names from its parts", () => {
      const root = createRng("1");
      const streams = [root, root.fork("a"), root.fork("b"), root.fork("a").fork("b"), root.fork("b").fork("a")];
      expect(new Set(streams.map((stream) => stream.next())).size).to.equal(streams.length);
    });

    it("gives streams that do not correlate", () => {
      const [a, b] = ["a", "b"].map((name) => draws(createRng("1").fork(name), 20_000));
      const correlation = 12 * mean(a.map((value, index) => (value - 0.5) * (b[index] - 0.5)));
      expect(Math.abs(correlation)).to.be.lessThan(0.03); // four deviations of 1/√20000
    });
  });

  describe("#next, #between, #integer", () => {
    it("stay in their ranges and fill them evenly", () => {
      const rng = createRng("ranges");
      const unit = draws(rng, 20_000);
      expect(unit.every((value) => value >= 0 && value < 1)).to.equal(true);
      expectClose(mean(unit), 0.5, 0.01);
      const between = Array.from({ length: 20_000 }, () => rng.between(-3, 5));
      expect(between.every((value) => value >= -3 && value < 5)).to.equal(true);
      expectClose(mean(between), 1, 0.07);
      const counts = new Array<number>(10).fill(0);
      for (let draw = 0; draw < 20_000; ++draw) ++counts[rng.integer(10)];
      expect(counts).to.have.lengthOf(10);
      for (const count of counts) expectClose(count, 2000, 180); // four deviations of √(20000·0.1·0.9)
    });
  });

  describe("#normal, #lognormal", () => {
    it("have the moments they should", () => {
      const rng = createRng("moments");
      const normal = Array.from({ length: 20_000 }, () => rng.normal());
      expectClose(mean(normal), 0, 0.03);
      expectClose(mean(normal.map((value) => value ** 2)), 1, 0.04);
      expectClose(mean(normal.map((value) => value ** 4)), 3, 0.3);
      const logarithms = Array.from({ length: 20_000 }, () => Math.log(rng.lognormal(50, 0.4)));
      expectClose(mean(logarithms), Math.log(50), 0.012);
      expectClose(mean(logarithms.map((value) => (value - Math.log(50)) ** 2)), 0.16, 0.007);
    });
  });
});
