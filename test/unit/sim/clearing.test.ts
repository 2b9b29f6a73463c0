import { expect } from "chai";

import { ClearingTimes, survivalQuantile } from "../../../sim/metrics/clearing.ts";

const spell = (seconds: number, isCleared = true) => ({ seconds, isCleared });

describe("ClearingTimes", () => {
  it("counts from the block in which an account comes to the one in which it is gone, each time anew", () => {
    const times = new ClearingTimes();
    const blocks = [[], ["ann"], ["ann", "bob"], ["bob"], ["ann", "bob"], ["ann"]];
    blocks.forEach((accounts, block) => times.update(new Set(accounts), block * 10));
    const { count, censoredShare, startSeconds, seconds, isCleared, longestSeconds } = times.result(50);
    expect({ count, censoredShare, longestSeconds }).to.deep.equal({
      count: 3,
      censoredShare: 1 / 3,
      longestSeconds: 30,
    });
    expect(startSeconds).to.deep.equal([10, 20, 40]);
    expect(seconds).to.deep.equal([20, 30, 10]);
    expect(isCleared).to.deep.equal([1, 1, 0]);
    expect(times.oldest).to.equal(40);
  });

  it("has nothing to tell where nothing was for sale", () => {
    const { count, censoredShare, medianSeconds, p90Seconds, longestSeconds } = new ClearingTimes().result(100);
    expect([count, censoredShare, medianSeconds, p90Seconds, longestSeconds]).to.deep.equal([0, null, null, null, 0]);
    expect(new ClearingTimes().oldest).to.equal(undefined);
  });
});

describe("#survivalQuantile", () => {
  it("is the plain quantile where all have ended", () => {
    const spells = [50, 10, 40, 20, 30].map((seconds) => spell(seconds));
    expect([0.2, 0.5, 0.6, 0.9, 1].map((share) => survivalQuantile(spells, share))).to.deep.equal([10, 30, 30, 50, 50]);
  });

  // Freireich's patients under 6-MP, the example of the textbooks: the median remission is 23 weeks.
  it("is what the textbook has, with those that were still going on", () => {
    const ended = [6, 6, 6, 7, 10, 13, 16, 22, 23].map((seconds) => spell(seconds));
    const open = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map((seconds) => spell(seconds, false));
    expect(survivalQuantile([...open, ...ended], 0.5)).to.equal(23);
    expect(survivalQuantile([...open, ...ended], 0.25)).to.equal(13); // S(13) = 0.690, S(10) = 0.753
    expect(survivalQuantile([...open, ...ended], 0.9)).to.equal(null);
  });

  it("is not known where too few have ended, and not of nothing", () => {
    expect(survivalQuantile([spell(10, false), spell(20, false), spell(5)], 0.5)).to.equal(null);
    expect(survivalQuantile([], 0.5)).to.equal(null);
  });
});
