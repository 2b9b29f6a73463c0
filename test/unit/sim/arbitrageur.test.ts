import { expect } from "chai";

import { ARBITRAGEUR, Arbitrageur, bestPoolPrice } from "../../../sim/agents/arbitrageur.ts";
import { LAB } from "../../../sim/config.ts";
import { expectClose } from "../../shared/expect-close.ts";
import {
  dollars,
  ether,
  handMadeView,
  openBench,
  outcomeOf,
  UNISWAP,
  USDC,
  WETH,
  type Bench,
  type Scene,
} from "../../shared/hand-made-view.ts";

const FEE = 0.0005;
const SWAP_GAS = 160_000;
/** L of the pool: some 22,000 WETH and 45 million USDC within reach at 2,000. */
const LIQUIDITY = 1e6;

let bench: Bench;
const view = (scene: Partial<Scene>) => handMadeView({ protocol: bench.protocol, liquidity: LIQUIDITY, ...scene });

/** Gain of moving the pool to a price, from the integrals, in steps. Below zero: a loss. */
function gainOf(from: number, to: number, market: number, logImpactPerUnit: number): number {
  const steps = 20_000;
  let [gain, hedged] = [0, 0];
  for (let i = 0; i < steps; ++i) {
    const [p, q] = [from * (to / from) ** (i / steps), from * (to / from) ** ((i + 1) / steps)];
    const base = LIQUIDITY * (1 / Math.sqrt(p) - 1 / Math.sqrt(q)); // received; below zero: paid
    const quote = LIQUIDITY * (Math.sqrt(q) - Math.sqrt(p));
    const [received, paid] = base > 0 ? [base, quote / (1 - FEE)] : [base / (1 - FEE), quote];
    gain += received * market * Math.exp(-(hedged + received / 2) * logImpactPerUnit) - paid;
    hedged += received;
  }
  return gain;
}

describe("Arbitrageur", () => {
  before(async () => {
    bench = await openBench();
  });

  describe("#bestPoolPrice", () => {
    it("stays out within the band of the pool's fee", () => {
      for (const price of [2_000, 2_000 * (1 + FEE * 0.999), 2_000 * (1 - FEE * 0.999)]) {
        expect(bestPoolPrice(view({ price, venuePrice: 2_000 }))).to.equal(undefined);
      }
    });

    it("stays out where the gain does not pay for gas and effort", () => {
      // Just outside the band there is something to gain, but next to nothing.
      for (const price of [2_000 * (1 + FEE * 1.001), 2_000 * (1 - FEE * 1.001)]) {
        expect(bestPoolPrice(view({ price, venuePrice: 2_000 }))).to.equal(undefined);
      }
    });

    for (const [direction, price] of [
      ["up", 2_100],
      ["down", 1_900],
    ] as const) {
      it(`goes ${direction} to the market's price less the fee, if its hedge moves nothing`, () => {
        const best = bestPoolPrice(view({ price, venuePrice: 2_000 })) ?? NaN;
        expectClose(best / (price * (direction === "up" ? 1 - FEE : 1 / (1 - FEE))), 1, 1e-9);
      });

      for (const logImpactPerUnit of [1e-6, 1e-5, 1e-3]) {
        it(`goes ${direction} until the last unit costs what its hedge brings, at an impact of ${logImpactPerUnit}`, () => {
          const scene = view({ price, venuePrice: 2_000, logImpactPerUnit });
          const best = bestPoolPrice(scene) ?? NaN;
          expect(best).to.be.within(Math.min(price, 2_000), Math.max(price, 2_000));
          const { venue } = scene;
          const [inPool, outside] =
            direction === "up"
              ? [best / (1 - FEE), price * Math.exp(-venue.baseOutTo(best) * logImpactPerUnit)]
              : [best * (1 - FEE), price * Math.exp(venue.baseInTo(best) * logImpactPerUnit)];
          expectClose(inPool / outside, 1, 1e-9);
          // And no other price gains more.
          const gain = gainOf(2_000, best, price, logImpactPerUnit);
          expect(gain).to.be.greaterThan(0);
          for (const other of [0.9, 0.99, 1.01, 1.1].map((share) => 2_000 * (best / 2_000) ** share)) {
            expect(gainOf(2_000, other, price, logImpactPerUnit)).to.be.lessThan(gain);
          }
        });
      }

      it(`goes ${direction} as soon as the gain is more than gas and the least profit`, () => {
        const scene = { price, venuePrice: 2_000, logImpactPerUnit: 1e-5 };
        const best = bestPoolPrice(view(scene)) ?? NaN;
        const gain = gainOf(2_000, best, price, 1e-5);
        const feeAt = (share: number) => {
          const gas = (gain - LAB.arbitrageMinProfit) * share;
          return BigInt(Math.floor((gas / price / SWAP_GAS) * 1e18)); // ether has the market's price
        };
        expect(bestPoolPrice(view({ ...scene, baseFeeWei: feeAt(0.99999) }))).to.equal(best);
        expect(bestPoolPrice(view({ ...scene, baseFeeWei: feeAt(1.00001) }))).to.equal(undefined);
      });
    }
  });

  describe("#decide", () => {
    const balances = { [`WETH ${ARBITRAGEUR}`]: 5_000, [`USDC ${ARBITRAGEUR}`]: 10e6 };
    const prepared = async (amounts: Scene["balances"] = balances) => {
      const arbitrageur = new Arbitrageur(UNISWAP);
      await arbitrageur.prepare(view({ balances: amounts }));
      return arbitrageur;
    };
    const decideSwap = async (scene: Partial<Scene>, amounts: Scene["balances"] = balances) => {
      const intents = await (await prepared(amounts)).decide(view(scene));
      return intents.map((intent) => ({ intent, ...bench.decode(intent) }));
    };

    it("sends nothing while there is nothing to gain, or nothing to pay with", async () => {
      expect(await decideSwap({ price: 2_000 })).to.deep.equal([]);
      const poor = { [`WETH ${ARBITRAGEUR}`]: 5_000 };
      expect(await decideSwap({ price: 2_100, venuePrice: 2_000 }, poor)).to.deep.equal([]);
      const short = { [`USDC ${ARBITRAGEUR}`]: 10e6 };
      expect(await decideSwap({ price: 1_900, venuePrice: 2_000 }, short)).to.deep.equal([]);
    });

    it("does not trade with what it sends to the exchange in the same block", async () => {
      const arbitrageur = await prepared();
      const swap = { baseIn: ether(-6_000), quoteIn: dollars(9e6) };
      const [first] = await arbitrageur.decide(view({ price: 2_100, venuePrice: 2_000 }));
      arbitrageur.settle([outcomeOf(first, { swap })], view({ price: 2_100 }));
      // 11,000 WETH where it began with 5,000, and a price at which it would sell all of them.
      const intents = await arbitrageur.decide(view({ price: 200, venuePrice: 2_000, liquidity: 1e9 }));
      const calls = intents.map((intent) => bench.decode(intent));
      expect(calls.map(({ name }) => name)).to.include.members(["burn", "exactInputSingle"]);
      const sale = calls.find(({ name }) => name === "exactInputSingle")?.args[0] as unknown[];
      expect(sale[5]).to.equal(ether(5_000));
    });

    for (const [verb, price, tokenIn, tokenOut] of [
      ["buys", 2_100, USDC, WETH],
      ["sells", 1_900, WETH, USDC],
    ] as const) {
      it(`${verb} in the pool up to the best price, and a little more is allowed than that takes`, async () => {
        const scene = view({ price, venuePrice: 2_000 });
        const best = bestPoolPrice(scene) ?? NaN;
        const [{ intent, name, args }, ...others] = await decideSwap({ price, venuePrice: 2_000 });
        expect(others).to.deep.equal([]);
        expect(name).to.equal("exactInputSingle");
        const [from, to, fee, recipient, , amountIn, least, limit] = args[0] as unknown[];
        expect([from, to, fee, recipient].map((item) => String(item).toLowerCase())).to.deep.equal([
          ...[tokenIn.address, tokenOut.address, "500", ARBITRAGEUR],
        ]);
        expect(limit).to.equal(scene.venue.sqrtPriceX96At(best));
        expect(least).to.equal(0n);
        const takes = verb === "buys" ? scene.venue.quoteInTo(best) : scene.venue.baseInTo(best);
        expectClose(Number(amountIn) / 10 ** tokenIn.decimals / takes, 1.01, 1e-6);
        expect(intent).to.include({ from: ARBITRAGEUR, label: "arbitrage" });
      });

      it(`${verb} for no more than it has`, async () => {
        const amounts = { [`WETH ${ARBITRAGEUR}`]: 3, [`USDC ${ARBITRAGEUR}`]: 7 };
        const [{ args }] = await decideSwap({ price, venuePrice: 2_000 }, amounts);
        expect((args[0] as unknown[])[5]).to.equal(verb === "buys" ? dollars(7) : ether(3));
      });
    }

    /** An arbitrageur who started with 100 WETH and 200,000 USDC and has swapped. */
    const after = async (baseIn: number, quoteIn: number) => {
      const amounts = { [`WETH ${ARBITRAGEUR}`]: 100, [`USDC ${ARBITRAGEUR}`]: 200_000 };
      const arbitrageur = await prepared(amounts);
      const intent = { from: ARBITRAGEUR, to: UNISWAP.swapRouter, data: "0x", gas: 1, priorityFeeWei: 0n };
      const swap = { baseIn: ether(baseIn), quoteIn: dollars(quoteIn) };
      const outcome = outcomeOf({ ...intent, label: "arbitrage", touches: [] }, { swap });
      return { arbitrageur, orders: arbitrageur.settle([outcome], view({})) };
    };

    it("makes the opposite trade outside", async () => {
      expect((await after(60, -120_000)).orders).to.deep.equal([{ owner: ARBITRAGEUR, side: "buy", quantity: 60 }]);
      expect((await after(-2.5, 5_000)).orders).to.deep.equal([{ owner: ARBITRAGEUR, side: "sell", quantity: 2.5 }]);
      expect((await after(0, 0)).orders).to.deep.equal([]);
    });

    it("trades nothing outside for a swap that failed", async () => {
      const arbitrageur = await prepared();
      const [intent] = await arbitrageur.decide(view({ price: 2_100, venuePrice: 2_000 }));
      expect(arbitrageur.settle([outcomeOf(intent, { ok: false })], view({}))).to.deep.equal([]);
    });

    const transfers = async (arbitrageur: Arbitrageur, collateral: number, loan: number) => {
      const intents = await arbitrageur.decide(view({ holdings: { collateral, loan } }));
      return intents.map((intent) => ({ to: intent.to, ...bench.decode(intent), intent }));
    };

    it("fetches from the exchange what is missing on one side, when less than half is left", async () => {
      const { arbitrageur } = await after(60, -120_000);
      const [{ to, name, args, intent }, ...others] = await transfers(arbitrageur, 0, 1e6);
      expect(others).to.deep.equal([]);
      expect([to, name, String(args[0]).toLowerCase(), args[1]]).to.deep.equal([
        ...[WETH.address, "mint", ARBITRAGEUR, ether(60)],
      ]);
      // Once it has arrived, nothing is missing.
      expect(arbitrageur.settle([outcomeOf(intent)], view({}))).to.deep.equal([]);
      expect(await transfers(arbitrageur, 0, 1e6)).to.deep.equal([]);
    });

    it("asks again when the transfer failed", async () => {
      const { arbitrageur } = await after(60, -120_000);
      const [{ intent }] = await transfers(arbitrageur, 0, 1e6);
      arbitrageur.settle([outcomeOf(intent, { ok: false })], view({}));
      expect(await transfers(arbitrageur, 0, 1e6)).to.have.lengthOf(1);
    });

    it("fetches no more than half of what its account is worth, and no trifles", async () => {
      const { arbitrageur } = await after(60, -120_000);
      const [{ args }] = await transfers(arbitrageur, -10, 120_000); // worth 100,000: 25 WETH are half of it
      expect(args[1]).to.equal(ether(25));
      expect(await transfers(arbitrageur, 0, 16_000)).to.deep.equal([]); // 4 WETH
      expect(await transfers(arbitrageur, -100, 150_000)).to.deep.equal([]); // worth less than nothing
    });

    it("waits while half is left", async () => {
      const { arbitrageur } = await after(50, -100_000);
      expect(await transfers(arbitrageur, 0, 1e6)).to.deep.equal([]);
    });

    it("brings to the exchange what is more than twice as much as at the start", async () => {
      const { arbitrageur } = await after(-101, -1);
      const [{ to, name, args, intent }] = await transfers(arbitrageur, 0, 0);
      expect([to, name, args[1]]).to.deep.equal([WETH.address, "burn", ether(101)]);
      arbitrageur.settle([outcomeOf(intent)], view({}));
      expect(await transfers(arbitrageur, 0, 0)).to.deep.equal([]);
    });
  });
});
