import { expect } from "chai";

import { Exchange, type ExchangeParameters } from "../../../sim/market/exchange.ts";
import { expectClose } from "../../shared/expect-close.ts";

const OWNER = "0x01";
const HALF_LIFE = 1_800;

/** Two million dollars move 2,000 by 2 %. */
function open(parameters: Partial<ExchangeParameters> = {}): Exchange {
  return new Exchange({
    ...{ depth: 2e6, startPrice: 2_000, permanentShare: 0.5, halfLifeSeconds: HALF_LIFE, hasImpact: true },
    ...parameters,
  });
}

const sell = (exchange: Exchange, quantity: number) => exchange.trade({ owner: OWNER, side: "sell", quantity });
const buy = (exchange: Exchange, quantity: number) => exchange.trade({ owner: OWNER, side: "buy", quantity });

describe("Exchange", () => {
  describe("#trade", () => {
    for (const quantity of [0, -1, NaN, Infinity, -Infinity]) {
      it(`refuses an order over ${quantity}, and moves nothing`, () => {
        const exchange = open();
        expect(() => sell(exchange, quantity)).to.throw(RangeError, `an order over ${quantity}`);
        expect(() => buy(exchange, quantity)).to.throw(RangeError, `an order over ${quantity}`);
        expect(exchange.price).to.equal(2_000);
        expect(exchange.holdings(OWNER)).to.deep.equal({ collateral: 0, loan: 0 });
      });
    }

    it("moves the price by 2 % when the depth is sold, whatever the start price", () => {
      for (const startPrice of [0.01, 1, 2_000, 60_000]) {
        const exchange = open({ startPrice });
        sell(exchange, 2e6 / startPrice);
        expectClose(exchange.price / startPrice, 0.98, 1e-12);
      }
    });

    it("fills at the integral of the price over the quantity", () => {
      // P(x) = P·e^(∓x/K), with K from the depth: selling 1,000 units multiplies the price by 0.98.
      for (const [side, quantity] of [
        ["sell", 700],
        ["buy", 700],
        ["sell", 40_000],
        ["buy", 1e-6],
      ] as const) {
        const exchange = open();
        const { price, ...order } = exchange.trade({ owner: OWNER, side, quantity });
        const steps = 20_000;
        let sum = 0;
        for (let i = 0; i < steps; ++i) {
          const x = ((i + 0.5) / steps) * quantity;
          sum += 2_000 * 0.98 ** ((side === "sell" ? x : -x) / 1_000);
        }
        expectClose(price / (sum / steps), 1, 1e-9);
        expect(order).to.deep.equal({ owner: OWNER, side, quantity });
        const sign = side === "sell" ? -1 : 1;
        const { collateral, loan } = exchange.holdings(OWNER);
        expect(collateral).to.equal(sign * quantity);
        expectClose(loan, -sign * quantity * price, 1e-9 * quantity * price);
      }
    });

    it("charges the same for one order as for its parts", () => {
      const [whole, parts] = [open(), open()];
      sell(whole, 900);
      for (const quantity of [500, 300, 99, 1]) sell(parts, quantity);
      expectClose(parts.price, whole.price, 1e-9);
      expectClose(parts.holdings(OWNER).loan, whole.holdings(OWNER).loan, 1e-6);
    });

    it("gives back what a round trip at once cost, no more", () => {
      const exchange = open();
      buy(exchange, 800);
      sell(exchange, 800);
      expectClose(exchange.price, 2_000, 1e-9);
      expectClose(exchange.holdings(OWNER).loan, 0, 1e-6);
      expect(exchange.holdings(OWNER).collateral).to.equal(0);
    });

    it("keeps every owner's account", () => {
      const exchange = open();
      const { price } = sell(exchange, 3);
      exchange.trade({ owner: "0x02", side: "buy", quantity: 1 });
      expect(exchange.holdings(OWNER)).to.deep.equal({ collateral: -3, loan: 3 * price });
      expect(exchange.holdings("0x02").collateral).to.equal(1);
      expect(exchange.holdings("0x03")).to.deep.equal({ collateral: 0, loan: 0 });
    });
  });

  describe("#advance", () => {
    for (const [permanentShare, left] of [
      [0, 0.5],
      [0.5, 0.75],
      [1, 1],
    ]) {
      it(`leaves ${left} of an impact whose permanent share is ${permanentShare} after a half-life`, () => {
        const exchange = open({ permanentShare });
        sell(exchange, 1_000);
        expectClose(exchange.price, 1_960, 1e-9);
        exchange.advance(2_000, HALF_LIFE);
        expectClose(Math.log(exchange.price / 2_000), left * Math.log(0.98), 1e-12);
        exchange.advance(2_000, 1_000 * HALF_LIFE);
        expectClose(Math.log(exchange.price / 2_000), permanentShare * Math.log(0.98), 1e-12);
      });
    }

    it("decays the same in many steps as in one", () => {
      const [once, often] = [open(), open()];
      for (const exchange of [once, often]) sell(exchange, 1_000);
      once.advance(2_000, 1_200);
      for (let i = 0; i < 100; ++i) often.advance(2_000, 12);
      expectClose(often.price, once.price, 1e-9);
    });

    it("puts the impact on top of the exogenous price of the time", () => {
      const exchange = open({ permanentShare: 1 });
      sell(exchange, 1_000);
      exchange.advance(1_500, 12);
      expect(exchange.exogenousPrice).to.equal(1_500);
      expectClose(exchange.price, 1_500 * 0.98, 1e-9);
    });

    it("lets a fall be followed by less when time passes between two sales", () => {
      const [rushed, patient] = [open(), open()];
      for (const exchange of [rushed, patient]) sell(exchange, 1_000);
      patient.advance(2_000, HALF_LIFE);
      for (const exchange of [rushed, patient]) sell(exchange, 1_000);
      expect(patient.holdings(OWNER).loan).to.be.greaterThan(rushed.holdings(OWNER).loan);
    });
  });

  describe("without impact: the twin", () => {
    it("fills at the exogenous price and never moves it", () => {
      const exchange = open({ hasImpact: false });
      expect(exchange.logImpactPerUnit).to.equal(0);
      expect(sell(exchange, 1e9).price).to.equal(2_000);
      exchange.discount(1e9);
      expect(exchange.price).to.equal(2_000);
      exchange.advance(1_234.5, 12);
      expect(exchange.price).to.equal(1_234.5);
      expect(buy(exchange, 7).price).to.equal(1_234.5);
    });

    it("is as deep on paper as the other", () => {
      expect(open({ hasImpact: false }).unitsPerLogMove).to.equal(open().unitsPerLogMove);
      expectClose(open().logImpactPerUnit * open().unitsPerLogMove, 1, 1e-12);
    });
  });

  describe("#discount", () => {
    it("takes a purchase out of the price, permanent part and temporary, and leaves the account alone", () => {
      const exchange = open();
      buy(exchange, 600);
      const held = exchange.holdings(OWNER);
      exchange.discount(600);
      expectClose(exchange.price, 2_000, 1e-9);
      expect(exchange.holdings(OWNER)).to.deep.equal(held);
      exchange.advance(2_000, HALF_LIFE);
      expectClose(exchange.price, 2_000, 1e-9);
    });

    it("takes a sale out when it is negative", () => {
      const exchange = open();
      sell(exchange, 600);
      exchange.discount(-600);
      expectClose(exchange.price, 2_000, 1e-9);
    });
  });

  describe("#credit", () => {
    it("adds and takes away, below zero too, and does not move the price", () => {
      const exchange = open();
      exchange.credit(OWNER, 5, 100);
      exchange.credit(OWNER, -7, 20.5);
      expect(exchange.holdings(OWNER)).to.deep.equal({ collateral: -2, loan: 120.5 });
      expect(exchange.price).to.equal(2_000);
    });
  });
});
