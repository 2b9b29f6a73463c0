import type { Context } from "mocha";

/**
 * Skips, and says why, what needs a program that is not npm's. Where `BREAKWATER_NO_SKIPS` is set, as in continuous integration, that is a
 * failure: there it is installed, and what is always skipped tests nothing.
 */
export function skipWithout(context: Context, reason: string): never {
  if (process.env.BREAKWATER_NO_SKIPS !== undefined) throw new Error(`BREAKWATER_NO_SKIPS is set, and ${reason}`);
  console.warn(`      ${reason}`);
  return context.skip();
}
