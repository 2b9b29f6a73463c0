import { scaledProfile, type Features } from "../config.ts";
import type { OrderingName } from "../engine/block-order.ts";
import { isListed } from "../engine/world.ts";
import { crashOf } from "../frontier/perform.ts";
import type { Crowd } from "../frontier/job.ts";
import type { CurveName } from "../liquidation-curves.ts";
import type { Point } from "./grid.ts";
import { labJob, valuesOf, type LabJob } from "./lab-job.ts";
import { requirePossible } from "./parameters.ts";
import { settingOf, type Overrides } from "./setting.ts";

/** What all runs have in common, as far as a grid does not say otherwise. */
export interface Common extends Crowd {
  readonly scenario: string;
  readonly blocks: number;
  readonly curve: CurveName;
  readonly features: Features;
  readonly ordering: OrderingName;
  /** By full names: what is other than usual everywhere. */
  readonly set: Overrides;
}

/** Seeds `first`, `first + 1`, … */
export function seedsFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(first + i));
}

/**
 * The job of each point, for any seed. Everybody wishes for the same in all of them, whatever the pools lend: what the most
 * generous of the listings would let them have.
 * @throws UserError for a point that no pool can have.
 */
export function planJobs(common: Common, points: readonly Point[], option: string): ((seed: string) => LabJob)[] {
  const merged = points.map((point) => merge(common, point));
  const require = (job: LabJob) => requirePossible(valuesOf(job), job.curve, job.overrides, option);
  for (const { job, changes } of merged) require(labJob({ ...job, seed: "1" }, changes));
  const listings = merged.map(({ job, changes }) => {
    const { profile, lendingScale } = settingOf(changes, crashOf(job.scenario, job.blocks).asset);
    return isListed(job.features) ? scaledProfile(profile, lendingScale) : profile;
  });
  const highest = (key: "borrowFactorBps" | "liquidationFactorBps") => Math.max(...listings.map((each) => each[key]));
  return merged.map(({ job, changes }) => {
    const asset = crashOf(job.scenario, job.blocks).asset;
    const usual = settingOf({}, asset).profile;
    const wishes = {
      "wishes.borrowFactorBps": Math.max(usual.borrowFactorBps, highest("borrowFactorBps")),
      "wishes.liquidationFactorBps": Math.max(usual.liquidationFactorBps, highest("liquidationFactorBps")),
    };
    const jobFor = (seed: string) => labJob({ ...job, seed }, { ...wishes, ...changes });
    require(jobFor("1"));
    return jobFor;
  });
}

const CROWD: Readonly<Record<string, keyof Crowd>> = {
  "crowd.borrowers": "borrowers",
  "crowd.loopers": "loopers",
  "crowd.dipBuyers": "dipBuyers",
};

/** A point's numbers, and of what is no number the job itself. */
function merge({ set, ...common }: Common, point: Point) {
  const job: Record<string, unknown> = { ...common };
  const changes: Record<string, number> = {};
  for (const [name, value] of Object.entries({ ...set, ...point })) {
    if (Object.hasOwn(CROWD, name)) job[CROWD[name]] = value;
    else if (typeof value === "number") changes[name] = value;
    else job[name] = value; // scenario or one of `CHOICES`
  }
  return { job: job as unknown as Omit<Common, "set">, changes };
}
