import type { CompareOptions, ContestantSummary, GroupSummary, LostCell } from "./compare-result.ts";
import { openGoal, verdict, type Goal } from "../jobs/goal.ts";
import { cellsOf, SUBJECT, YARDSTICK } from "./summary.ts";

/** Bad debt beyond the twin's is at most this share of Aave's. */
const LOSS_SHARE = 0.1;
/** And so is the fall of the price. */
const FALL_SHARE = 0.5;
/** Lending counts as equal within this. */
const LENT_WITHIN = 0.02;

/** Holds Breakwater against each sentence of the goal: by means, over all cells alike. */
export function judge(options: CompareOptions, groups: readonly GroupSummary[], lost: readonly LostCell[]): Goal[] {
  const overall = groups.find(({ group }) => group === "all")?.contestants ?? [];
  const [own, aave] = [SUBJECT, YARDSTICK].map((name) => overall.find(({ contestant }) => contestant === name));
  return [
    lentGoal(own, aave),
    nowhereGoal(options, lost),
    excessGoal("loss", "bad debt", LOSS_SHARE, own, aave),
    excessGoal("fall", "fall of the price", FALL_SHARE, own, aave),
  ];
}

function lentGoal(own: ContestantSummary | undefined, aave: ContestantSummary | undefined): Goal {
  const text = "lent before the crash: as much as Aave v3, within 2 %";
  if (own === undefined || aave === undefined) return openGoal("lent", text);
  const holds = own.lent >= 1 - LENT_WITHIN;
  return { id: "lent", text, holds, value: own.lent, limit: 1 - LENT_WITHIN, detail: "mean over all cells" };
}

function nowhereGoal({ contestants, ...options }: CompareOptions, lost: readonly LostCell[]): Goal {
  const text = "bad debt: nowhere above the better of Aave v3 and never, by more than chance";
  if (!contestants.includes(SUBJECT) || !contestants.includes(YARDSTICK) || !contestants.includes("never")) {
    return openGoal("nowhere", text);
  }
  const broken = lost.filter(({ to, difference }) => (to === YARDSTICK || to === "never") && difference.low > 0);
  const cells = cellsOf({ contestants, ...options }).length;
  const names = [...new Set(broken.map(({ cell }) => cell))];
  const detail = `${names.length} of ${cells} cells above${names.length === 0 ? "" : `: ${names.join("; ")}`}`;
  const worst = Math.max(0, ...broken.map(({ difference }) => difference.mean));
  return { id: "nowhere", text, holds: broken.length === 0, value: worst, limit: 0, detail };
}

function excessGoal(
  which: "loss" | "fall",
  what: string,
  share: number,
  own: ContestantSummary | undefined,
  aave: ContestantSummary | undefined,
): Goal {
  const id = `excess-${which}`;
  const text = `${what} beyond the twin's: at most ${share === 0.5 ? "half" : "a tenth"} of Aave v3's`;
  if (own === undefined || aave === undefined) return openGoal(id, text);
  const [value, limit] = [own.excess[which].mean, share * aave.excess[which].mean];
  return verdict(id, text, value, limit, "means over all cells");
}
