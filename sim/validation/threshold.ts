import { addressOf } from "../population.ts";
import { toUnits } from "../units.ts";
import { bisect, judge, type Check } from "./check.ts";
import { poolDepthShareOf, TRADER, withBench, type Bench, type BenchOptions, type Lab } from "./bench.ts";
import { quoteFactor, sellOut } from "./sales.ts";

const GROUP = "threshold";
const DEBTOR = addressOf("validation debtor");
const HELD = 10_000; // [collateral units]
const START = 2_000;
/** Where the account is judged: what was lent at the start price is too much by then. */
const PRICE = 1_600;
export const BONUS = 0.05;
export const LEAST_BONUS = 0.02;
/** A thousandth of what the account holds. [collateral units] */
const STEP = 10;
/** c ÷ y of a market that no sale moves. */
const BOTTOMLESS = 1e-9;
const MAX = (1n << 256n) - 1n;

/**
 * Loan-to-value above which a small liquidation lowers the health factor (McFarlane 2025): `1 ÷ ((1+b)(1 + 2c/y))`.
 * @param bonus b: what a taker gets above what it pays.
 * @param share c ÷ y: the account's collateral value ÷ the market's reserve of the loan asset.
 */
export function harmThreshold(bonus: number, share: number): number {
  return 1 / ((1 + bonus) * (1 + 2 * share));
}

/** Largest bonus that heals an account. */
export function healingBonus(ltv: number, share: number): number {
  return 1 / (ltv * (1 + 2 * share)) - 1;
}

/** A bench with one account that owes nothing yet, before a market in which it is `share` of the reserve. */
function stage(share: number, parts: Pick<BenchOptions, "curve" | "features">): BenchOptions {
  const poolDepthShare = poolDepthShareOf((HELD * PRICE) / share, PRICE, START);
  // Thresholds near one need a pool that lends all it can: the price falls by a fifth before anything is judged.
  const profile = { borrowFactorBps: 7_900, liquidationFactorBps: 8_000, poolDepthShare };
  return { startPrice: START, profile, ...parts };
}

/** The account owes so much of what its collateral is worth at `PRICE`. */
async function borrow(bench: Bench, ltv: number): Promise<void> {
  await bench.block([
    [DEBTOR, bench.protocol.borrow(toUnits(ltv * HELD * PRICE, bench.protocol.loan.decimals), DEBTOR)],
  ]);
}

/** One small liquidation: the trader takes, sells what it took at the market, and the feed follows. */
async function liquidateSome(bench: Bench): Promise<void> {
  const { protocol, world } = bench;
  const amount = toUnits(STEP, protocol.collateral.decimals);
  const { pool } = await world.readVenue();
  await bench.block([[TRADER, protocol.take(DEBTOR, amount, MAX, TRADER)], bench.sell(amount, pool)]);
  await bench.block([[TRADER, protocol.publishPrice(await bench.marketPrice())]]);
}

/** Whether a small liquidation leaves an account of that loan-to-value healthier. */
async function heals(bench: Bench, ltv: number): Promise<boolean> {
  await bench.reset();
  await borrow(bench, ltv);
  await bench.settleAt(PRICE);
  const before = await bench.healthOf(DEBTOR);
  await liquidateSome(bench);
  return (await bench.healthOf(DEBTOR)) >= before;
}

/** Where sales at a fixed bonus begin to harm, found by bisection. */
export async function measureThreshold(lab: Lab, share: number): Promise<number> {
  const expected = harmThreshold(BONUS, share);
  return withBench(lab, stage(share, { curve: "fixed" }), async (bench) => {
    await bench.block(bench.open(DEBTOR, HELD, 0));
    await bench.mark();
    return bisect((ltv) => heals(bench, ltv), expected - 0.02, expected + 0.02, 5e-5);
  });
}

/**
 * An account of that loan-to-value before a pool that sells by the paced curve and knows the depth of its market. It has
 * borrowed before the risk engine came, which would not have lent so much.
 */
async function paced<T>(
  lab: Lab,
  at: { readonly ltv: number; readonly share: number },
  act: (bench: Bench) => Promise<T>,
): Promise<T> {
  const first = async (bench: Bench) => {
    await bench.block(bench.open(DEBTOR, HELD, 0));
    await borrow(bench, at.ltv);
  };
  const options = { ...stage(at.share, { curve: "paced", features: "measured" }), priceRange: 1e3, first };
  return withBench(lab, options, async (bench) => {
    await bench.settleAt(PRICE);
    return act(bench);
  });
}

/** What the paced curve's guard leaves of the bonus, and what that does, around both ends of its range. */
async function guardChecks(lab: Lab): Promise<Check[]> {
  const share = 0.05;
  const end = harmThreshold(LEAST_BONUS, share);
  const checks: Check[] = [];
  for (const { ltv, bonus, what } of [
    { ltv: 0.85, bonus: BONUS, what: "all of the bonus while all of it heals" },
    { ltv: 0.875, bonus: healingBonus(0.875, share), what: "the bonus capped at what heals" },
    { ltv: end - 5e-4, bonus: healingBonus(end - 5e-4, share), what: "capped, just before the least bonus" },
    { ltv: end + 5e-4, bonus: BONUS, what: "beyond it the insolvency path: no cap" },
  ]) {
    const factor = await paced(lab, { ltv, share }, (bench) => quoteFactor(bench, DEBTOR, STEP / 5));
    checks.push(judge(GROUP, `paced, c/y 0.05, LTV ${ltv.toFixed(4)}: ${what}`, bonus, 1 / factor - 1, 1e-3));
  }
  const ltv = harmThreshold(BONUS, share) + 0.002;
  const isHealed = await paced(lab, { ltv, share }, async (bench) => {
    await quoteFactor(bench, DEBTOR, STEP); // kicks, and lets the price come to rest
    const before = await bench.healthOf(DEBTOR);
    await liquidateSome(bench);
    return (await bench.healthOf(DEBTOR)) >= before;
  });
  const what = `paced, c/y 0.05, LTV ${ltv.toFixed(4)}, where the fixed bonus harms`;
  return [...checks, judge(GROUP, what, "heals", isHealed ? "heals" : "harms")];
}

/** One account worth 0.3 of the market's reserve, sold by flash liquidations until nothing is left. */
async function whaleChecks(lab: Lab): Promise<Check[]> {
  return paced(lab, { ltv: 0.82, share: 0.3 }, async (bench) => {
    const factor = await quoteFactor(bench, DEBTOR, STEP / 5);
    const { sold, debtLeft } = await sellOut(bench, DEBTOR, HELD / 40);
    const what = "whale, c/y 0.3, LTV 0.82";
    return [
      judge(GROUP, `${what}: on the insolvency path, bonus`, BONUS, 1 / factor - 1, 1e-3),
      judge(GROUP, `${what}: sold [WETH]`, HELD, sold, 1e-12),
      judge(GROUP, `${what}: debt left`, 0, debtLeft),
    ];
  });
}

/** McFarlane's thresholds, and what our guard does about them. */
export async function thresholdChecks(lab: Lab): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [what, share] of [
    ["infinitely deep", BOTTOMLESS],
    ["c/y 0.05", 0.05],
  ] as const) {
    const measured = await measureThreshold(lab, share);
    checks.push(
      judge(GROUP, `5 % bonus, ${what}: LTV above which it harms`, harmThreshold(BONUS, share), measured, 2e-4),
    );
  }
  return [...checks, ...(await guardChecks(lab)), ...(await whaleChecks(lab))];
}
