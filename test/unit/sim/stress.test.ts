import { expect } from "chai";

import { LAB, PROFILES } from "../../../sim/config.ts";
import { Exchange } from "../../../sim/market/exchange.ts";
import { planPopulation, type Population } from "../../../sim/population.ts";
import { createRng } from "../../../sim/rng.ts";
import { faultOf, type Stress } from "../../../sim/scenarios/stress.ts";
import { explainStress } from "../../../sim/stress/explain.ts";
import { applyDroughts } from "../../../sim/stress/market.ts";
import { stressPopulation, WHALE } from "../../../sim/stress/population.ts";
import { expectClose } from "../../shared/expect-close.ts";

const PRICE = 2_000;
const HOURS = 3_600;
const FULL: Stress = {
  droughts: [{ fromSeconds: 0, toSeconds: 60, exchangeShare: 0.5, venueShare: 0.25, halfLifeFactor: 2 }],
  feedOutages: [
    { fromSeconds: 0, toSeconds: 60, kind: "frozen" },
    { fromSeconds: 60, toSeconds: 90, kind: "late", lagSeconds: 1_200 },
  ],
  isCongested: true,
  lenderRun: { atSeconds: 10, share: 0.5 },
  whale: { collateralShare: 0.3 },
};

describe("#faultOf", () => {
  it("finds nothing wrong with what is right", () => {
    expect(faultOf(FULL, 100)).to.equal(undefined);
    expect(faultOf({}, 100)).to.equal(undefined);
  });

  const drought = { fromSeconds: 0, toSeconds: 60, exchangeShare: 0.5, venueShare: 0.25 };
  const outage = { fromSeconds: 0, toSeconds: 60, kind: "frozen" };
  for (const [stress, fault] of [
    ["a drought", "stress must be an object"],
    [{ drouhgts: [] }, "stress.drouhgts is not known: there are droughts, feedOutages, "],
    [{ droughts: drought }, "stress.droughts must be a list"],
    [
      { droughts: [{ ...drought, exchangeShare: 0 }] },
      "droughts[0].exchangeShare must be a number from 0.01 to 1, got 0",
    ],
    [
      { droughts: [{ ...drought, venueShare: "all" }] },
      'droughts[0].venueShare must be a number from 0.01 to 1, got "all"',
    ],
    [{ droughts: [{ ...drought, toSeconds: 101 }] }, "droughts[0].toSeconds must be a number from 0 to 100, got 101"],
    [{ droughts: [{ ...drought, fromSeconds: 60 }] }, "droughts[0].toSeconds must be after fromSeconds"],
    [{ droughts: [drought, { ...drought, fromSeconds: 59 }] }, "stress.droughts must not overlap"],
    [{ feedOutages: [{ ...outage, kind: "wrong" }] }, 'feedOutages[0].kind must be "frozen" or "late", got "wrong"'],
    [{ feedOutages: [{ ...outage, kind: "late" }] }, "feedOutages[0].lagSeconds must be a number from 1 to"],
    [{ feedOutages: [{ ...outage, lagSeconds: 5 }] }, "feedOutages[0].lagSeconds is not known"],
    [{ isCongested: 1 }, "stress.isCongested must be true or false, got 1"],
    [{ lenderRun: { atSeconds: 0, share: 2 } }, "stress.lenderRun.share must be a number from 0 to 1, got 2"],
    [{ whale: { collateralShare: 1 } }, "stress.whale.collateralShare must be a number from 0.01 to 0.9, got 1"],
    [{ whale: null }, "stress.whale must be an object"],
  ] as const) {
    it(`says: ${fault}`, () => {
      expect(faultOf(stress, 100)).to.include(fault);
    });
  }
});

describe("#explainStress", () => {
  it("says what goes wrong, a line each", () => {
    expect(explainStress(undefined)).to.deep.equal([]);
    expect(explainStress(FULL)).to.deep.equal([
      "drought 0:00 to 0:01: 50 % of the exchange's depth and 25 % of the pool's liquidity left, impact lasts 2 times as long",
      "feed 0:00 to 0:01: it publishes nothing",
      "feed 0:01 to 0:01:30: it is 20 m late",
      "full blocks: transactions wait and are outbid",
      "lender run from 0:00:10: 50 % of the deposits want out within 1 h",
      "whale: one looper with 30 % of the collateral, leverage 3, it does not watch",
    ]);
  });
});

describe("#applyDroughts", () => {
  it("thins the book while it lasts: the same order moves the price more, and the market forgets it more slowly", () => {
    const exchange = new Exchange({
      ...{ depth: 1e6, startPrice: PRICE, permanentShare: 0, halfLifeSeconds: 600, hasImpact: true },
    });
    const usual = exchange.logImpactPerUnit;
    const drought = { fromSeconds: 12, toSeconds: 24, exchangeShare: 0.25, venueShare: 1, halfLifeFactor: 3 };
    applyDroughts(exchange, [drought], 11);
    expect(exchange.logImpactPerUnit).to.equal(usual);
    applyDroughts(exchange, [drought], 12);
    expectClose(exchange.logImpactPerUnit / usual, 4, 1e-12);
    exchange.trade({ owner: "a", side: "sell", quantity: 10 });
    expectClose(Math.log(exchange.price / PRICE), -40 * usual, 1e-12);
    exchange.advance(PRICE, 1_800); // half of it in three times the usual half-life
    expectClose(Math.log(exchange.price / PRICE), -20 * usual, 1e-12);
    applyDroughts(exchange, [drought], 24);
    expect(exchange.logImpactPerUnit).to.equal(usual);
    exchange.advance(PRICE, 600);
    expectClose(Math.log(exchange.price / PRICE), -10 * usual, 1e-12);
  });

  it("moves no price of a market without impact", () => {
    const exchange = new Exchange({
      ...{ depth: 1e6, startPrice: PRICE, permanentShare: 0, halfLifeSeconds: 600, hasImpact: false },
    });
    applyDroughts(exchange, [{ fromSeconds: 0, toSeconds: 24, exchangeShare: 0.25, venueShare: 1 }], 12);
    exchange.trade({ owner: "a", side: "sell", quantity: 1e6 });
    expect(exchange.price).to.equal(PRICE);
    expect(() => exchange.thin(0, 1)).to.throw(RangeError);
  });
});

describe("#stressPopulation", () => {
  const plan = (counts = { borrowers: 60, loopers: 12 }) =>
    planPopulation(createRng("people"), counts, PROFILES.WETH, PRICE);
  const stressed = (population: Population, stress: Stress) =>
    stressPopulation(population, stress, PROFILES.WETH, PRICE);
  const debtOf = ({ borrowers, loopers }: Population) =>
    borrowers.reduce((sum, { debt }) => sum + debt, 0) +
    loopers.reduce((sum, { equity, leverage }) => sum + equity * (leverage - 1) * PRICE, 0);
  const valueOf = ({ borrowers, loopers }: Population) =>
    borrowers.reduce((sum, { collateral }) => sum + collateral * PRICE, 0) +
    loopers.reduce((sum, { equity, leverage }) => sum + equity * leverage * PRICE, 0);

  it("is the population as it was drawn without stress", () => {
    const population = plan();
    expect(stressPopulation(population, undefined, PROFILES.WETH, PRICE)).to.equal(population);
    expect(stressed(population, { isCongested: true })).to.equal(population);
  });

  for (const collateralShare of [0.1, 0.3, 0.6]) {
    it(`gives one looper ${collateralShare} of the collateral, and all together owe what they always do`, () => {
      const population = plan();
      const after = stressed(population, { whale: { collateralShare, leverage: 3 } });
      const whale = after.loopers.find(({ address }) => address === WHALE);
      if (whale === undefined) throw new Error("no whale");
      expectClose((whale.equity * whale.leverage * PRICE) / valueOf(after), collateralShare, 0.005);
      expectClose(debtOf(after) / LAB.totalDebt, 1, 0.01);
      expect(whale.leverage).to.equal(3);
      expect(after.loopers).to.have.lengthOf(13);
      // Everybody else is smaller, and as risky as before.
      for (const [i, { debt, collateral }] of after.borrowers.entries()) {
        expect(debt).to.be.lessThan(population.borrowers[i].debt);
        expect(debt).to.be.greaterThanOrEqual(LAB.minDebt);
        expectClose(debt / collateral / (population.borrowers[i].debt / population.borrowers[i].collateral), 1, 1e-9);
      }
    });
  }

  it("goes no further than the pool lends", () => {
    const whale = stressed(plan(), { whale: { collateralShare: 0.3, leverage: 15 } }).loopers[0];
    expect(whale.leverage).to.be.within(4, 5); // 1 ÷ (1 − 0.8 · 0.98)
  });

  it("lets the largest lenders leave, until they are the share of the deposits, from first to last in the time given", () => {
    const { lenders } = stressed(plan(), { lenderRun: { atSeconds: HOURS, overSeconds: 2 * HOURS, share: 0.5 } });
    const total = lenders.reduce((sum, { deposit }) => sum + deposit, 0);
    const runners = lenders.filter(({ leavesAtSeconds }) => leavesAtSeconds !== undefined);
    const stayers = lenders.filter(({ leavesAtSeconds }) => leavesAtSeconds === undefined);
    const running = runners.reduce((sum, { deposit }) => sum + deposit, 0);
    const smallest = Math.min(...runners.map(({ deposit }) => deposit));
    expect(running).to.be.greaterThanOrEqual(total / 2);
    expect(running - smallest).to.be.lessThan(total / 2);
    for (const { deposit } of stayers) expect(deposit).to.be.lessThanOrEqual(smallest);
    const times = runners.map(({ leavesAtSeconds = 0 }) => leavesAtSeconds);
    expect([Math.min(...times), Math.max(...times)]).to.deep.equal([HOURS, 3 * HOURS]);
  });
});
