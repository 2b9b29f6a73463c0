import { expect } from "chai";

import { FlashLiquidator } from "../../../sim/agents/flash-liquidator.ts";
import { liquidatable } from "../../../sim/agents/for-sale.ts";
import { LAB } from "../../../sim/config.ts";
import { addressOf } from "../../../sim/population.ts";
import { createRng } from "../../../sim/rng.ts";
import { expectClose } from "../../shared/expect-close.ts";
import {
  AT,
  ether,
  handMadeView,
  KICK_LIFE,
  offerOf,
  openBench,
  START_TIME,
  type Bench,
  type Scene,
} from "../../shared/hand-made-view.ts";

const ANN = addressOf("ann");
const FEE = 0.0005;
const GAS = 350_000;
/** L of the venue: 22,361 WETH beside 44.7 million USDC at 2,000. */
const LIQUIDITY = 1e6;
const RESERVES = { base: LIQUIDITY / Math.sqrt(2_000), quote: LIQUIDITY * Math.sqrt(2_000) };
/** 100 WETH at 2,000 carry 165,000. */
const under = { collateral: 100, debt: 170_000 };

/** What selling brings in a pool of constant product. */
function proceedsOf(base: number): number {
  const sold = base * (1 - FEE);
  return (RESERVES.quote * sold) / (RESERVES.base + sold);
}

const view = (bench: Bench, scene: Partial<Scene>) =>
  handMadeView({ protocol: bench.protocol, liquidity: LIQUIDITY, positions: { [ANN]: under }, ...scene });

async function decide(bench: Bench, scene: Partial<Scene>, seed = "1") {
  const intents = await new FlashLiquidator(0).decide(view(bench, scene), createRng(seed));
  return intents.map((intent) => {
    const { name, args } = bench.decode(intent);
    const [pool, account, , most, venue, least] = args.map(String);
    const feeGwei = Number(intent.priorityFeeWei) / 1e9;
    return {
      ...{ intent, name, pool: pool.toLowerCase(), account: account.toLowerCase(), venue: venue.toLowerCase() },
      ...{ most: BigInt(most), leastProfit: Number(least) / 1e6, bid: (feeGwei * GAS * 2_000) / 1e9 },
    };
  });
}

describe("FlashLiquidator", () => {
  let bench: Bench;
  let dutch: Bench;
  before(async () => {
    bench = await openBench();
    dutch = await openBench(KICK_LIFE);
  });

  describe("sends nothing", () => {
    const offers = [offerOf(ANN, [10, 1_900])];

    it("while nobody is for sale by the protocol's prices, whatever the market says", async () => {
      for (const positions of [
        {},
        { [ANN]: { collateral: 100, debt: 165_000 } },
        { [ANN]: { collateral: 9, debt: 0 } },
      ]) {
        expect(await decide(bench, { positions, offers })).to.deep.equal([]);
      }
      expect(await decide(bench, { price: 1_500, venuePrice: 1_500, oraclePrice: 2_100, offers })).to.deep.equal([]);
    });

    it("if the protocol has nothing to sell after all", async () => {
      expect(await decide(bench, { offers: [] })).to.deep.equal([]);
    });

    it("if a kick is needed and has not come", async () => {
      expect(await decide(dutch, { offers })).to.deep.equal([]);
    });

    it("if the venue pays less than it costs, fee included", async () => {
      for (const price of [2_000 * (1 - FEE), 2_000, 2_100]) {
        expect(await decide(bench, { offers: [offerOf(ANN, [10, price])] })).to.deep.equal([]);
      }
    });

    it("if less than the least profit is left after gas", async () => {
      const profit = proceedsOf(10) - 10 * 1_990;
      expect(await decide(bench, { offers: [offerOf(ANN, [10, 1_990])] })).to.have.lengthOf(1);
      const feeAt = (gas: number) => BigInt(Math.floor((gas / 2_000 / GAS) * 1e18));
      const rest = profit - LAB.liquidatorMinProfit;
      const cheap = { offers: [offerOf(ANN, [10, 1_990])], baseFeeWei: feeAt(rest - 0.01) };
      expect(await decide(bench, cheap)).to.have.lengthOf(1);
      expect(await decide(bench, { ...cheap, baseFeeWei: feeAt(rest + 0.01) })).to.deep.equal([]);
    });
  });

  it("takes all that is offered when the venue can bear it, and wants a quarter of the profit at least", async () => {
    const offers = [offerOf(ANN, [38.5, 1_904.7])];
    const [{ intent, name, ...sent }, ...others] = await decide(bench, { offers });
    expect(others).to.deep.equal([]);
    expect([name, sent.pool, sent.account, sent.venue]).to.deep.equal(["liquidate", AT.pool, ANN, AT.venue]);
    expect(sent.most).to.equal(ether(38.5));
    expectClose(sent.leastProfit, (proceedsOf(38.5) - 38.5 * 1_904.7) / 4, 1e-3);
    expect(intent.to).to.equal(AT.flashLiquidator);
    expect(intent.from).to.equal(new FlashLiquidator(0).members[0]);
    expect(intent.touches).to.deep.equal([ANN]);
  });

  it("takes so much that the last unit brings what it costs", async () => {
    const [{ most }] = await decide(bench, { offers: [offerOf(ANN, [10_000, 1_900])] });
    const sold = Number(most) / 1e18;
    expect(sold).to.be.within(1, 9_999);
    const marginal = (proceedsOf(sold + 0.001) - proceedsOf(sold - 0.001)) / 0.002;
    expectClose(marginal / 1_900, 1, 1e-6);
  });

  it("takes part of an offer that gets dearer with the amount, up to where a unit costs what it brings", async () => {
    const rising = offerOf(ANN, [40, 1_900], [160, 1_930], [640, 1_950], [2_560, 2_050]);
    const [{ most, leastProfit }] = await decide(bench, { offers: [rising] });
    const sold = Number(most) / 1e18;
    expect(sold).to.be.within(270, 290);
    const marginal = (proceedsOf(sold + 0.001) - proceedsOf(sold - 0.001)) / 0.002;
    expectClose(marginal / 1_950, 1, 1e-6);
    const cost = 40 * 1_900 + 120 * 1_930 + (sold - 160) * 1_950;
    expectClose(leastProfit, (proceedsOf(sold) - cost) / 4, 1e-2);
  });

  it("sells its second lot at the price that its first leaves", async () => {
    const accounts = ["a", "b", "c", "d"].map(addressOf);
    const positions = Object.fromEntries(accounts.map((account) => [account, under]));
    const offers = accounts.map((account) => offerOf(account, [150, 1_900]));
    const sent = await decide(bench, { positions, offers });
    expect(sent).to.have.lengthOf(3); // the most it sends in a block
    const profits = [0, 1, 2].map((i) => proceedsOf(150 * (i + 1)) - proceedsOf(150 * i) - 150 * 1_900);
    sent.forEach(({ leastProfit }, i) => expectClose(leastProfit, profits[i] / 4, 1e-2));
    const sales = await decide(bench, { positions, offers: accounts.map((account) => offerOf(account, [450, 1_900])) });
    // Room for some 573 WETH in all: the second sale is partial, a third would lose.
    expect(sales).to.have.lengthOf(2);
    const sold = sales.map(({ most }) => Number(most) / 1e18);
    expect(sold[0]).to.equal(450);
    const whole = (await decide(bench, { offers: [offerOf(ANN, [10_000, 1_900])] }))[0];
    expectClose(sold[0] + sold[1], Number(whole.most) / 1e18, 1e-6);
  });

  it("bids a share of its profit for its place in the block, another each time", async () => {
    const offers = [offerOf(ANN, [38.5, 1_904.7])];
    const profit = proceedsOf(38.5) - 38.5 * 1_904.7;
    const shares = [];
    for (const seed of ["1", "2", "3", "4", "5"]) {
      const [{ bid }] = await decide(bench, { offers }, seed);
      expect(bid / profit).to.be.within(LAB.liquidatorBid[0], LAB.liquidatorBid[1]);
      shares.push(bid);
    }
    expect(new Set(shares).size).to.equal(5);
    expect((await decide(bench, { offers }, "1"))[0].bid).to.equal(shares[0]);
  });

  it("bids no more than 100,000 gwei, whatever there is to gain", async () => {
    const [{ intent }] = await decide(bench, { offers: [offerOf(ANN, [1_000, 100])] });
    expect(intent.priorityFeeWei).to.equal(10n ** 14n);
  });

  it("buys on a Dutch curve as soon as it pays", async () => {
    const positions = { [ANN]: { ...under, kickedAt: START_TIME } };
    const offers = [offerOf(ANN, [10, 1_850])];
    expect(await decide(dutch, { positions, offers, seconds: 1_200 })).to.have.lengthOf(1);
  });

  it("looks at eight accounts a block, others another time", async () => {
    const accounts = Array.from({ length: 30 }, (_, i) => addressOf(`account ${i}`));
    const scene = view(bench, { positions: Object.fromEntries(accounts.map((account) => [account, under])) });
    expect(liquidatable(scene)).to.deep.equal(accounts);
    const looks: (readonly string[])[] = [];
    for (const seed of ["1", "2"]) {
      const quotesOf = (asked: readonly string[]) => {
        looks.push(asked);
        return scene.offers(asked);
      };
      await new FlashLiquidator(0).decide({ ...scene, offers: quotesOf }, createRng(seed));
    }
    for (const asked of looks) {
      expect(asked).to.have.lengthOf(8);
      expect(new Set(asked).size).to.equal(8);
    }
    expect(looks[0]).not.to.deep.equal(looks[1]);
  });
});
