/** A sentence of a goal, and whether it is so; null: not all that it speaks of took part. */
export interface Goal {
  readonly id: string;
  readonly text: string;
  readonly holds: boolean | null;
  /** What was found, and what it may be at most. */
  readonly value: number | null;
  readonly limit: number | null;
  readonly detail: string;
}

/** It holds where the value is at most the limit. */
export function verdict(id: string, text: string, value: number, limit: number, detail: string): Goal {
  return { id, text, holds: value <= limit, value, limit, detail };
}

export function openGoal(id: string, text: string): Goal {
  return { id, text, holds: null, value: null, limit: null, detail: "not all of them took part" };
}
