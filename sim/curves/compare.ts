import { curveOf } from "../liquidation-curves.ts";
import type { Performer } from "../jobs/job.ts";
import { blockSecondsOf } from "./crash.ts";
import { CURVES_SCHEMA_VERSION, type CurveRun, type CurvesOptions, type CurvesResult } from "./curves-result.ts";
import { judge, lostCells } from "./goals.ts";
import { NEVER, type Cell, type Contestant, type CurveJob, type CurveOutcome } from "./job.ts";
import { summariseCells, summariseGroups } from "./summary.ts";

/** The subject of the goals is measured against this one, and against `never`. */
export const BASELINE = "fixed";

/** Hash of each curve's contract and of what its constructor is given. */
export type CurveCodes = Readonly<Record<string, string>>;

/**
 * Runs the crash in every cell of the grid with every seed and every contestant, and compares. What order jobs are done in,
 * and where, has no part in the result.
 */
export async function compareCurves(
  options: CurvesOptions,
  { basis, codes }: { readonly basis: string; readonly codes: CurveCodes },
  perform: Performer<CurveJob, CurveOutcome>,
  report: (progress: { readonly phase: "run"; readonly done: number; readonly total: number }) => void = () =>
    undefined,
): Promise<CurvesResult> {
  const jobs = jobsOf(options, codes);
  let done = 0;
  report({ phase: "run", done, total: jobs.length });
  const runs = await Promise.all(
    jobs.map(async (job): Promise<CurveRun> => {
      const { metrics, hash } = await perform(job);
      report({ phase: "run", done: ++done, total: jobs.length });
      const { depth, fall, path, seed, curve: contestant, hasImpact } = job;
      return { depth, fall, path, seed, contestant, hasImpact, metrics, hash };
    }),
  );
  const cells = summariseCells(options, runs);
  const groups = summariseGroups(options, runs);
  const curves = options.contestants.flatMap((name) => {
    if (name === NEVER) return [];
    const { contract, args } = curveOf(name);
    return [[name, { contract, args }] as const];
  });
  return {
    ...{ schemaVersion: CURVES_SCHEMA_VERSION, basis, options, blockSeconds: blockSecondsOf(options.blocks) },
    curves: Object.fromEntries(curves),
    goals: judge(options, groups, cells),
    ...{ groups, lost: lostCells(options, cells), cells, runs },
  };
}

/** In an order in which neighbours have their world in common, and its curve. */
export function jobsOf(options: CurvesOptions, codes: CurveCodes): CurveJob[] {
  const { depths, seeds, contestants, blocks, borrowers, loopers } = options;
  return depths.flatMap((depth) =>
    Array.from({ length: seeds }, (_, i) => String(i + 1)).flatMap((seed) =>
      contestants.flatMap((curve) =>
        cellsOf({ ...options, depths: [depth] }).flatMap((cell): CurveJob[] => {
          const code = curve === NEVER ? "" : codes[curve];
          const job: CurveJob = {
            ...{ kind: "curve", ...cell, seed, curve, code, blocks, borrowers, loopers, hasImpact: true },
          };
          return hasTwin(options, curve) ? [job, { ...job, hasImpact: false }] : [job];
        }),
      ),
    ),
  );
}

/** Only these two are held against their twins. */
export function hasTwin({ subject }: CurvesOptions, contestant: Contestant): boolean {
  return contestant === subject || contestant === BASELINE;
}

export function cellsOf({ depths, falls, paths }: CurvesOptions): Cell[] {
  return depths.flatMap((depth) => falls.flatMap((fall) => paths.map((path): Cell => ({ depth, fall, path }))));
}
