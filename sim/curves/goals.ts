import { BASELINE } from "./compare.ts";
import type {
  CellResult,
  ContestantInCell,
  ContestantSummary,
  CurvesOptions,
  GroupSummary,
  LostCell,
} from "./curves-result.ts";
import { openGoal, verdict, type Goal } from "../jobs/goal.ts";
import { nameOfCell, NEVER } from "./job.ts";
import { BAD_DEBT, DISCOUNT } from "./measures.ts";

/** The subject's mean regret is at most this share of every other curve's. */
const REGRET_SHARE = 0.25;
/** Nowhere more bad debt than the better of fixed bonus and never, by more than this share of the debt. */
const WORSE_BY = 0.02;
/** The excess over the twin is at most this share of the fixed bonus's. */
const EXCESS_SHARE = 0.5;
/** A cell counts as lost from this difference on. */
const LOST_BY = 0.005;

type Overall = readonly ContestantSummary[];

/** Holds the subject against each sentence of the goal: by means, over all cells alike. */
export function judge(
  { subject }: CurvesOptions,
  groups: readonly GroupSummary[],
  cells: readonly CellResult[],
): Goal[] {
  const overall = groups.find(({ group }) => group === "all")?.contestants ?? [];
  return [
    regretGoal(subject, overall),
    nowhereGoal(subject, cells),
    excessGoal(subject, overall, "badDebt", "bad debt"),
    excessGoal(subject, overall, "fall", "fall of the price"),
    discountGoal(subject, overall),
  ];
}

function regretGoal(subject: string, overall: Overall): Goal {
  const text = `mean regret of ${subject}: at most a quarter of every other curve's`;
  const own = find(overall, subject);
  const others = overall.filter(({ contestant }) => contestant !== subject && contestant !== NEVER);
  if (own === undefined || others.length === 0) return openGoal("regret", text);
  const least = others.reduce((best, each) => (each.regret.mean < best.regret.mean ? each : best));
  const limit = REGRET_SHARE * least.regret.mean;
  return verdict("regret", text, own.regret.mean, limit, `least of the others: ${least.contestant}`);
}

function nowhereGoal(subject: string, cells: readonly CellResult[]): Goal {
  const text = `bad debt of ${subject}: nowhere 2 % of debt above the better of ${BASELINE} and ${NEVER}`;
  const gaps = cells.flatMap((cell) => {
    const [own, fixed, never] = [subject, BASELINE, NEVER].map((name) => find(cell.contestants, name));
    if (own === undefined || fixed === undefined || never === undefined) return [];
    return [{ cell: nameOfCell(cell), gap: badDebtOf(own) - Math.min(badDebtOf(fixed), badDebtOf(never)) }];
  });
  if (gaps.length === 0) return openGoal("nowhere", text);
  const worst = gaps.reduce((most, each) => (each.gap > most.gap ? each : most));
  const broken = gaps.filter(({ gap }) => gap > WORSE_BY).length;
  return verdict("nowhere", text, worst.gap, WORSE_BY, `${broken} of ${gaps.length} cells above; worst: ${worst.cell}`);
}

function excessGoal(subject: string, overall: Overall, which: "badDebt" | "fall", what: string): Goal {
  const id = `excess-${which}`;
  const text = `${what} of ${subject} beyond its twin's: at most half of ${BASELINE}'s beyond its own`;
  const [own, fixed] = [find(overall, subject)?.excess, find(overall, BASELINE)?.excess];
  if (subject === BASELINE || own === undefined || fixed === undefined) return openGoal(id, text);
  return verdict(id, text, own[which].mean, EXCESS_SHARE * fixed[which].mean, "means over all cells");
}

function discountGoal(subject: string, overall: Overall): Goal {
  const text = `discount that borrowers pay with ${subject}: less than with ${BASELINE}, on the mean`;
  const [own, fixed] = [find(overall, subject), find(overall, BASELINE)];
  if (subject === BASELINE || own === undefined || fixed === undefined) return openGoal("discount", text);
  const [value, limit] = [own.measures[DISCOUNT].mean, fixed.measures[DISCOUNT].mean];
  return { ...verdict("discount", text, value, limit, "means over all cells"), holds: value < limit };
}

/** Where the subject has more bad debt than the best of the others, worst first. */
export function lostCells({ subject }: CurvesOptions, cells: readonly CellResult[]): LostCell[] {
  const lost = cells.flatMap((cell): LostCell[] => {
    const own = find(cell.contestants, subject);
    const others = cell.contestants.filter(({ contestant }) => contestant !== subject);
    if (own === undefined || others.length === 0) return [];
    const best = others.reduce((least, each) => (badDebtOf(each) < badDebtOf(least) ? each : least));
    if (badDebtOf(own) - badDebtOf(best) <= LOST_BY) return [];
    return [{ cell: nameOfCell(cell), to: best.contestant, badDebt: badDebtOf(own), best: badDebtOf(best) }];
  });
  return lost.sort((a, b) => b.badDebt - b.best - (a.badDebt - a.best));
}

function badDebtOf({ measures }: ContestantInCell): number {
  return measures[BAD_DEBT].mean;
}

function find<T extends { readonly contestant: string }>(all: readonly T[], name: string): T | undefined {
  return all.find(({ contestant }) => contestant === name);
}
