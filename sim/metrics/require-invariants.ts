import type { RunResult } from "./run-result.ts";

/** @throws Error if the run broke an invariant: its numbers are worth nothing then. */
export function requireInvariants({ invariants }: Pick<RunResult, "invariants">): void {
  const broken = invariants.filter(({ holds }) => !holds);
  if (broken.length > 0) {
    throw new Error(`invariants broken: ${broken.map(({ id, detail }) => `${id} (${detail})`).join(", ")}`);
  }
}
