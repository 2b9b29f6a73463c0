/** What a refresh tells, in one place: layouts of events are all that is known of them here. */
import { LEVELS, type Assessed } from "../../sim/reference/risk-breaker.ts";
import { volatilityOf } from "../../sim/reference/risk-volatility.ts";
import type { EngineRules, RiskAsset, RiskSystem } from "../../sim/reference/risk-engine-state.ts";
import type { Refreshed } from "../../sim/reference/risk-engine.ts";
import type { PoolCollateral } from "../../sim/reference/risk-pool.ts";
import type { Conditions } from "../../sim/reference/risk-findings.ts";
import type { Told } from "./risk-chain.ts";
import { textOf } from "./risk-compare.ts";
import type { RiskWorld } from "./risk-world.ts";

/** Of a transaction, oldest first, without those that say nothing of risk. */
export class Events {
  readonly #queue: { readonly name: string; readonly values: readonly unknown[] }[];

  constructor(told: readonly Told[]) {
    this.#queue = told
      .filter(({ event }) => COMPARED.has(event.name))
      .map(({ event }) => ({ name: event.name, values: event.args.toArray(true) as unknown[] }));
  }

  /** How the price oracle answered next, and what it was allowed to leave for another time. */
  takeConditions(asset: string): { readonly mayWait: bigint; readonly conditions: Conditions } | undefined {
    const at = this.#queue.findIndex(({ name, values }) => name === "Conditioned" && values[0] === asset);
    if (at < 0) return undefined;
    const [, mayWait, answer] = this.#queue.splice(at, 1)[0].values as [string, bigint, readonly unknown[]];
    const [liquidationPrice36, feedPrice36, twap36, ema36, lendable, inGrace, errandDue] = answer as [
      ...[bigint, bigint, bigint, bigint],
      ...[boolean, boolean, boolean],
    ];
    return { mayWait, conditions: { liquidationPrice36, feedPrice36, twap36, ema36, lendable, inGrace, errandDue } };
  }

  /** The next so many, for comparison. */
  take(count: number): string[] {
    return this.#queue.splice(0, count).map(({ name, values }) => textOf([name, ...compared(name, values)]));
  }

  get left(): number {
    return this.#queue.length;
  }
}

const COMPARED = new Set([
  ...["Conditioned", "VolatilitySampled", "DepthPoked", "BreakerAssessed", "BreakerRaised", "RiskUpdated"],
  ...["PoolRiskUpdated", "RiskRefreshed", "KeeperRewarded", "CorrelationSampled", "CorrelationsRefreshed"],
  "RewardClaimed",
]);

/** Of the packed word the ramp of the liquidation factor: what else is in it, views show. */
function compared(name: string, values: readonly unknown[]): readonly unknown[] {
  return name === "RiskUpdated" ? [values[0], rampIn(values[1] as bigint)] : values;
}

/** Of a packed word: from and to, 16 bits each from bit 16 on, beginning and end, 32 bits each. */
export const rampIn = (word: bigint) => BigInt.asUintN(96, word >> 16n);
/** The same of a reference. */
export function rampOf({ fromBps, toBps, start, end }: PoolCollateral): bigint {
  return fromBps | (toBps << 16n) | (start << 32n) | (end << 64n);
}

/** @param subject The collateral. */
export function eventsOfRefresh(
  world: RiskWorld,
  s: RiskSystem,
  asset: RiskAsset,
  subject: string,
  refreshed: Refreshed,
  keeper: string,
  rules: EngineRules,
): string[] {
  const { sampled, judged, pool, turned, reward, anew, sigmaWad, leverageWad, moveWad } = refreshed;
  const events: unknown[][] = [];
  if (sampled?.returnWad !== undefined) {
    const { fastWad, slowWad } = volatilityOf(asset.volatility, s.now, rules.volatility);
    events.push(["VolatilitySampled", subject, sampled.returnWad, sampled.elapsed, fastWad, slowWad]);
  }
  const subjects = [subject, world.pool.address];
  judged.forEach((assessed, i) => events.push(...announced(world, subjects[i], assessed)));
  if (anew) events.push(["KeeperRewarded", keeper]);
  events.push(["RiskUpdated", subject, rampOf(asset.pool)]);
  if (turned && pool !== undefined) events.push(["PoolRiskUpdated", pool.restricted, pool.floorShares, pool.refill]);
  events.push(["RiskRefreshed", subject, sigmaWad, leverageWad, moveWad, reward === "paid" ? s.rewards.perPoke : 0n]);
  return events.map(textOf);
}

function announced({ engine }: RiskWorld, subject: string, { from, current }: Assessed): unknown[][] {
  if (from === undefined) return [];
  const levels = [from, current.level].map((level) => BigInt(LEVELS.indexOf(level)));
  return [["BreakerAssessed", engine.address, subject, ...levels, current.tightnessWad, current.until]];
}
