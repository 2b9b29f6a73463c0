import type { Account, Auction, Collateral } from "../../sim/reference/auction-state.ts";
import { tell } from "../../sim/reference/auction-state.ts";
import { saleTerms, type CurveParameters } from "../../sim/reference/sale-terms.ts";
import type { Rng } from "../../sim/rng.ts";
import { logarithmic, partOf, priceOf, randomCurve, reserveOf, whole } from "./auction-actions.ts";
import type { AuctionChain, Call } from "./auction-chain.ts";
import { FACTORS, type AuctionWorld } from "./auction-world.ts";

const KINDS = ["fixed", "linear", "stairs", "dutch", "paced"] as const;
/** Long after the pool was deployed: the same in every run. [unix s] */
const START = 2_000_000_000n;
/** Says nothing of the pool as a whole. */
export const KEEP = { restricted: false, exitFloorShares: 2n ** 136n - 1n, exitRefillPerSecond: 0n };

/** What the engine writes: depth and correlation; the rest as listed. */
export function riskUpdate(collateral: number, reserve: bigint, loadingPercent: bigint) {
  const liquidationFactorBps = FACTORS[collateral];
  const common = { liquidationFactorBps, borrowFactorBps: liquidationFactorBps - 500n, calm: true, level: 0n };
  return { ...common, loadingPercent, discountTenBps: 50n, grace: false, reserve };
}

/** For the compiler's `CurveParameters`. */
export function curveTuple(p: CurveParameters) {
  return { ...p, kind: KINDS.indexOf(p.kind) };
}

interface Choice {
  readonly curve: CurveParameters;
  readonly price36: bigint;
  /** Left out: the engine has not spoken. */
  readonly told?: { readonly reserve: bigint; readonly loading: bigint };
}

/** Terms, prices, depths and sizes as the stream has them, written to the pool; and the same for the reference. */
export async function setUp(chain: AuctionChain, world: AuctionWorld, rng: Rng): Promise<Auction> {
  // Just below water, or deeper.
  const [ether, bitcoin] = rng.next() < 0.5 ? [1_350, 46_000] : [1_100, 36_000];
  const choices: Choice[] = [0, 1].map((i) => ({
    curve: randomCurve(rng),
    price36: i === 0 ? priceOf(rng, 0, ether, 1_550) : priceOf(rng, 1, bitcoin, 58_000),
    ...(rng.next() < 0.8 ? { told: { reserve: reserveOf(rng), loading: whole(rng, 30, 100) } } : {}),
  }));
  const minDebt = rng.next() < 0.1 ? 0n : rng.next() < 0.2 ? logarithmic(rng, 1e10, 7e10) : logarithmic(rng, 1e6, 3e9);
  const targetHealthBps = rng.next() < 0.8 ? whole(rng, 10_300, 10_500) : whole(rng, 10_210, 12_000);
  const kickTip = rng.next() < 0.2 ? 0n : logarithmic(rng, 1e5, 1e9);

  const { pool, collaterals, accounts, curves, oracle, engine } = world;
  const admin = (name: string, values: readonly unknown[]): Call => ({
    to: pool,
    data: chain.pool.encodeFunctionData(name, values),
  });
  const calls: Call[] = [
    admin("setMinDebt", [minDebt]),
    admin("setLiquidationTarget", [targetHealthBps]),
    admin("setKickTip", [kickTip]),
  ];
  for (const [i, { curve, price36, told }] of choices.entries()) {
    const token = collaterals[i];
    calls.push({ to: curves[i], data: chain.curve.encodeFunctionData("set", [curveTuple(curve)]) });
    calls.push(admin("setLiquidationCurve", [token, curves[i]]));
    calls.push({ to: oracle, data: chain.oracle.encodeFunctionData("setPrice", [token, price36]) });
    if (told === undefined) continue;
    const values = [token, riskUpdate(i, told.reserve, told.loading), KEEP];
    calls.push({ to: engine, data: chain.engine.encodeFunctionData("write", values) });
  }
  for (const [i, account] of accounts.entries()) {
    if (rng.next() < 0.5) continue;
    calls.push(
      admin("supplyCollateral", [collaterals[i === 0 ? 0 : 1], 1n + partOf(rng, 10n ** 7n, 1), account, "0x"]),
    );
    calls.push(admin("repay", [1n + partOf(rng, 10n ** 10n, 3), 0n, account, "0x"]));
  }
  calls.push(admin("accrue", []));
  const now = START + whole(rng, 0, 100);
  const { succeeded, answers, state } = await chain.run(world, calls, now);
  const failed = succeeded.indexOf(false);
  if (failed >= 0) throw new Error(`set-up call ${failed}: ${chain.explain(answers[failed]).name}`);
  return {
    ...{ now, bookedAt: now, ratePerSecondWad: world.ratePerSecondWad, unit: 10n ** 4n },
    ...{ minDebt, targetHealthBps, kickTip, owed: [0n, 0n], debtAssets: state[0], debtShares: state[1] },
    collaterals: choices.map((choice, i) => collateralOf(choice, FACTORS[i], now)),
    accounts: readAccounts(state),
  };
}

function collateralOf({ curve, price36, told }: Choice, factorBps: bigint, now: bigint): Collateral {
  const c: Collateral = {
    ...{ terms: saleTerms(curve), price36, fresh: true, factorBps },
    ...{ loadingFrom: 100n, loading: 100n, loadingSince: 0n, reserve: 0n, clock: 0n, backlog: 0n },
  };
  if (told !== undefined) tell(c, told.reserve, told.loading, now);
  return c;
}

function readAccounts(words: readonly bigint[]): Account[] {
  const accounts: Account[] = [];
  for (let at = 9; at < words.length; at += 7) {
    const fresh = { kickedAt: 0n, part: 0n, index: 0, keeper: 0n, easedAt: 0n, lag: 0n };
    accounts.push({ ...fresh, shares: words[at], held: [words[at + 5], words[at + 6]] });
  }
  return accounts;
}
