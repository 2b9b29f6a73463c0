import type { MeasuredId } from "./rows.ts";

/** Why a row cannot be had for what the cheapest rival takes. */
export interface Reason {
  /** What is traced, and shown in a table. */
  readonly traced: { readonly ours: readonly MeasuredId[]; readonly rival: MeasuredId };
  readonly text: string;
}

/** By the row's name. A row that is dearer than a rival's and not here stops the bench. */
export const REASONS: Readonly<Record<string, Reason>> = {};

export function reasonOf(id: string): Reason {
  const reason = REASONS[id];
  if (reason === undefined)
    throw new Error(`${id} is dearer than a rival's, and nobody says why: bench/gas/reasons.ts`);
  return reason;
}
