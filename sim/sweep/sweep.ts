import { drawResamples, estimateMean, type Estimate } from "../jobs/statistics.ts";
import { keyOf, type Performer } from "../jobs/job.ts";
import type { SweepProgress } from "../frontier/sweep.ts";
import type { RunMetrics } from "../metrics/run-result.ts";
import { createRng } from "../rng.ts";
import { isDesign, pointsOf, type Axis, type Point } from "./grid.ts";
import { valuesOf, type LabJob, type LabOutcome } from "./lab-job.ts";
import { LAB_MEASURES, LENT, LOSS } from "./measures.ts";
import { planJobs, seedsFrom, type Common } from "./plan.ts";

/** Raised whenever a field changes its meaning or goes away. */
export const SWEEP_SCHEMA_VERSION = 1;

export interface SweepOptions extends Common {
  readonly axes: readonly Axis[];
  readonly seeds: number;
  readonly firstSeed: number;
  /** Loss, as a share of the debt at the start, that a safe pool stays below. */
  readonly bound: number;
  /** Of what a safe pool should have as much as possible. */
  readonly aim: string;
}

export interface SweepCell {
  readonly point: Point;
  readonly measures: Readonly<Record<string, Estimate>>;
  /** Share of seeds without any loss. */
  readonly unharmedShare: number;
  /** The upper end of the loss's interval is not above the bound. */
  readonly isSafe: boolean;
  /** No other cell of the same world has more of the aim and less loss, on the mean. */
  readonly isPareto: boolean;
}

/** The best pool that is safe in one world: where all axes that nobody chooses stand still. */
export interface FrontierPoint {
  readonly world: Point;
  /** Index of the cell; null: none is safe. */
  readonly cell: number | null;
}

export interface LabRun {
  readonly cell: number;
  readonly seed: string;
  readonly key: string;
  readonly hash: string;
  readonly amplification: number | null;
  readonly metrics: RunMetrics;
}

/** What `npx hardhat sweep` writes. Holds no wall-clock time: equal commands give equal files. */
export interface SweepResult {
  readonly schemaVersion: typeof SWEEP_SCHEMA_VERSION;
  /** Hash of code, usual parameters and contracts. */
  readonly basis: string;
  readonly options: SweepOptions;
  /** In the order of the grid, the last axis fastest. */
  readonly cells: readonly SweepCell[];
  readonly frontier: readonly FrontierPoint[];
  readonly runs: readonly LabRun[];
}

/**
 * Runs every cell of a grid with every seed. What order jobs are done in, and where, has no part in the result.
 * @param perform Does one job; any number at a time may be waiting for it.
 * @throws UserError for a cell that no pool can have, before anything is run.
 */
export async function sweepGrid(
  options: SweepOptions,
  basis: string,
  perform: Performer<LabJob, LabOutcome>,
  report: (progress: SweepProgress) => void = () => undefined,
): Promise<SweepResult> {
  const points = pointsOf(options.axes);
  const plans = planJobs(options, points, "--grid");
  const seeds = seedsFrom(options.firstSeed, options.seeds);
  const jobs = seeds.flatMap((seed) => plans.map((plan, cell) => ({ cell, job: plan(seed) })));
  let done = 0;
  report({ phase: "run", done, total: jobs.length });
  const performed = await Promise.all(
    jobs.map(async ({ cell, job }): Promise<LabRun> => {
      const { metrics, amplification, hash } = await perform(job);
      report({ phase: "run", done: ++done, total: jobs.length });
      return { cell, seed: job.seed, key: keyOf(job, basis), hash, amplification, metrics };
    }),
  );
  const runs = [...performed].sort((a, b) => a.cell - b.cell); // stable: seeds keep their order
  const values = plans.map((plan) => valuesOf(plan(seeds[0])));
  // One table of draws for all cells: a seed is the same people and the same path in each.
  const resamples = drawResamples(options.seeds, createRng("sweep").fork("resamples"));
  const estimated = points.map((point, cell) => {
    const own = runs.filter((run) => run.cell === cell);
    const observed = LAB_MEASURES.map(({ id, of }) => [id, own.map((run) => of(run, values[cell]))] as const);
    const measures = Object.fromEntries(observed.map(([id, all]) => [id, estimateMean(all, resamples)]));
    const losses = Object.fromEntries(observed)[LOSS];
    const unharmedShare = losses.filter((loss) => loss === 0).length / losses.length;
    return { point, measures, unharmedShare, isSafe: measures[LOSS].high <= options.bound };
  });
  const cells = estimated.map((cell): SweepCell => ({ ...cell, isPareto: isPareto(cell, estimated, options.aim) }));
  return {
    ...{ schemaVersion: SWEEP_SCHEMA_VERSION, basis, options, cells },
    ...{ frontier: frontierOf(cells, options), runs },
  };
}

export const AIMS: readonly string[] = [LENT, "leverage"];

type Judged = Omit<SweepCell, "isPareto">;

export function worldOf(point: Point): Point {
  return Object.fromEntries(Object.entries(point).filter(([name]) => !isDesign(name)));
}

function isPareto(cell: Judged, all: readonly Judged[], aim: string): boolean {
  const own = JSON.stringify(worldOf(cell.point));
  const score = ({ measures }: Judged) => ({ aim: measures[aim].mean, loss: measures[LOSS].mean });
  const mine = score(cell);
  return !all.some((other) => {
    if (JSON.stringify(worldOf(other.point)) !== own) return false;
    const theirs = score(other);
    const isNoWorse = theirs.aim >= mine.aim && theirs.loss <= mine.loss;
    return isNoWorse && (theirs.aim > mine.aim || theirs.loss < mine.loss);
  });
}

/** Of each world the safe cell with the most of the aim; of equals the one with the smaller loss, then the first. */
function frontierOf(cells: readonly SweepCell[], { aim }: SweepOptions): FrontierPoint[] {
  const worlds = new Map<string, FrontierPoint>();
  cells.forEach((cell, index) => {
    const world = worldOf(cell.point);
    const name = JSON.stringify(world);
    const best = worlds.get(name)?.cell ?? null;
    const isBetter =
      cell.isSafe &&
      (best === null ||
        cell.measures[aim].mean > cells[best].measures[aim].mean ||
        (cell.measures[aim].mean === cells[best].measures[aim].mean &&
          cell.measures[LOSS].mean < cells[best].measures[LOSS].mean));
    worlds.set(name, { world, cell: isBetter ? index : best });
  });
  return [...worlds.values()];
}
