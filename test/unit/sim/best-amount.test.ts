import { expect } from "chai";

import { bestAmount, type Buyer } from "../../../sim/agents/best-amount.ts";
import { addressOf } from "../../../sim/population.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { dollars, ether, offerOf, openBench, type Bench } from "../../shared/hand-made-view.ts";

const ANN = addressOf("ann");

/** Who values the first unit at `first` and each further one by `slope` less. */
const buyerOf = (first: number, slope: number, capital?: number): Buyer => ({
  roomAt: (price) => Math.max(0, (first - price) / slope),
  worthOf: (amount) => first * amount - (slope * amount ** 2) / 2,
  ...(capital === undefined ? {} : { capital }),
});

describe("#bestAmount", () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench();
  });
  const choose = (steps: readonly [number, number][], buyer: Buyer) =>
    bestAmount(offerOf(ANN, ...steps).parts, buyer, bench.protocol);

  it("is nothing where nothing is offered, or nothing pays", () => {
    expect(choose([], buyerOf(2_000, 1))).to.equal(undefined);
    expect(choose([[10, 2_000]], buyerOf(2_000, 1))).to.equal(undefined);
  });

  it("is all of it, to the unit, while the last one pays", () => {
    const choice = choose([[10, 1_900]], buyerOf(2_000, 1));
    expect(choice).to.deep.include({ collateral: ether(10), repay: dollars(19_000), amount: 10, cost: 19_000 });
    expectClose(choice?.profit ?? NaN, 20_000 - 50 - 19_000, 1e-12);
  });

  it("ends where a unit costs what it is worth", () => {
    const choice = choose([[1_000, 1_900]], buyerOf(2_000, 1));
    expectClose(choice?.amount ?? NaN, 100, 1e-9);
    expect(choice?.collateral).to.equal(ether(100));
    expectClose(choice?.profit ?? NaN, 5_000, 1e-9);
  });

  for (const [first, amount] of [
    [2_000, 100], // the second stretch costs 1,950, and so the hundredth unit is worth less
    [2_100, 150],
    [2_140, 190],
    [2_200, 200], // at 2,100 it would go on only from 200 on, and that unit is worth 2,000
    [2_400, 300],
    [2_600, 400],
  ]) {
    it(`takes ${amount} of an offer that gets dearer if the first unit is worth ${first}`, () => {
      const steps: [number, number][] = [
        [100, 1_900],
        [200, 1_950],
        [400, 2_100],
      ];
      expectClose(choose(steps, buyerOf(first, 1))?.amount ?? NaN, amount, 1e-9);
    });
  }

  it("is more of it too if that is better than the first bit", () => {
    // A seller who gives a rebate: nothing pays until the second stretch.
    const steps: [number, number][] = [
      [100, 2_100],
      [400, 1_800],
    ];
    expectClose(choose(steps, buyerOf(2_010, 0.1))?.amount ?? NaN, 400, 1e-9);
  });

  it("is no more than can be paid for", () => {
    const choice = choose([[100, 1_900]], buyerOf(2_000, 0.01, 38_000));
    expectClose(choice?.amount ?? NaN, 20, 1e-9);
    expect((choice?.cost ?? NaN) <= 38_000).to.equal(true);
    expect(choose([[100, 1_900]], buyerOf(2_000, 0.01, 0))).to.equal(undefined);
  });

  it("neither is dust nor leaves any: the protocol would refuse", () => {
    // The least debt is 2,000: a unit of 1,900 is dust.
    expect(choose([[100, 1_900]], buyerOf(2_000, 100))).to.equal(undefined);
    expect(choose([[100, 1_900]], buyerOf(2_000, 50))?.amount).to.equal(2);
    const choice = choose([[100, 1_900]], buyerOf(2_000, 100 / 99.5));
    const rest = (100 - (choice?.amount ?? NaN)) * 1_900;
    expect(rest).to.be.within(2_000, 3_000);
  });
});
