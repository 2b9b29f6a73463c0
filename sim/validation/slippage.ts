import { poolInterface } from "../market/uniswap-artifacts.ts";
import { Q96, tickAtSqrtPriceX96 } from "../market/uniswap-math.ts";
import type { Venue } from "../market/venue.ts";
import { toFloat, toUnits } from "../units.ts";
import { withBench, type Bench, type Lab } from "./bench.ts";
import { judge, type Check } from "./check.ts";

const GROUP = "slippage";
const PRICE = 2_000;
/** Of the reserve that is sold, fee included. */
const SHARES = [0.0001, 0.01, 0.1, 0.5];

/** What sales bring on the real Uniswap pool, against x·y = k: the lab's formula, and whole numbers to the unit. */
export async function slippageChecks(lab: Lab): Promise<Check[]> {
  return withBench(lab, { curve: "fixed", startPrice: PRICE }, async (bench) => {
    await bench.mark();
    const checks: Check[] = [];
    for (const share of SHARES) {
      await bench.reset();
      const venue = await bench.world.readVenue();
      const { collateral, loan } = bench.protocol;
      const reserve = venue.liquidity / Math.sqrt(venue.price); // x = L ÷ √P
      const amount = toUnits(share * reserve, collateral.decimals);
      const formula = constantProductOut(toFloat(amount, collateral.decimals), venue);
      const units = await exactOut(bench, amount);
      const [receipt] = await bench.block([bench.sell(amount, venue.pool)]);
      const start = wordOf(venue);
      const received = -(venue.follow(receipt.logs)?.quoteIn ?? 0n);
      // A swap is a step in each word of the pool's tick bitmap, and each step rounds for itself.
      const steps = Math.abs(wordOf(venue) - start);
      const what = `${100 * share} % of the reserve sold`;
      checks.push(
        judge(GROUP, `${what}: received ÷ y·x′/(x + x′)`, 1, toFloat(received, loan.decimals) / formula, 1e-9),
        judge(GROUP, `${what}: units apart from whole numbers`, 0, Number(received - units), steps),
      );
    }
    return checks;
  });
}

/** y·x′/(x + x′), where x′ is what is sold less the fee. */
function constantProductOut(sold: number, venue: { price: number; liquidity: number; feeShare: number }): number {
  const [base, quote] = [venue.liquidity / Math.sqrt(venue.price), venue.liquidity * Math.sqrt(venue.price)];
  const into = sold * (1 - venue.feeShare);
  return (quote * into) / (base + into);
}

/** The same in whole numbers from the pool's own state, rounded as "Uniswap v3 Core" (2021), §6.2.3, has it. */
async function exactOut({ world }: Bench, amount: bigint): Promise<bigint> {
  const { pool, sqrtPriceX96: from } = await world.readVenue();
  const data = await world.chain.call(pool.address, poolInterface.encodeFunctionData("liquidity"));
  const [liquidity] = poolInterface.decodeFunctionResult("liquidity", data) as unknown as [bigint];
  const into = (amount * BigInt(1_000_000 - pool.fee)) / 1_000_000n;
  if (pool.baseIsToken0) {
    // √P′ = L·√P ÷ (L + Δx·√P), rounded up; the seller gets L·(√P − √P′), rounded down.
    const to = divUp((liquidity << 96n) * from, (liquidity << 96n) + into * from);
    return (liquidity * (from - to)) / Q96;
  }
  // Of token1: √P′ = √P + Δy ÷ L, rounded down; the seller gets L·(1/√P − 1/√P′).
  const to = from + (into << 96n) / liquidity;
  return ((liquidity << 96n) * (to - from)) / to / from;
}

/** Word of the tick bitmap that the pool's price is in. */
function wordOf({ pool, sqrtPriceX96 }: Venue): number {
  return Math.floor(tickAtSqrtPriceX96(sqrtPriceX96) / pool.tickSpacing / 256);
}

function divUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}
