import type { Job, LendingOutcome, Perform, RunOutcome } from "../../sim/frontier/job.ts";
import type { FrontierOptions } from "../../sim/frontier/frontier-result.ts";
import { createRng } from "../../sim/rng.ts";
import { sampleResult } from "./sample-result.ts";

const WISHED = 60e6;

export const FRONTIER_OPTIONS: FrontierOptions = {
  ...{ scenarios: ["black-thursday", "flash-wick"], seeds: 8, blocks: 850, curve: "dutch" },
  ...{ borrowers: 60, loopers: 12, dipBuyers: 6, calibrationSeeds: 3 },
  features: ["static", "dynamic", "dynamic+breaker"],
  targets: [1, 0.9],
};

/** What the made-up pools lend: the static one all that is wished for at 1, the others less at first and as much later. */
export function fakeLending({ features, lendingScale }: Pick<Job, "features" | "lendingScale">): number {
  const atOne = { static: 1, dynamic: 0.85, "dynamic+breaker": 0.84, measured: 1 }[features];
  return WISHED * Math.min(1, atOne * lendingScale ** 0.7);
}

/**
 * Does jobs without a chain: defences halve the loss on Black Thursday, the breaker amplifies a wick. `done` lists what was
 * asked for.
 */
export function fakePerform(done: Job[] = []): Perform {
  const { metrics } = sampleResult().run;
  const perform = (job: Job): Promise<RunOutcome | LendingOutcome> => {
    done.push(job);
    if (job.kind === "lending") return Promise.resolve({ lent: fakeLending(job) });
    const debtAtStart = fakeLending(job);
    const luck = 1 + 0.2 * createRng(job.seed).fork(job.scenario).normal();
    const isWick = job.scenario === "flash-wick";
    const loss = isWick ? 0 : 0.04 * luck * (job.features === "static" ? 1 : 0.5);
    const outcome: RunOutcome = {
      metrics: {
        ...metrics,
        debtAtStart,
        badDebt: 0.75 * loss * debtAtStart,
        insolvency: 0.25 * loss * debtAtStart,
        liquidatedDebt: 0.5 * luck * debtAtStart,
        liquidationDiscount: 0.02 * luck * debtAtStart,
      },
      amplification: 1.1 + 0.01 * luck + (isWick && job.features === "dynamic+breaker" ? 0.05 : 0),
      hash: `0x${job.seed}`,
    };
    return Promise.resolve(outcome);
  };
  return perform as Perform;
}
