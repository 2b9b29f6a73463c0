import { Refused } from "../../sim/reference/auction-state.ts";
import { Divergence, expectSame } from "./auction-compare.ts";
import type { Answered } from "./risk-chain.ts";

/** How often what was seen. */
export class Seen {
  readonly counts = new Map<string, number>();

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** @throws Of what was never seen: a test that has not come there says nothing of it. */
  requireAll(expected: readonly string[]): void {
    const missing = expected.filter((what) => !this.counts.has(what));
    if (missing.length > 0) throw new Error(`never seen: ${missing.join("; ")}`);
  }

  report(): void {
    console.log(Object.fromEntries([...this.counts].sort()));
  }
}

/**
 * A call and what the reference makes of it: both do it, or both refuse it for the same reason with the same numbers.
 * @returns What the reference answers; undefined where both refuse.
 */
export function expectAlike<T>(what: string, answer: Answered, reference: () => T, seen: Seen): T | undefined {
  let result: T;
  try {
    result = reference();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (answer.ok) throw new Divergence(`${what}: contract does it, reference ${error.message}`);
    expectSame(what, answer.error, error.message);
    seen.count(error.reason);
    return undefined;
  }
  if (!answer.ok) throw new Divergence(`${what}: contract ${answer.error}, reference does it`);
  seen.count(what);
  return result;
}

/** Every field of the reference, in the answer under the same name. */
export function expectFields(
  what: string,
  actual: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
): void {
  for (const [name, value] of Object.entries(expected)) expectSame(`${what}: ${name}`, actual[name], value);
}

/** For messages. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? String(each) : each));
}

/**
 * Runs sequences, one a seed, until one parts.
 * @returns Its seed, and what was different.
 */
export async function firstDivergence(
  first: number,
  count: number,
  run: (seed: number) => Promise<void>,
): Promise<string | undefined> {
  for (let seed = first; seed < first + count; ++seed) {
    try {
      await run(seed);
    } catch (error) {
      if (!(error instanceof Divergence)) throw error;
      return `seed ${seed}, ${error.message}`;
    }
  }
  return undefined;
}

const SCALE = Number(process.env.RISK_SCALE ?? 1);

/** How many sequences: `usual`, or as many times as many as the environment says. */
export function sequences(usual: number): number {
  return Math.max(1, Math.round(usual * SCALE));
}

/** The first seed. */
export const FIRST = Number(process.env.RISK_FIRST ?? 0);

/** Fails where something was never seen, unless fewer sequences were run than usual. Tells all that was, of a run that was asked for. */
export function judge(seen: Seen, expected: readonly string[]): void {
  if (process.env.RISK_SCALE !== undefined) seen.report();
  if (SCALE >= 1) seen.requireAll(expected);
}
