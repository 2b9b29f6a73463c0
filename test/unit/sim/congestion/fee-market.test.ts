import { expect } from "chai";

import { effectiveTip, FeeMarket, type Bid } from "../../../../sim/congestion/fee-market.ts";
import { CONGESTION } from "../../../../sim/congestion/parameters.ts";
import { expectClose } from "../../../shared/expect-close.ts";

const SLOT = CONGESTION.slotSeconds;
const bid = (tip: number, maxFee = 1e6, gas = 200_000): Bid => ({ tip, maxFee, gas });

/** A market that has seen so many slots of a demand. */
function marketAfter(slots: number, demand: number, baseFee = 15): FeeMarket {
  const market = new FeeMarket(baseFee);
  for (let slot = 0; slot < slots; ++slot) market.fill(demand, [], SLOT);
  return market;
}

describe("FeeMarket", () => {
  describe("base fee", () => {
    it("falls by an eighth when a slot is empty, and rises by one when it is full, as EIP-1559 has it", () => {
      expectClose(marketAfter(1, 0, 80).baseFee, 70, 1e-9);
      expectClose(marketAfter(1, 100, 80).baseFee, 90, 1e-9);
    });

    it("never falls below its least", () => {
      expect(marketAfter(100, 0).baseFee).to.equal(CONGESTION.minBaseFeeGwei);
    });

    it("moves less in a shorter slot: two halves are a whole", () => {
      const market = new FeeMarket(80);
      for (let half = 0; half < 2; ++half) market.fill(0, [], SLOT / 2);
      expectClose(market.baseFee, 70, 1e-9);
    });

    // A demand of D settles where only 1/D of it is worth the fee: 15·e^(1.2·z), with z the normal quantile of 1 − 1/D.
    for (const [demand, quantile] of [
      [1.5, -0.4307],
      [4, 0.6745],
      [14, 1.4652],
      [20, 1.6449],
    ]) {
      it(`settles where a demand of ${demand} has the target left`, () => {
        const { medianBidGwei, bidDeviation } = CONGESTION;
        const market = marketAfter(500, demand);
        const fees = Array.from({ length: 100 }, () => {
          market.fill(demand, [], SLOT);
          return market.baseFee;
        });
        const mean = fees.reduce((sum, fee) => sum + fee, 0) / fees.length;
        expectClose(mean / (medianBidGwei * Math.exp(bidDeviation * quantile)), 1, 0.1);
      });
    }
  });

  describe("a slot", () => {
    it("has room for all in calm times, whatever they bid", () => {
      const bids = [[bid(0)], [bid(3)]];
      expect(marketAfter(100, 1).fill(1, bids, SLOT)).to.have.lengthOf(2);
    });

    it("takes the dearest first, each sender's in their order", () => {
      const [first, second, third] = [bid(5), bid(100), bid(50)];
      expect(new FeeMarket(15).fill(0, [[first, second], [third]], SLOT)).to.deep.equal([third, first, second]);
    });

    it("refuses who does not pay the base fee, and whoever waits behind", () => {
      const market = new FeeMarket(80);
      const cheap = bid(5, 79);
      expect(market.fill(0, [[cheap, bid(100)], [bid(1, 80)]], SLOT)).to.deep.equal([bid(1, 80)]);
    });

    it("has no room for a small bid when the background bids more for all of it, but for a large one", () => {
      const full = () => new FeeMarket(1); // the fee is far below what a sudden demand would pay
      expect(full().fill(50, [[bid(5)]], SLOT)).to.deep.equal([]);
      expect(full().fill(50, [[bid(500)]], SLOT)).to.have.lengthOf(1);
      expect(full().fill(50, [[bid(5), bid(500)]], SLOT)).to.deep.equal([]); // its sender's other one waits with it
    });

    it("holds no more of ours than its limit", () => {
      const bids = Array.from({ length: 12 }, () => [bid(1_000, 1e6, 2_000_000)]);
      expect(new FeeMarket(15).fill(0, bids, SLOT)).to.have.lengthOf(10);
    });

    it("lets what takes room push the fee up", () => {
      const bids = Array.from({ length: 10 }, () => [bid(1_000, 1e6, 2_000_000)]);
      const market = new FeeMarket(80);
      market.fill(0, bids, SLOT);
      expectClose(market.baseFee, 90, 1e-9);
    });
  });

  it("pays for the place no more than the base fee leaves", () => {
    expect(effectiveTip(bid(5, 100), 80)).to.equal(5);
    expect(effectiveTip(bid(50, 100), 80)).to.equal(20);
  });

  it("loses waiting demand in time", () => {
    const market = marketAfter(1, 100, 80);
    const before = market.waitingGas;
    for (let slot = 0; slot < 200; ++slot) market.fill(0, [], SLOT);
    expect(market.waitingGas).to.be.lessThan(before * 0.05);
  });
});
