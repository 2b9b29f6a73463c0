import { expect } from "chai";

import { exp, ln, ONE, WAD } from "../../../sim/reference/fixed-point.ts";
import { expWad, fullMulDiv, fullMulDivUp, lnWad, MAX_WORD, mulDiv, mulDivUp } from "../../../sim/reference/word.ts";
import { createRng } from "../../../sim/rng.ts";
import { logarithmic } from "../../shared/pool-deeds.ts";

const DIGITS = ONE / WAD;
const distance = (a: bigint, b: bigint) => (a > b ? a - b : b - a);

describe("arithmetic of words", () => {
  it("has exponentials and logarithms right to two units of the last place", () => {
    const rng = createRng("word");
    for (let i = 0; i < 200; ++i) {
      const x = BigInt(Math.round(rng.between(-3, 3) * 1e18));
      expect(distance(expWad(x) * DIGITS, exp(x * DIGITS)) <= 2n * DIGITS, `e^${x}`).to.equal(true);
      const y = logarithmic(rng, 10n ** 16n, 10n ** 22n);
      expect(distance(lnWad(y) * DIGITS, ln(y * DIGITS)) <= 2n * DIGITS, `ln ${y}`).to.equal(true);
    }
  });

  it("refuses what does not fit a word", () => {
    expect(() => mulDiv(MAX_WORD, 2n, 2n)).to.throw("MulDivFailed()");
    expect(fullMulDiv(MAX_WORD, 2n, 2n)).to.equal(MAX_WORD);
    expect(() => fullMulDiv(MAX_WORD, 2n, 1n)).to.throw("FullMulDivFailed()");
    expect(() => fullMulDiv(1n, 1n, 0n)).to.throw("FullMulDivFailed()");
    expect(() => lnWad(0n)).to.throw("LnWadUndefined()");
    expect(() => expWad(136n * WAD)).to.throw("ExpOverflow()");
  });

  it("rounds as it says", () => {
    for (const [down, up] of [
      [mulDiv, mulDivUp],
      [fullMulDiv, fullMulDivUp],
    ]) {
      expect([down(7n, 3n, 2n), up(7n, 3n, 2n), down(6n, 3n, 2n), up(6n, 3n, 2n)]).to.deep.equal([10n, 11n, 9n, 9n]);
    }
    expect(() => fullMulDivUp(MAX_WORD, MAX_WORD, MAX_WORD - 1n)).to.throw("FullMulDivFailed()");
  });
});
