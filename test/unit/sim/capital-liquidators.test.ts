import { expect } from "chai";

import { CapitalLiquidator } from "../../../sim/agents/capital-liquidator.ts";
import { VolatilityMeter } from "../../../sim/agents/volatility-meter.ts";
import { LAB } from "../../../sim/config.ts";
import type { Intent } from "../../../sim/engine/agent.ts";
import { addressOf } from "../../../sim/population.ts";
import { createRng } from "../../../sim/rng.ts";
import { expectClose } from "../../shared/expect-close.ts";
import {
  dollars,
  ether,
  handMadeView,
  KICK_LIFE,
  offerOf,
  openBench,
  outcomeOf,
  USDC,
  WETH,
  type Bench,
  type Scene,
} from "../../shared/hand-made-view.ts";

const ANN = addressOf("ann");
const DESK = new CapitalLiquidator(0).members[0];
const GAS = 180_000;
/** 100 WETH at 2,000 carry 165,000. */
const positions = { [ANN]: { collateral: 100, debt: 170_000 } };
/** What calm markets ask for: 1 %. */
const MARGIN = 0.01;

describe("CapitalLiquidator", () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench();
  });

  const view = (scene: Partial<Scene>, { protocol } = bench) =>
    handMadeView({ protocol, positions, balances: { [`USDC ${DESK}`]: 1e6 }, ...scene });

  const read = (intent: Intent) => {
    const { name, args } = bench.decode(intent);
    if (name !== "take") return { intent, name, to: intent.to, amount: args[1] as bigint, maxRepay: 0n };
    const [account, collateral, amount, maxRepay, receiver, data] = args as [
      string,
      string,
      bigint,
      bigint,
      string,
      string,
    ];
    expect([account, collateral, receiver, data].map((item) => item.toLowerCase())).to.deep.equal([
      ...[intent.touches[0], WETH.address, DESK, "0x"],
    ]);
    return { intent, name, to: intent.to, amount, maxRepay };
  };
  const decide = async (scene: Partial<Scene>, desk = new CapitalLiquidator(0), seed = "1") =>
    (await desk.decide(view(scene), createRng(seed))).map(read);

  describe("sends nothing", () => {
    const offers = [offerOf(ANN, [10, 1_900])];

    it("while nobody is for sale", async () => {
      expect(await decide({ positions: {}, offers })).to.deep.equal([]);
      expect(await decide({ offers: [] })).to.deep.equal([]);
      const dutch = await openBench(KICK_LIFE); // nobody was kicked
      expect(await new CapitalLiquidator(0).decide(view({ offers }, dutch), createRng("1"))).to.deep.equal([]);
    });

    it("without money", async () => {
      expect(await decide({ offers, balances: {} })).to.deep.equal([]);
    });

    it("while the discount does not pay for the risk of the way to the exchange", async () => {
      expect(await decide({ offers: [offerOf(ANN, [100, 2_000 * (1 - MARGIN)])] })).to.deep.equal([]);
      expect(await decide({ offers: [offerOf(ANN, [100, 2_000 * (1 - MARGIN) - 1])] })).to.have.lengthOf(1);
    });

    it("if less than the least profit is left after gas", async () => {
      const rest = 10 * (2_000 * (1 - MARGIN) - 1_900) - LAB.liquidatorMinProfit;
      const feeAt = (gas: number) => BigInt(Math.floor((gas / 2_000 / GAS) * 1e18));
      expect(await decide({ offers, baseFeeWei: feeAt(rest - 0.01) })).to.have.lengthOf(1);
      expect(await decide({ offers, baseFeeWei: feeAt(rest + 0.01) })).to.deep.equal([]);
    });
  });

  describe("buys", () => {
    it("all that is offered, for a thousandth more at most", async () => {
      const [{ intent, name, amount, maxRepay }, ...others] = await decide({ offers: [offerOf(ANN, [38.5, 1_904])] });
      expect(others).to.deep.equal([]);
      expect([name, amount, intent.from]).to.deep.equal(["take", ether(38.5), DESK]);
      expect(maxRepay).to.equal((dollars(38.5 * 1_904) * 1_001n) / 1_000n);
      expect(intent.touches).to.deep.equal([ANN]);
    });

    it("as much as its money buys", async () => {
      const [{ amount, maxRepay }] = await decide({
        offers: [offerOf(ANN, [38.5, 1_900])],
        balances: { [`USDC ${DESK}`]: 19_000 },
      });
      expectClose(Number(amount) / 1e18, 10 * (1 - 0.002), 1e-6);
      expect(maxRepay <= dollars(19_000)).to.equal(true);
    });

    it("as much as the exchange can bear at this price", async () => {
      const logImpactPerUnit = 1e-3;
      const [{ amount }] = await decide({
        offers: [offerOf(ANN, [1_000, 1_900])],
        logImpactPerUnit,
        balances: { [`USDC ${DESK}`]: 9e6 },
      });
      // Sold outside, the last unit brings what it costs.
      expectClose(2_000 * (1 - MARGIN) * Math.exp((-logImpactPerUnit * Number(amount)) / 1e18), 1_900, 1e-3);
    });

    it("three times a block at most, each with the money and the price that the ones before leave", async () => {
      const accounts = ["a", "b", "c", "d"].map(addressOf);
      const all = { positions: Object.fromEntries(accounts.map((account) => [account, positions[ANN]])) };
      const offers = accounts.map((account) => offerOf(account, [20, 1_900]));
      const sent = await decide({ ...all, offers });
      expect(sent.map(({ amount }) => amount)).to.deep.equal([ether(20), ether(20), ether(20)]);
      const poor = await decide({ ...all, offers, balances: { [`USDC ${DESK}`]: 57_000 } });
      expect(poor).to.have.lengthOf(2);
      const paid = poor.reduce((sum, { maxRepay }) => sum + maxRepay, 0n);
      expect(paid <= dollars(57_000)).to.equal(true);
      // At an impact of 1e-3 there is room for ln(1,980 / 1,900) / 1e-3 = 41 units.
      const shallow = await decide({ ...all, offers, logImpactPerUnit: 1e-3 });
      const bought = shallow.reduce((sum, { amount }) => sum + Number(amount) / 1e18, 0);
      expect(bought).to.be.within(40, Math.log((2_000 * (1 - MARGIN)) / 1_900) / 1e-3 + 1e-6);
    });

    it("less eagerly after a stormy hour", async () => {
      const [calm, stormy] = [new CapitalLiquidator(0), new CapitalLiquidator(0)];
      const meter = new VolatilityMeter();
      for (let block = 1; block <= 300; ++block) {
        const scene = { positions: {}, seconds: block * 12 };
        const price = block % 2 === 0 ? 2_000 : 1_980;
        await decide(scene, calm);
        await decide({ ...scene, price }, stormy);
        meter.see(price, block * 12);
      }
      const margin = meter.perSecond * Math.sqrt(LAB.exchangeTransferSeconds);
      expect(margin).to.be.greaterThan(3 * MARGIN);
      const at = (discount: number) => ({ seconds: 3_600, offers: [offerOf(ANN, [100, 2_000 * (1 - discount)])] });
      expect(await decide(at(margin * 0.99), calm)).to.have.lengthOf(1);
      expect(await decide(at(margin * 0.99), stormy)).to.deep.equal([]);
      expect(await decide(at(margin * 1.02), stormy)).to.have.lengthOf(1);
    });

    it("with a bid that is a share of its profit, another each time", async () => {
      const offers = [offerOf(ANN, [38.5, 1_904])];
      const profit = 38.5 * (2_000 * (1 - MARGIN) - 1_904);
      const bids = [];
      for (const seed of ["1", "2", "3", "4", "5"]) {
        const [{ intent }] = await decide({ offers }, new CapitalLiquidator(0), seed);
        bids.push((Number(intent.priorityFeeWei) * GAS * 2_000) / 1e18 / profit);
      }
      for (const share of bids) expect(share).to.be.within(LAB.liquidatorBid[0], LAB.liquidatorBid[1]);
      expect(new Set(bids).size).to.equal(5);
    });
  });

  describe("what it bought", () => {
    /** A desk that holds 30 WETH, just bought. */
    const bought = async (ok = true) => {
      const desk = new CapitalLiquidator(0);
      const [{ intent }] = await decide({ offers: [offerOf(ANN, [30, 1_900])] }, desk);
      expect(desk.settle([outcomeOf(intent, { ok })], view({}))).to.deep.equal([]);
      return desk;
    };
    const held = { positions: {}, balances: { [`WETH ${DESK}`]: 30 } };

    it("stays where it is if the take was lost", async () => {
      expect(await decide(held, await bought(false))).to.deep.equal([]);
    });

    it("goes to the exchange with the next block, once", async () => {
      const desk = await bought();
      const [{ name, to, amount }, ...others] = await decide(held, desk);
      expect([name, to, amount, others.length]).to.deep.equal(["burn", WETH.address, ether(30), 0]);
      expect(await decide(held, desk)).to.deep.equal([]);
    });

    const delivered = async (logImpactPerUnit: number) => {
      const desk = await bought();
      const [{ intent }] = await decide(held, desk);
      const settle = (seconds: number, outcomes = [] as ReturnType<typeof outcomeOf>[]) =>
        desk.settle(outcomes, view({ seconds, logImpactPerUnit }));
      expect(settle(24, [outcomeOf(intent)])).to.deep.equal([]);
      return settle;
    };
    const arrival = 24 + LAB.exchangeTransferSeconds;

    it("is sold when it has arrived, not before; all at once where that moves nothing", async () => {
      const settle = await delivered(0);
      expect(settle(arrival - 12)).to.deep.equal([]);
      expect(settle(arrival)).to.deep.equal([{ owner: DESK, side: "sell", quantity: 30 }]);
      expect(settle(arrival + 12)).to.deep.equal([]);
    });

    it("is sold bit by bit where it does: a tenth of a per cent a minute", async () => {
      const settle = await delivered(1e-3);
      const quantities = [];
      for (let seconds = arrival; seconds < arrival + 3_600; seconds += 12) {
        quantities.push(...settle(seconds).map(({ quantity }) => quantity));
      }
      // 1 % is 10 units, so that a minute takes one and a block of 12 s a fifth of it.
      expectClose(quantities[0], 0.2, 1e-12);
      expect(quantities.length).to.be.within(150, 151);
      expectClose(
        quantities.reduce((sum, quantity) => sum + quantity, 0),
        30,
        1e-9,
      );
    });

    it("makes the desk shy while it waits: it will press the price", async () => {
      const desk = await bought();
      const [{ intent }] = await decide(held, desk);
      desk.settle([outcomeOf(intent)], view({}));
      const more = { offers: [offerOf(ANN, [10, 1_930])], logImpactPerUnit: 1e-3 };
      expect(await decide(more, desk)).to.deep.equal([]);
      expect(await decide(more)).to.have.lengthOf(1);
    });

    it("comes back as money, when it is worth a transfer", async () => {
      const least = LAB.totalDebt * 1e-4;
      expect(await decide({ positions: {}, holdings: { collateral: 0, loan: least } })).to.deep.equal([]);
      const [{ name, to, amount }] = await decide({ positions: {}, holdings: { collateral: 0, loan: 10_000 } });
      expect([name, to, amount]).to.deep.equal(["mint", USDC.address, dollars(9_990)]);
    });
  });
});
