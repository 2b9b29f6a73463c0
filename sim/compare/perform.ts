import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { createAgents, type Bots } from "../agents/create-agents.ts";
import { populate } from "../engine/populate.ts";
import { runScenario } from "../engine/run.ts";
import { StageKeeper, type Stage, type StageMaker } from "../engine/stage-keeper.ts";
import { buildWorld, type World } from "../engine/world.ts";
import { aaveProfile } from "../frontier/perform.ts";
import { requireInvariants } from "../metrics/require-invariants.ts";
import { planPopulation } from "../population.ts";
import { createRng } from "../rng.ts";
import { moveToRunner } from "../runner/move.ts";
import { conditionsOf, rangeFor } from "../shock.ts";
import { stressPopulation } from "../stress/population.ts";
import { compareCrash } from "./crash.ts";
import { rivalOf, stageOf, type CompareJob, type CompareOutcome } from "./job.ts";

const NOBODY: Bots = { flashLiquidators: 0, capitalLiquidators: 0 };

/**
 * Does jobs one after the other. What those of a contestant, a scenario and a seed have in common (the world with everybody
 * in it) is built once, and gone back to.
 */
export class ComparePerformer {
  readonly #hre: HardhatRuntimeEnvironment;
  readonly #connection: NetworkConnection;
  readonly #stages = new StageKeeper();

  constructor(hre: HardhatRuntimeEnvironment, connection: NetworkConnection) {
    this.#hre = hre;
    this.#connection = connection;
  }

  /** @throws Error if the run breaks an invariant: its numbers are worth nothing then. */
  async perform(job: CompareJob): Promise<CompareOutcome> {
    const { scenario: name, ending, blocks, hasImpact, contestant } = job;
    const { world, population, rng: drawn } = await this.#stages.restored(stageOf(job), () => this.#makerFor(job));
    const scenario = compareCrash(name, ending, blocks);
    const path = scenario.path(drawn.fork("path"));
    const rng = drawn.fork("run");
    const run = await runScenario(world, population, {
      ...{ path, hasImpact, rng },
      ...conditionsOf({ scenario }, { path, rng: drawn, run: rng }),
      bots: contestant === "never" ? NOBODY : world.parameters.lab,
    });
    requireInvariants(run);
    return { metrics: run.metrics, hash: run.hash };
  }

  /** Takes back what was built. */
  close(): Promise<void> {
    return this.#stages.close();
  }

  #makerFor(job: CompareJob): StageMaker {
    const { contestant, seed, blocks, borrowers, loopers, lendingScale } = job;
    const rng = createRng(seed);
    const scenario = compareCrash(job.scenario, "recorded", blocks); // both endings begin alike
    const profile = aaveProfile(scenario.asset);
    const path = scenario.path(rng.fork("path"));
    const startPrice = path[0];
    const rival = rivalOf(contestant);
    const build = () =>
      buildWorld(this.#hre, this.#connection, {
        ...{ scenario, startPrice, profile },
        ...rangeFor(scenario, path),
        ...(contestant === "breakwater"
          ? { curve: "paced", features: "dynamic+breaker", lendingScale }
          : { curve: "fixed", features: "static" }),
        ...(rival === undefined ? {} : { rival }),
      });
    const fill = async (world: World): Promise<Stage> => {
      await moveToRunner(this.#hre, this.#connection, world.chain);
      const planned = planPopulation(rng.fork("population"), { borrowers, loopers }, profile, startPrice);
      const population = stressPopulation(planned, scenario.stress, profile, startPrice);
      const agents = createAgents(world, population, undefined, scenario.stress);
      const members = agents.flatMap((agent) => agent.members);
      // Everybody borrows what they wish for, or what the protocol lends: one population meets all of them.
      await populate(world, population, { members, rng, isLimited: true });
      const complete = await world.complete();
      await complete.chain.unlock(members);
      return { world: complete, population, rng };
    };
    return { build, fill };
  }
}
