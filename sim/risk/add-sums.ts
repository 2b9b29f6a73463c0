import type { Sums } from "./lens-types.ts";

/** Two pages as one: each field of `Sums` adds up. */
export function addSums(a: Sums, b: Sums): Sums {
  return add(a, b) as Sums;
}

function add(a: unknown, b: unknown): unknown {
  if (typeof a === "bigint" && typeof b === "bigint") return a + b;
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) throw new Error("pages of different pools cannot be added");
    return a.map((item, i) => add(item, b[i]));
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) throw new Error("not sums");
  const other = new Map<string, unknown>(Object.entries(b));
  return Object.fromEntries(Object.entries(a).map(([name, value]) => [name, add(value, other.get(name))]));
}
