import { fullRange, MAX_SQRT_PRICE_X96, MIN_SQRT_PRICE_X96 } from "../market/uniswap-math.ts";
import { initialize, mint } from "../reference/uniswap-positions.ts";
import { newUniswap } from "../reference/uniswap-state.ts";
import { swap } from "../reference/uniswap-swap.ts";
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
      const received = -(venue.follow(receipt.logs)?.quoteIn ?? 0n);
      const what = `${100 * share} % of the reserve sold`;
      checks.push(
        judge(GROUP, `${what}: received ÷ y·x′/(x + x′)`, 1, toFloat(received, loan.decimals) / formula, 1e-9),
        judge(GROUP, `${what}: units apart from whole numbers`, 0, Number(received - units)),
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

/** The same in whole numbers, by the model that is held to the real pool: all liquidity is one position over all prices. */
async function exactOut({ world }: Bench, amount: bigint): Promise<bigint> {
  const { pool, sqrtPriceX96, activeLiquidity } = await world.readVenue();
  const model = newUniswap(BigInt(pool.fee), pool.tickSpacing);
  initialize(model, sqrtPriceX96);
  const { tickLower: lower, tickUpper: upper } = fullRange(pool.tickSpacing);
  mint(model, { lower, upper }, activeLiquidity);
  const down = pool.baseIsToken0;
  const limitX96 = down ? MIN_SQRT_PRICE_X96 + 1n : MAX_SQRT_PRICE_X96 - 1n;
  const { amounts } = swap(model, { down, amount, limitX96 });
  return -amounts[down ? 1 : 0];
}
