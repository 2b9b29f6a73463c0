import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { poolAmounts } from "../../../sim/market/uniswap-calls.ts";
import { connectPool, deployUniswapV3 } from "../../../sim/market/uniswap-deploy.ts";
import { unitPrice } from "../../../sim/market/uniswap-math.ts";
import {
  addFullRangeLiquidity,
  approve,
  createPool,
  readSlot0,
  swapExactInput,
} from "../../../sim/market/uniswap-pool.ts";
import { Venue } from "../../../sim/market/venue.ts";
import { expectClose } from "../../shared/expect-close.ts";

interface Pair {
  readonly decimals: { readonly base: number; readonly quote: number };
  readonly price: bigint; // whole quote per whole base
  /** Reserves in quote. [whole units] */
  readonly depth: bigint;
}

const PAIRS: Readonly<Record<string, Pair>> = {
  "18 and 6 decimals": { decimals: { base: 18, quote: 6 }, price: 2_000n, depth: 20_000_000n },
  "6 and 18 decimals": { decimals: { base: 6, quote: 18 }, price: 1n, depth: 20_000_000n },
  "8 and 6 decimals": { decimals: { base: 8, quote: 6 }, price: 60_000n, depth: 6_000_000_000n },
};

/** A real pool at 0.05 %, as wide as can be. */
async function openVenue({ ethers }: NetworkConnection, { decimals, price, depth }: Pair, baseIsToken0: boolean) {
  const [trader] = await ethers.getSigners();
  const uniswap = await deployUniswapV3(trader);
  const deploy = (units: number) => ethers.deployContract("MockERC20", ["Token", "TKN", units]);
  const base = await deploy(decimals.base);
  let quote = await deploy(decimals.quote);
  // Addresses fall as they may: deploys until one falls on the side wanted.
  while (BigInt(await base.getAddress()) < BigInt(await quote.getAddress()) !== baseIsToken0) {
    quote = await deploy(decimals.quote);
  }
  for (const token of [base, quote]) {
    await token.mint(trader.address, 10n ** 36n);
    for (const spender of [uniswap.positionManager, uniswap.swapRouter]) {
      await approve(trader, await token.getAddress(), spender);
    }
  }
  const pool = await createPool(trader, uniswap, {
    ...{ base: await base.getAddress(), quote: await quote.getAddress(), fee: 500 },
    price: unitPrice({ numerator: price, denominator: 1n }, decimals.base, decimals.quote),
  });
  const amounts = poolAmounts(
    pool,
    (depth * 10n ** BigInt(decimals.base)) / price,
    depth * 10n ** BigInt(decimals.quote),
  );
  await addFullRangeLiquidity(trader, uniswap, pool, amounts);
  const contract = connectPool(pool.address, trader);
  const readLiquidity = async () => (await contract.liquidity()) as bigint;
  const { sqrtPriceX96 } = await readSlot0(ethers.provider, pool.address);
  const liquidity = await readLiquidity();
  /** The lab's picture of it. Fresh for every test: fixtures take back the chain, not the picture. */
  const createVenue = () => new Venue(pool, decimals, { sqrtPriceX96, liquidity });
  const whole = (amount: bigint, side: "base" | "quote") => Number(amount) / 10 ** decimals[side];

  /** Swaps for real. Answers with what the trader paid (below zero: received) in whole units. */
  const swap = async (side: "base" | "quote", amountIn: bigint, sqrtPriceLimitX96?: bigint) => {
    const before = [await base.balanceOf(trader), await quote.balanceOf(trader)];
    const limit = sqrtPriceLimitX96 === undefined ? {} : { sqrtPriceLimitX96 };
    const receipt = await swapExactInput(trader, uniswap, pool, { tokenIn: pool[side], amountIn, ...limit });
    const paid = {
      base: before[0] - (await base.balanceOf(trader)),
      quote: before[1] - (await quote.balanceOf(trader)),
    };
    return { paid, base: whole(paid.base, "base"), quote: whole(paid.quote, "quote"), logs: receipt.logs };
  };
  return { ethers, pool, createVenue, swap, readLiquidity, priceNow: Number(price) };
}

function expectSame(actual: number, predicted: number): void {
  expectClose(actual / predicted, 1, 1e-9);
}

for (const [name, pair] of Object.entries(PAIRS)) {
  for (const baseIsToken0 of [true, false]) {
    describe(`Venue: ${name}, base is token${baseIsToken0 ? 0 : 1}`, () => {
      let connection: NetworkConnection;
      const openThis = (on: NetworkConnection) => openVenue(on, pair, baseIsToken0);
      const load = async () => {
        const { createVenue, ...rest } = await connection.networkHelpers.loadFixture(openThis);
        return { ...rest, venue: createVenue() };
      };

      before(async () => {
        connection = await network.create();
      });
      after(() => connection.close());

      it("shows price, fee and liquidity in whole units", async () => {
        const { venue, priceNow } = await load();
        expectSame(venue.price, priceNow);
        expect(venue.feeShare).to.equal(0.0005);
        // L = √(x·y) of the reserves.
        const quote = Number(pair.depth);
        expectSame(venue.liquidity, Math.sqrt((quote / priceNow) * quote));
      });

      it("answers with the pool's own number for a price", async () => {
        const { venue, priceNow } = await load();
        expectSame(Number(venue.sqrtPriceX96At(priceNow)), Number(venue.sqrtPriceX96));
      });

      for (const factor of [0.999, 0.97, 0.5]) {
        it(`predicts a sale down to ${factor} of the price`, async () => {
          const { venue, swap, priceNow } = await load();
          const target = priceNow * factor;
          const [baseIn, quoteOut] = [venue.baseInTo(target), venue.quoteOutTo(target)];
          const done = await swap("base", 10n ** 34n, venue.sqrtPriceX96At(target));
          expectSame(done.base, baseIn);
          expectSame(-done.quote, quoteOut);
          venue.follow(done.logs);
          expectSame(venue.price, target);
        });

        it(`predicts a purchase up to 1/${factor} of the price`, async () => {
          const { venue, swap, priceNow } = await load();
          const target = priceNow / factor;
          const [quoteIn, baseOut] = [venue.quoteInTo(target), venue.baseOutTo(target)];
          const done = await swap("quote", 10n ** 34n, venue.sqrtPriceX96At(target));
          expectSame(done.quote, quoteIn);
          expectSame(-done.base, baseOut);
          venue.follow(done.logs);
          expectSame(venue.price, target);
        });
      }

      it("predicts what an amount brings, after other trades too", async () => {
        const { venue, swap } = await load();
        for (const share of [0.001, 0.02, 0.3]) {
          const units = BigInt(Math.floor((Number(pair.depth) / Number(pair.price)) * share));
          const predicted = venue.quoteOutFor(Number(units));
          const done = await swap("base", units * 10n ** BigInt(pair.decimals.base));
          expectSame(-done.quote, predicted);
          venue.follow(done.logs);
        }
      });

      it("follows the pool through its events, to the unit", async () => {
        const { ethers, pool, venue, swap, readLiquidity } = await load();
        const half = 10n ** BigInt(pair.decimals.base) / 2n;
        for (const side of ["base", "quote", "base"] as const) {
          const { paid, logs } = await swap(side, side === "base" ? 7n * half : 10n ** BigInt(pair.decimals.quote + 2));
          expect(venue.follow(logs)).to.deep.equal({ baseIn: paid.base, quoteIn: paid.quote });
          expect(venue.sqrtPriceX96).to.equal((await readSlot0(ethers.provider, pool.address)).sqrtPriceX96);
          expectSame(
            venue.liquidity,
            Number(await readLiquidity()) / 10 ** ((pair.decimals.base + pair.decimals.quote) / 2),
          );
        }
      });

      it("adds up the swaps of one transaction", async () => {
        const { venue, swap } = await load();
        const [first, second] = [await swap("base", 10n ** 12n), await swap("quote", 10n ** 12n)];
        expect(venue.follow([...first.logs, ...second.logs])).to.deep.equal({
          baseIn: first.paid.base + second.paid.base,
          quoteIn: first.paid.quote + second.paid.quote,
        });
      });

      it("does not mind what others log", async () => {
        const { venue, swap, pool } = await load();
        const { logs } = await swap("base", 10n ** 12n);
        const before = venue.sqrtPriceX96;
        expect(venue.follow([])).to.equal(undefined);
        const others = logs.map(({ topics, data, address }) =>
          BigInt(address) === BigInt(pool.address) ? { topics, data, address: pool.base } : { topics, data, address },
        );
        expect(venue.follow(others)).to.equal(undefined);
        expect(venue.sqrtPriceX96).to.equal(before);
      });
    });
  }
}
