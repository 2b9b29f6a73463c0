import { expect } from "chai";

import { fullMulDiv, fullMulDivUp, MAX_WORD, mulDiv, mulDivUp } from "../../../sim/reference/word.ts";

describe("arithmetic of words", () => {
  it("refuses what does not fit a word", () => {
    expect(() => mulDiv(MAX_WORD, 2n, 2n)).to.throw("MulDivFailed()");
    expect(fullMulDiv(MAX_WORD, 2n, 2n)).to.equal(MAX_WORD);
    expect(() => fullMulDiv(MAX_WORD, 2n, 1n)).to.throw("FullMulDivFailed()");
    expect(() => fullMulDiv(1n, 1n, 0n)).to.throw("FullMulDivFailed()");
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
