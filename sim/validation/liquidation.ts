import { addressOf } from "../population.ts";
import { toFloat } from "../units.ts";
import { TRADER, withBench, type Bench, type Lab } from "./bench.ts";
import { judge, type Check } from "./check.ts";

const GROUP = "liquidation";
const PRICE = 2_000;
const HELD = 100; // [collateral units]
const MAX = (1n << 256n) - 1n;
/** `targetHealthBps` of a new pool: what a liquidation restores. */
export const TARGET_HEALTH = 1.04;
export const BONUS = 0.05;

/** Loan-to-value at the start, and then the price falls by so much. */
const CASES = [
  { ltv: 0.75, fall: 0.1 },
  { ltv: 0.79, fall: 0.1 },
  { ltv: 0.7, fall: 0.2 },
  { ltv: 0.78, fall: 0.25 },
  { ltv: 0.6, fall: 0.3 },
  { ltv: 0.75, fall: 0.35 },
] as const;

export interface Sale {
  readonly repaid: number; // [loan asset]
  readonly sold: number; // [collateral units]
  readonly badDebt: number; // [loan asset]
}

/**
 * A liquidation at a fixed bonus, in closed form: `Δ = (HF*·D − LT·V) ÷ (HF* − (1+b)·LT)`, but no more than the debt, and no
 * more than the collateral pays for: then the rest is lost.
 */
export function closedForm(debt: number, held: number, price: number, liquidationFactor: number): Sale {
  const value = held * price;
  const wanted = (TARGET_HEALTH * debt - liquidationFactor * value) / (TARGET_HEALTH - (1 + BONUS) * liquidationFactor);
  const payable = value / (1 + BONUS);
  const repaid = Math.min(wanted, debt, payable);
  const isSoldOut = repaid === payable && payable < debt;
  return { repaid, sold: (repaid * (1 + BONUS)) / price, badDebt: isSoldOut ? debt - payable : 0 };
}

/** Liquidations that move no price, on the real pool, against the closed form. */
export async function liquidationChecks(lab: Lab): Promise<Check[]> {
  return withBench(lab, { curve: "fixed", startPrice: PRICE }, async (bench) => {
    await bench.mark();
    const checks: Check[] = [];
    for (const { ltv, fall } of CASES) {
      await bench.reset();
      const account = addressOf("validation debtor");
      await bench.block(bench.open(account, HELD, ltv * HELD * PRICE));
      await bench.settleAt(PRICE * (1 - fall));
      const { expected, actual, health } = await liquidate(bench, account);
      const what = `LTV ${ltv}, fall of ${Math.round(100 * fall)} %`;
      checks.push(
        judge(GROUP, `${what}: repaid ÷ closed form`, 1, actual.repaid / expected.repaid, 1e-7),
        judge(GROUP, `${what}: sold ÷ closed form`, 1, actual.sold / expected.sold, 1e-7),
        expected.badDebt > 0
          ? judge(GROUP, `${what}: bad debt ÷ closed form`, 1, actual.badDebt / expected.badDebt, 1e-6)
          : judge(GROUP, `${what}: bad debt`, 0, actual.badDebt),
      );
      if (Number.isFinite(health)) checks.push(judge(GROUP, `${what}: health after`, TARGET_HEALTH, health, 1e-6));
    }
    return checks;
  });
}

async function liquidate(bench: Bench, account: string) {
  const { protocol } = bench;
  const { collateral, loan } = protocol;
  const [state, position] = [await bench.state(), await bench.positionOf(account)];
  const debt = toFloat(protocol.debtOf(position, state), loan.decimals);
  const held = toFloat(position.collateral, collateral.decimals);
  const expected = closedForm(debt, held, state.oraclePrice, state.liquidationFactor);
  const [receipt] = await bench.block([[TRADER, protocol.take(account, MAX, MAX, TRADER)]]);
  const { liquidations, losses } = protocol.eventsOf(receipt.logs);
  const actual: Sale = {
    repaid: liquidations.reduce((sum, { repaid }) => sum + toFloat(repaid, loan.decimals), 0),
    sold: liquidations.reduce((sum, { collateral: sold }) => sum + toFloat(sold, collateral.decimals), 0),
    badDebt: losses.reduce((sum, loss) => sum + toFloat(loss.debt, loan.decimals), 0),
  };
  return { expected, actual, health: await bench.healthOf(account) };
}
