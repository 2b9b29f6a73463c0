/** One statement about the lab or the contracts, held against what was measured. */
export interface Check {
  /** What it belongs to: `loop`, `cascade`, … */
  readonly group: string;
  /** What is measured, in words. */
  readonly what: string;
  readonly expected: number | string;
  /** Undefined: it was not measured, and `skipped` says why. */
  readonly measured: number | string | undefined;
  /** Largest distance, as a share of what is expected; of an expected zero the distance itself. 0: equal. */
  readonly tolerance: number;
  readonly ok: boolean;
  readonly skipped?: string;
}

/** Judges a measurement. Whatever is not a number must be equal, and what is no finite number is wrong. */
export function judge(
  group: string,
  what: string,
  expected: number | string,
  measured: number | string,
  tolerance = 0,
): Check {
  return { group, what, expected, measured, tolerance, ok: agrees(expected, measured, tolerance) };
}

/** A check that cannot be made here. Nothing is wrong, and nothing was shown. */
export function skip(group: string, what: string, expected: number | string, reason: string): Check {
  return { group, what, expected, measured: undefined, tolerance: 0, ok: true, skipped: reason };
}

function agrees(expected: number | string, measured: number | string, tolerance: number): boolean {
  if (typeof expected === "string" || typeof measured === "string") return expected === measured;
  if (!Number.isFinite(measured)) return false;
  const distance = Math.abs(measured - expected);
  return distance <= tolerance * (expected === 0 ? 1 : Math.abs(expected));
}

/**
 * Where a yes turns into a no, by halving.
 * @param low Where `holds` is true, and `high` where it is not: both are asked.
 * @throws Error if they are not so.
 */
export async function bisect(
  holds: (x: number) => Promise<boolean>,
  low: number,
  high: number,
  precision: number,
): Promise<number> {
  if (!(await holds(low))) throw new Error(`nothing to find: it does not hold at ${low}`);
  if (await holds(high)) throw new Error(`nothing to find: it holds at ${high}`);
  while (high - low > precision) {
    const middle = (low + high) / 2;
    if (await holds(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
