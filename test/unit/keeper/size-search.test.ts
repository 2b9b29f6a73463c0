import { expect } from "chai";

import { bestSize } from "../../../scripts/keeper/size-search.ts";

/** Asks a curve, and counts. */
async function search(largest: bigint, value: (size: bigint) => bigint | undefined, evaluations = 12) {
  const asked: bigint[] = [];
  const best = await bestSize(
    largest,
    (size) => {
      asked.push(size);
      return Promise.resolve(value(size));
    },
    { evaluations },
  );
  return { best, asked };
}

describe("#bestSize", () => {
  it("finds nothing where nothing is for sale, or all is refused", async () => {
    expect((await search(0n, () => 1n)).best).to.equal(undefined);
    expect((await search(1_000n, () => undefined)).best).to.equal(undefined);
  });

  it("finds the top of a curve that rises and falls", async () => {
    const largest = 10n ** 18n;
    for (const percent of [3n, 20n, 45n, 61n, 80n, 97n, 100n]) {
      const top = (largest * percent) / 100n;
      const { best, asked } = await search(largest, (size) => 10n ** 36n - (size - top) ** 2n);
      const miss = best === undefined ? largest : best.size > top ? best.size - top : top - best.size;
      expect(miss, `${percent} %`).to.be.at.most(largest / 50n);
      expect(asked.length).to.be.at.most(12);
    }
  });

  it("takes everything where more is always better", async () => {
    const { best } = await search(1_000_000n, (size) => size);
    expect(best).to.deep.equal({ size: 1_000_000n, value: 1_000_000n });
  });

  it("finds the least loss where every size loses", async () => {
    const { best } = await search(1_000_000n, (size) => -size);
    expect(best?.value).to.be.lessThan(0n);
    expect(best?.size).to.be.lessThan(20_000n);
  });

  it("bears that small sizes, and those that leave little, are refused", async () => {
    const value = (size: bigint) =>
      size < 300n || (size > 900n && size < 1_000n) ? undefined : 700n - abs(size - 500n);
    const { best } = await search(1_000n, value);
    expect(best?.size).to.be.within(480n, 520n);
    // Only all or nothing is sold:
    expect((await search(1_000n, (size) => (size === 1_000n ? 5n : undefined))).best).to.deep.equal({
      ...{ size: 1_000n, value: 5n },
    });
  });

  it("asks no more often than it may, and no size twice where there are few", async () => {
    expect((await search(10n ** 18n, (size) => size, 1)).asked).to.deep.equal([10n ** 18n]);
    expect((await search(10n ** 18n, (size) => -size, 5)).asked.length).to.equal(5);
    const { asked } = await search(3n, (size) => -size);
    expect(asked.length).to.be.at.most(4);
  });
});

const abs = (value: bigint) => (value < 0n ? -value : value);
