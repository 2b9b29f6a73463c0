import { drawResamples, estimateMean, meanOf, type Estimate, type Resamples } from "../jobs/statistics.ts";
import { createRng } from "../rng.ts";
import { cellsOf } from "./compare.ts";
import type { CellResult, ContestantSummary, CurveRun, CurvesOptions, GroupSummary } from "./curves-result.ts";
import { nameOfCell, NEVER, type Cell, type Contestant } from "./job.ts";
import { BAD_DEBT, CURVE_MEASURES, curveMeasure, FALL } from "./measures.ts";

/** Means and intervals of every contestant in every cell, seeds resampled. */
export function summariseCells(options: CurvesOptions, runs: readonly CurveRun[]): CellResult[] {
  const resamples = resamplesOf(options);
  const observed = observe(runs);
  return cellsOf(options).map((cell) => {
    const regrets = regretsIn(options, cell, observed);
    const contestants = options.contestants.map((contestant) => {
      const measures = CURVE_MEASURES.map(({ id }) => {
        return [id, estimateMean(observed(cell, contestant, id), resamples)] as const;
      });
      const twin = observed(cell, contestant, BAD_DEBT, false);
      return {
        ...{ contestant, measures: Object.fromEntries(measures), regret: meanOf(regrets(contestant)) },
        ...(twin.length === 0
          ? {}
          : { twin: { badDebt: meanOf(twin), fall: meanOf(observed(cell, contestant, FALL, false)) } }),
      };
    });
    return { ...cell, exogenousLow: 1 - cell.fall / 100, contestants };
  });
}

/** The same over all cells, and over those of each path. A seed is the same people in every cell, so that only seeds are resampled. */
export function summariseGroups(options: CurvesOptions, runs: readonly CurveRun[]): GroupSummary[] {
  const resamples = resamplesOf(options);
  const observed = observe(runs);
  const all = cellsOf(options);
  const paths = options.paths.length > 1 ? options.paths : [];
  return (["all", ...paths] as const).map((group) => {
    const cells = group === "all" ? all : all.filter(({ path }) => path === group);
    const summary = (contestant: Contestant): ContestantSummary => {
      const mean = (values: (cell: Cell) => readonly number[]) =>
        estimateMean(acrossCells(cells.map(values)), resamples);
      const measures = CURVE_MEASURES.map(({ id }) => [id, mean((cell) => observed(cell, contestant, id))] as const);
      const regretIn = (cell: Cell) => regretsIn(options, cell, observed)(contestant);
      const worst = cells.map((cell) => ({ regret: meanOf(regretIn(cell)), cell: nameOfCell(cell) }));
      const beyond = (id: string): Estimate =>
        mean((cell) => {
          const twins = observed(cell, contestant, id, false);
          return observed(cell, contestant, id).map((value, i) => value - twins[i]);
        });
      const hasTwin = cells.every((cell) => observed(cell, contestant, BAD_DEBT, false).length > 0);
      return {
        ...{ contestant, measures: Object.fromEntries(measures), regret: mean(regretIn) },
        worstRegret: worst.reduce((most, each) => (each.regret > most.regret ? each : most)),
        ...(hasTwin ? { excess: { badDebt: beyond(BAD_DEBT), fall: beyond(FALL) } } : {}),
      };
    };
    return { group, cells: cells.length, contestants: options.contestants.map(summary) };
  });
}

type Observed = (cell: Cell, contestant: Contestant, measure: string, hasImpact?: boolean) => readonly number[];

/** Values of a measure, one a seed, in the order of the seeds. */
function observe(runs: readonly CurveRun[]): Observed {
  const byKey = new Map<string, CurveRun[]>();
  const keyOf = (cell: Cell, contestant: string, hasImpact: boolean) =>
    [cell.depth, cell.fall, cell.path, contestant, hasImpact].join();
  for (const run of runs) {
    const key = keyOf(run, run.contestant, run.hasImpact);
    byKey.set(key, [...(byKey.get(key) ?? []), run]);
  }
  return (cell, contestant, measure, hasImpact = true) => {
    const { of } = curveMeasure(measure);
    return (byKey.get(keyOf(cell, contestant, hasImpact)) ?? []).map(({ metrics, hash }) => {
      return of({ metrics, hash }, metrics.priceAtStart * (1 - cell.fall / 100));
    });
  };
}

/** Bad debt above that of the curve that is best in the cell on the mean, seed by seed. */
function regretsIn({ contestants }: CurvesOptions, cell: Cell, observed: Observed) {
  const curves = contestants.filter((contestant) => contestant !== NEVER);
  const all = curves.map((curve) => observed(cell, curve, BAD_DEBT));
  const best = all.reduce((least, each) => (meanOf(each) < meanOf(least) ? each : least), all[0]);
  return (contestant: Contestant): number[] => {
    const own = observed(cell, contestant, BAD_DEBT);
    return best === undefined ? own.map(() => 0) : own.map((value, i) => value - best[i]);
  };
}

function acrossCells(values: readonly (readonly number[])[]): number[] {
  return values[0].map((_, seed) => meanOf(values.map((cell) => cell[seed])));
}

function resamplesOf({ seeds }: CurvesOptions): Resamples {
  return drawResamples(seeds, createRng("curves").fork("resamples"));
}
