import { exposureOf, addressOf } from "../population.ts";
import { toFloat, toUnits } from "../units.ts";
import { poolDepthShareOf, withBench, type Bench, type Lab, type Sent } from "./bench.ts";
import { judge, type Check } from "./check.ts";

const GROUP = "loop";
const EQUITY = 100; // [collateral units]
const PRICE = 2_000;
/** Reserve of the Uniswap pool: what the loops buy moves it by a ten-millionth. [loan asset] */
const DEEP = 1e13;

/** Exposures of loops by the real router and a real Uniswap pool, against (1 − lⁿ⁺¹)/(1 − l). */
export async function loopChecks(lab: Lab): Promise<Check[]> {
  const profile = { borrowFactorBps: 8_000, poolDepthShare: poolDepthShareOf(DEEP, PRICE, PRICE) };
  return withBench(lab, { curve: "fixed", startPrice: PRICE, profile }, async (bench) => {
    const fee = (await bench.world.readVenue()).feeShare;
    const checks: Check[] = [];
    for (const ltv of [0.5, 0.7, 0.79]) {
      const looper = addressOf(`validation looper ${ltv}`);
      await bench.block(welcome(bench, looper));
      const most = 6;
      for (let rounds = 1; rounds <= most; ++rounds) {
        const brought = rounds === 1 ? EQUITY : 0;
        const amount = toUnits(brought, bench.protocol.collateral.decimals);
        await bench.block([[looper, bench.protocol.loopRound(amount, ltv, PRICE * 1.01)]]);
        if (![1, 3, most].includes(rounds)) continue;
        const { collateral } = await bench.positionOf(looper);
        const exposure = toFloat(collateral, bench.protocol.collateral.decimals) / EQUITY;
        // It lends on the lower of feed and average, and the average is rounded down to a tick.
        const { borrowPrice } = await bench.state();
        const lent = (ltv * borrowPrice) / (await bench.marketPrice());
        const what = `exposure ÷ equity of ${rounds} round${rounds === 1 ? "" : "s"} at LTV ${ltv}`;
        // Each round loses the swap's fee on what it borrows: the ideal is missed by that, and by nothing else.
        checks.push(judge(GROUP, what, exposureOf(ltv, rounds), exposure, 2 * fee * exposureOf(ltv, rounds)));
        checks.push(
          judge(
            GROUP,
            `${what}, less fees, at the price it lends on`,
            exposureWithFee(lent, rounds, fee),
            exposure,
            1e-6,
          ),
        );
      }
    }
    return checks;
  });
}

/**
 * The same where a share of each swap is lost: a round brings the debt to `ltv` of what is held then, so that
 * xₖ₊₁ = xₖ + (l·xₖ − dₖ)(1 − fee), dₖ₊₁ = l·xₖ.
 */
export function exposureWithFee(ltv: number, rounds: number, fee: number): number {
  let [held, debt] = [1, 0];
  for (let round = 0; round < rounds; ++round) {
    const loan = ltv * held - debt;
    debt += loan;
    held += loan * (1 - fee);
  }
  return held;
}

function welcome(bench: Bench, account: string): Sent[] {
  const { protocol } = bench;
  const equity = bench.mint(protocol.collateral, account, toUnits(EQUITY, protocol.collateral.decimals));
  return [equity, ...protocol.permissions()].map((call): Sent => [account, call]);
}
