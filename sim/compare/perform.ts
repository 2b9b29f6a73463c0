import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { createAgents, type Bots } from "../agents/create-agents.ts";
import { populate } from "../engine/populate.ts";
import { runScenario } from "../engine/run.ts";
import { buildWorld, type World } from "../engine/world.ts";
import { aaveProfile } from "../frontier/perform.ts";
import { planPopulation, type Population } from "../population.ts";
import { createRng, type Rng } from "../rng.ts";
import { conditionsOf } from "../shock.ts";
import { stressPopulation } from "../stress/population.ts";
import { compareCrash } from "./crash.ts";
import { rivalOf, stageOf, type CompareJob, type CompareOutcome } from "./job.ts";

const NOBODY: Bots = { flashLiquidators: 0, capitalLiquidators: 0 };

interface Stage {
  readonly key: string;
  readonly world: World;
  readonly population: Population;
  readonly rng: Rng;
  /** Of the chain, before the run. A snapshot serves once. */
  snapshot: unknown;
}

/**
 * Does jobs one after the other. What those of a contestant, a scenario and a seed have in common (the world with everybody
 * in it) is built once, and gone back to: that gives the same to the bit as building it anew.
 */
export class ComparePerformer {
  readonly #hre: HardhatRuntimeEnvironment;
  readonly #connection: NetworkConnection;
  #stage: Stage | undefined;

  constructor(hre: HardhatRuntimeEnvironment, connection: NetworkConnection) {
    this.#hre = hre;
    this.#connection = connection;
  }

  /** @throws Error if the run breaks an invariant: its numbers are worth nothing then. */
  async perform(job: CompareJob): Promise<CompareOutcome> {
    const { scenario: name, ending, blocks, hasImpact, contestant } = job;
    const stage = await this.#stageFor(job);
    await stage.world.chain.revert(stage.snapshot);
    stage.snapshot = await stage.world.chain.snapshot();
    const scenario = compareCrash(name, ending, blocks);
    const path = scenario.path(stage.rng.fork("path"));
    const rng = stage.rng.fork("run");
    const run = await runScenario(stage.world, stage.population, {
      ...{ path, hasImpact, rng },
      ...conditionsOf({ scenario }, { path, rng: stage.rng, run: rng }),
      bots: contestant === "never" ? NOBODY : stage.world.parameters.lab,
    });
    const broken = run.invariants.filter(({ holds }) => !holds);
    if (broken.length > 0) {
      throw new Error(`invariants broken: ${broken.map(({ id, detail }) => `${id} (${detail})`).join(", ")}`);
    }
    return { metrics: run.metrics, hash: run.hash };
  }

  /** Takes back what was built. */
  async close(): Promise<void> {
    const stage = this.#stage;
    this.#stage = undefined;
    await stage?.world.chain.close();
  }

  async #stageFor(job: CompareJob): Promise<Stage> {
    const key = stageOf(job);
    if (this.#stage?.key === key) return this.#stage;
    await this.close();
    const { contestant, seed, blocks, borrowers, loopers, lendingScale } = job;
    const rng = createRng(seed);
    const scenario = compareCrash(job.scenario, "recorded", blocks); // both endings begin alike
    const profile = aaveProfile(scenario.asset);
    const [startPrice] = scenario.path(rng.fork("path"));
    const rival = rivalOf(contestant);
    const world = await buildWorld(this.#hre, this.#connection, {
      ...{ scenario, startPrice, profile },
      ...(contestant === "breakwater"
        ? { curve: "paced", features: "dynamic+breaker", lendingScale }
        : { curve: "fixed", features: "static" }),
      ...(rival === undefined ? {} : { rival }),
    });
    try {
      const drawn = planPopulation(rng.fork("population"), { borrowers, loopers }, profile, startPrice);
      const population = stressPopulation(drawn, scenario.stress, profile, startPrice);
      const agents = createAgents(world, population, undefined, scenario.stress);
      const members = agents.flatMap((agent) => agent.members);
      // Everybody borrows what they wish for, or what the protocol lends: one population meets all of them.
      await populate(world, population, { members, rng, isLimited: true });
      const complete = await world.complete();
      await complete.chain.unlock(members);
      const snapshot = await complete.chain.snapshot();
      return (this.#stage = { key, world: complete, population, rng, snapshot });
    } catch (error) {
      await world.chain.close();
      throw error;
    }
  }
}
