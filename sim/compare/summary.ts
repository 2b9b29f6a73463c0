import {
  drawResamples,
  estimateDifference,
  estimateMean,
  meanOf,
  type Estimate,
  type Resamples,
} from "../jobs/statistics.ts";
import { createRng } from "../rng.ts";
import type {
  CellSummary,
  CompareOptions,
  CompareRun,
  ContestantSummary,
  GroupSummary,
  LostCell,
} from "./compare-result.ts";
import { nameOfCell, type CompareCell, type ContestantName } from "./job.ts";
import { COMPARE_MEASURES, FALL, LOSS, measureOf } from "./measures.ts";

/** Whom the goals are about. */
export const SUBJECT = "breakwater";
/** Whose lending is the measure of lending. */
export const YARDSTICK = "aave-v3";
/** A cell counts as lost from this difference on. */
const LOST_BY = 1e-4;

export function cellsOf({ scenarios, endings }: CompareOptions): CompareCell[] {
  return scenarios.flatMap((scenario) => endings.map((ending): CompareCell => ({ scenario, ending })));
}

/** Values, one a seed, in the order of the seeds: means over the cells given. */
export type Observe = (
  cells: readonly CompareCell[],
  contestant: ContestantName,
  of: (run: CompareRun) => number,
  hasImpact?: boolean,
) => number[];

export function observerOf(runs: readonly CompareRun[]): Observe {
  const keyOf = ({ scenario, ending }: CompareCell, contestant: string, hasImpact: boolean) =>
    [scenario, ending, contestant, hasImpact].join();
  const byKey = new Map<string, CompareRun[]>();
  for (const run of runs) {
    const key = keyOf(run, run.contestant, run.hasImpact);
    byKey.set(key, [...(byKey.get(key) ?? []), run]);
  }
  return (cells, contestant, of, hasImpact = true) => {
    const columns = cells.map((cell) => (byKey.get(keyOf(cell, contestant, hasImpact)) ?? []).map(of));
    return columns[0].map((_, seed) => meanOf(columns.map((column) => column[seed])));
  };
}

/** A seed draws the same population in every cell: its value is its mean over the cells, and seeds alone are resampled. */
function summarise(
  { contestants }: CompareOptions,
  cells: readonly CompareCell[],
  observe: Observe,
  resamples: Resamples,
): ContestantSummary[] {
  const yardstick = contestants.includes(YARDSTICK) ? YARDSTICK : contestants[0];
  const lentBy = (contestant: ContestantName) =>
    meanOf(observe(cells, contestant, ({ metrics }) => metrics.debtAtStart));
  const measured = (contestant: ContestantName, hasImpact: boolean): Record<string, Estimate> =>
    Object.fromEntries(
      COMPARE_MEASURES.map(({ id, of }) => [id, estimateMean(observe(cells, contestant, of, hasImpact), resamples)]),
    );
  return contestants.map((contestant) => {
    const beyond = (id: string) => {
      const { of } = measureOf(id);
      return estimateDifference(observe(cells, contestant, of), observe(cells, contestant, of, false), resamples);
    };
    return {
      contestant,
      lent: lentBy(contestant) / lentBy(yardstick),
      ...{ measures: measured(contestant, true), twin: measured(contestant, false) },
      excess: { loss: beyond(LOSS), fall: beyond(FALL) },
    };
  });
}

export function summariseCells(options: CompareOptions, runs: readonly CompareRun[]): CellSummary[] {
  const observe = observerOf(runs);
  const resamples = resamplesOf(options);
  return cellsOf(options).map((cell) => ({ ...cell, contestants: summarise(options, [cell], observe, resamples) }));
}

/** All cells, and where there are both endings, those of each. */
export function summariseGroups(options: CompareOptions, runs: readonly CompareRun[]): GroupSummary[] {
  const observe = observerOf(runs);
  const resamples = resamplesOf(options);
  const names: GroupSummary["group"][] = options.endings.length > 1 ? ["all", ...options.endings] : ["all"];
  return names.map((group) => {
    const cells = cellsOf(options).filter(({ ending }) => group === "all" || ending === group);
    return { group, cells: cells.length, contestants: summarise(options, cells, observe, resamples) };
  });
}

/** Where the subject has more bad debt than Aave, or than never liquidating; worst first. */
export function lostCells(options: CompareOptions, runs: readonly CompareRun[]): LostCell[] {
  const { contestants } = options;
  if (!contestants.includes(SUBJECT)) return [];
  const observe = observerOf(runs);
  const resamples = resamplesOf(options);
  const { of } = measureOf(LOSS);
  const lost = cellsOf(options).flatMap((cell) => {
    const own = observe([cell], SUBJECT, of);
    return contestants.flatMap((to): LostCell[] => {
      if (to === SUBJECT) return [];
      const other = observe([cell], to, of);
      const difference = estimateDifference(own, other, resamples);
      if (difference.mean <= LOST_BY) return [];
      return [{ cell: nameOfCell(cell), to, own: meanOf(own), other: meanOf(other), difference }];
    });
  });
  return lost.sort((a, b) => b.difference.mean - a.difference.mean);
}

function resamplesOf({ seeds }: CompareOptions): Resamples {
  return drawResamples(seeds, createRng("compare").fork("resamples"));
}
