import type { Goal } from "../jobs/goal.ts";
import { formatNumber } from "./format.ts";
import type { Style } from "./style.ts";

/** A goal for people: whether it is met, and what was found. @param limitIs What the limit is called. */
export function goalLines({ text, holds, value, limit, detail }: Goal, style: Style, limitIs = "at most"): string[] {
  const mark = holds === null ? style.dim("  ?  ") : holds ? style.good("  met") : style.bad("  NOT");
  const percent = (share: number | null) => `${formatNumber(100 * (share ?? 0), 2)} %`;
  const found = holds === null ? detail : `${percent(value)}, ${limitIs} ${percent(limit)}; ${detail}`;
  return [`${mark}  ${text}`, style.dim(`       ${found}`)];
}
