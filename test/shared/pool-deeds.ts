import type { Call } from "../../sim/reference/pool-calls.ts";
import type { Rng } from "../../sim/rng.ts";
import type { PoolChain } from "./pool-chain.ts";
import type { Word } from "./pool-compare.ts";
import type { ScriptedEngine, ScriptedOracle } from "./pool-scripts.ts";
import { copyOfPool, UNCAPPED, type Pool } from "../../sim/reference/pool-state.ts";
import { MAX_WORD, PoolRefused } from "../../sim/reference/word.ts";
import type { PoolWorld } from "./pool-world.ts";

/** What somebody does, on the chain and in the model. */
export interface Deed {
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly data: string;
  readonly told: string;
  /** Code that a contract has from now on, instead of a call. */
  readonly code?: string;
  /** What has been seen once it is done. */
  readonly shows?: string;
  /** @returns What the call answers; nothing where that is not compared. */
  readonly apply: Call<readonly Word[] | void>;
}

/** What the contract does when a pool calls it back: as it is told, and to the model. */
export interface Script {
  readonly data: string;
  readonly during: Call;
}

/** What deeds are drawn from. The model stands at the time at which the deed will happen. */
export interface Draw {
  readonly rng: Rng;
  readonly p: Pool;
  readonly world: PoolWorld;
  readonly chain: PoolChain;
  readonly oracle: ScriptedOracle;
  readonly engine: ScriptedEngine;
  /** Addresses of rate models whose code is gone. */
  readonly broken: Set<string>;
  /** Who it must be that acts. Undefined: anybody. */
  readonly as?: string;
  readonly script?: Script;
}

export type Drawn = Pick<Deed, "from" | "to" | "data" | "told" | "apply" | "code" | "shows">;

export const pick = <T>(rng: Rng, items: readonly T[]): T => items[rng.integer(items.length)];
export const chance = (rng: Rng, probability: number) => rng.next() < probability;

/** A call to the pool. */
export function toPool(
  d: Draw,
  from: string,
  name: string,
  args: readonly unknown[],
  apply: Deed["apply"],
  to = d.world.pool,
): Drawn {
  const told = JSON.stringify(args, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  return { from, to, data: d.chain.encode(name, args), told: `${name}${told}`, apply };
}

export function governing(d: Draw, name: string, args: readonly unknown[], apply: Deed["apply"]): Drawn {
  return toPool(d, d.world.governor, name, args, apply);
}

/** The model after that, or nothing if that is refused. */
export function attempt(p: Pool, call: Call<unknown>): Pool | undefined {
  const after = copyOfPool(p);
  try {
    call(after);
  } catch (error) {
    if (error instanceof PoolRefused) return undefined;
    throw error;
  }
  return after;
}

/** A user; now and then somebody who has nothing and has allowed nothing. */
export function somebody({ rng, world, as }: Draw): string {
  if (as !== undefined) return as;
  return chance(rng, 0.07) ? world.stranger : pick(rng, world.users);
}

const NOBODY = "0x0000000000000000000000000000000000000000";

/** Where things are sent to. */
export function receiver({ rng, world }: Draw): string {
  const roll = rng.next();
  return roll < 0.04 ? NOBODY : roll < 0.06 ? world.pool : pick(rng, world.users);
}

/** A part of an amount, with digits down to the last unit. */
export function partOf(rng: Rng, amount: bigint, most = 1): bigint {
  return (amount * BigInt(Math.round(rng.between(0, most) * 2 ** 50))) >> 50n;
}

/** Nothing, a unit, a part, all, a unit more or less than all, or more than there is. */
export function amountOf(rng: Rng, whole: bigint): bigint {
  const roll = rng.next();
  if (roll < 0.02) return 0n;
  if (roll < 0.07) return 1n + BigInt(rng.integer(3));
  if (roll < 0.22) return whole;
  if (roll < 0.26) return whole + 1n;
  if (roll < 0.3) return whole === 0n ? 1n : whole - 1n;
  if (roll < 0.315) return pick(rng, [UNCAPPED, UNCAPPED + 1n, 2n ** 128n, MAX_WORD]);
  if (roll < 0.5) return logarithmic(rng, 1n, whole + 1n);
  return partOf(rng, whole);
}

/** Uniform in its logarithm, with all digits. */
export function logarithmic(rng: Rng, from: bigint, to: bigint): bigint {
  const exponent = rng.between(Math.log2(Number(from)), Math.log2(Number(to)));
  const bits = Math.floor(exponent);
  const mantissa = BigInt(Math.floor(2 ** (exponent - bits) * 2 ** 50));
  return bits >= 50 ? mantissa << BigInt(bits - 50) : mantissa >> BigInt(50 - bits);
}

export function whole(rng: Rng, from: number, to: number): bigint {
  return BigInt(from + rng.integer(to - from + 1));
}

/** @param unlisted How often it is none that is listed: the loan asset. */
export function token({ rng, world }: Draw, unlisted = 0.02): { address: string; unit: bigint; index: number } {
  const index = rng.integer(world.collaterals.length);
  return chance(rng, unlisted)
    ? { address: world.asset, unit: world.unit, index: -1 }
    : { ...world.collaterals[index], index };
}
