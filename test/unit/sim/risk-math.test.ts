import { expect } from "chai";

import { exp, ln, ONE, WAD } from "../../../sim/reference/fixed-point.ts";
import { distance, expWad, lnWad, tickOf, toBits, wrap48 } from "../../../sim/reference/risk-math.ts";
import { createRng } from "../../../sim/rng.ts";

const SCALE = ONE / WAD;

describe("the reference's whole numbers", () => {
  it("has an exponential within a unit of the exact one", () => {
    const rng = createRng("exp");
    for (let i = 0; i < 300; ++i) {
      const x = BigInt(Math.round(rng.between(-42, 3) * 1e15)) * 1_000n + BigInt(rng.integer(1_000));
      const exact = exp(x * SCALE) / SCALE;
      expect(distance(expWad(x), exact) <= (exact >= WAD ? 1n + exact / WAD : 1n), `e^${x}`).to.equal(true);
    }
    expect(expWad(0n)).to.equal(WAD);
    expect(expWad(-42n * WAD)).to.equal(0n);
  });

  it("has a logarithm within two units of the exact one", () => {
    const rng = createRng("ln");
    for (let i = 0; i < 300; ++i) {
      const x = BigInt(Math.round(Math.exp(rng.between(-10, 10)) * 1e15)) * 1_000n + BigInt(rng.integer(1_000));
      const exact = ln(x * SCALE);
      const off = exact - lnWad(x) * SCALE;
      expect(distance(off, 0n) <= 2n * SCALE, `ln ${x} is ${Number(off) / Number(SCALE)} units off`).to.equal(true);
    }
    expect(lnWad(WAD)).to.equal(0n);
  });

  it("finds the tick at or below a price", () => {
    expect(tickOf(10n ** 36n)).to.equal(0n);
    expect(tickOf(10n ** 36n - 10n ** 30n)).to.equal(-1n);
    expect(tickOf(2_000n * 10n ** 24n)).to.equal(-200_312n);
    expect(tickOf(1n)).to.equal(-828_973n);
    expect(tickOf(2n ** 256n - 1n)).to.equal(887_272n);
  });

  it("keeps so many bits, the nearest, ties upwards", () => {
    expect(toBits(0n, 3)).to.equal(0n);
    expect(toBits(7n, 3)).to.equal(7n);
    expect(toBits(0b1001n, 3)).to.equal(0b1010n);
    expect(toBits(0b10001n, 3)).to.equal(0b10000n);
    expect(toBits(0b1111n, 3)).to.equal(0b10000n);
  });

  it("lets sums wrap at 48 bits", () => {
    expect(wrap48(2n ** 47n)).to.equal(-(2n ** 47n));
    expect(wrap48(-(2n ** 47n) - 1n)).to.equal(2n ** 47n - 1n);
  });
});
