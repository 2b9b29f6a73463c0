import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { createAgents } from "./agents/create-agents.ts";
import { LAB, type CurveName } from "./config.ts";
import { populate } from "./engine/populate.ts";
import { runScenario } from "./engine/run.ts";
import { buildWorld, type World } from "./engine/world.ts";
import { SCHEMA_VERSION, type RunProgress, type ShockResult } from "./metrics/run-result.ts";
import { planPopulation } from "./population.ts";
import { createRng } from "./rng.ts";
import type { Scenario } from "./scenarios/scenario.ts";

export interface ShockOptions {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly borrowers: number;
  readonly loopers: number;
  readonly curve: CurveName;
}

/**
 * Replays a scenario against the real contracts, with the market's feedback and without, on a chain that is left as it
 * was found.
 * @param connection A simulated chain: in process, or a Hardhat node.
 */
export async function runShock(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  { scenario, seed, borrowers, loopers, curve }: ShockOptions,
  report: (progress: RunProgress) => void = () => undefined,
): Promise<Omit<ShockResult, "command">> {
  const rng = createRng(seed);
  const path = scenario.path(rng.fork("path"));
  const startPrice = path[0];
  const stage = (phase: RunProgress["phase"]) =>
    report({
      ...{ phase, block: 0, blocks: path.length - 1, marketPrice: startPrice },
      ...{ underWaterAccounts: 0, liquidatedDebt: 0, badDebt: 0 },
    });

  stage("deploy");
  const world = await buildWorld(hre, connection, { scenario, curve, startPrice });
  try {
    stage("populate");
    const population = planPopulation(rng.fork("population"), { borrowers, loopers }, world.profile, startPrice);
    const members = createAgents(world, population).flatMap((agent) => agent.members);
    await populate(world, population, members, rng);

    const start = await world.chain.snapshot();
    // The same draws in both runs: they differ in the market's feedback and in nothing else.
    const run = await runScenario(world, population, { path, hasImpact: true, rng: rng.fork("run") }, report);
    await world.chain.revert(start);
    const twin = await runScenario(world, population, { path, hasImpact: false, rng: rng.fork("run") }, report);

    const fall = twin.metrics.priceAtStart - twin.metrics.priceLow;
    return {
      schemaVersion: SCHEMA_VERSION,
      scenario: {
        ...{ name: scenario.name, title: scenario.title, source: scenario.source },
        ...{ asset: scenario.asset, loan: scenario.loan },
        ...{ durationSeconds: scenario.durationSeconds, blockSeconds: scenario.blockSeconds },
      },
      ...{ seed, curve, run, twin },
      population: { borrowers, loopers, lenders: population.lenders.length },
      parameters: parametersOf(world),
      exogenousLow: path.reduce((low, price) => Math.min(low, price), Infinity),
      amplification: fall > 0 ? (run.metrics.priceAtStart - run.metrics.priceLow) / fall : null,
    };
  } finally {
    await world.chain.close();
  }
}

function parametersOf({ profile, exchangeDepth, poolDepth }: World): Record<string, number | string> {
  const plain = Object.entries({ ...LAB, ...profile, exchangeDepth, poolDepth });
  return Object.fromEntries(plain.map(([name, value]) => [name, typeof value === "object" ? value.join("–") : value]));
}
