import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { createAgents, type Bots } from "../agents/create-agents.ts";
import { PROFILES, type AssetProfile } from "../config.ts";
import { populate } from "../engine/populate.ts";
import { runScenario } from "../engine/run.ts";
import { buildWorld, type World } from "../engine/world.ts";
import { planPopulation, type Population } from "../population.ts";
import type { ProtocolState } from "../protocols/protocol.ts";
import { createRng, type Rng } from "../rng.ts";
import { blockSecondsOf, curveCrash } from "./crash.ts";
import { NEVER, stageOf, type CurveJob, type CurveOutcome } from "./job.ts";

/**
 * One of each kind, and they look at fewer accounts as in the lab's other runs: more of them mostly get into each
 * other's way, and every failed attempt takes its time. The desk has all the liquidators' capital.
 */
const BOTS: Bots = { flashLiquidators: 1, capitalLiquidators: 1, mostLooks: 3 };
const NOBODY: Bots = { flashLiquidators: 0, capitalLiquidators: 0 };
/** Curves that sell into a hole make the price fall very far: the Uniswap pool goes along. */
const PRICE_RANGE = 1e6;

/**
 * How the world trades ether at a depth. The venue's reserves together are `depth` times the debt; the outside market
 * keeps its usual ratio to it.
 */
export function profileAt(depth: number): AssetProfile {
  const usual = PROFILES.WETH;
  // Half of the depth is the loan asset's reserve y, and y·(1 − √0.98) lets the price fall by 2 %.
  const poolDepthShare = (depth / 2) * (1 - Math.sqrt(0.98));
  const exchangeDepthShare = poolDepthShare * (usual.exchangeDepthShare / usual.poolDepthShare);
  return { ...usual, poolDepthShare, exchangeDepthShare };
}

/** Nobody watches, and nobody leaves: what is left is the curve's doing. */
export function withoutDefences(population: Population): Population {
  return {
    ...population,
    borrowers: population.borrowers.map((plan) => ({ ...plan, alarmHealth: 0 })),
    loopers: population.loopers.map((plan) => ({ ...plan, alarmHealth: 0 })),
    lenders: population.lenders.map((plan) => ({ ...plan, panicSeconds: undefined })),
  };
}

interface Stage {
  readonly key: string;
  readonly world: World;
  readonly population: Population;
  readonly rng: Rng;
  /** Of the chain, before the run. A snapshot serves once. */
  snapshot: unknown;
}

/** Does jobs one after the other. What those of a depth and a seed have in common is built once, and gone back to. */
export class CurvePerformer {
  readonly #hre: HardhatRuntimeEnvironment;
  readonly #connection: NetworkConnection;
  #stage: Stage | undefined;

  constructor(hre: HardhatRuntimeEnvironment, connection: NetworkConnection) {
    this.#hre = hre;
    this.#connection = connection;
  }

  /** @throws Error if the run breaks an invariant: its numbers are worth nothing then. */
  async perform(job: CurveJob): Promise<CurveOutcome> {
    const { curve, fall, path: name, blocks, hasImpact } = job;
    const stage = await this.#stageFor(job);
    const { chain } = stage.world;
    await chain.revert(stage.snapshot);
    stage.snapshot = await chain.snapshot();
    const world = await stage.world.withCurve(curve === NEVER ? "fixed" : curve);
    const path = curveCrash(fall, name, blocks).path(stage.rng.fork("path"));
    const bots = curve === NEVER ? NOBODY : BOTS;
    const rng = stage.rng.fork("run");
    const run = await runScenario({ ...world, blockSeconds: blockSecondsOf(blocks) }, stage.population, {
      path,
      hasImpact,
      rng,
      bots,
    });
    const broken = run.invariants.filter(({ holds }) => !holds);
    if (broken.length > 0) {
      throw new Error(`invariants broken: ${broken.map(({ id, detail }) => `${id} (${detail})`).join(", ")}`);
    }
    return { metrics: run.metrics, hash: run.hash };
  }

  /** The world of a job before its crash, and what the pool shows then. */
  async show(job: CurveJob): Promise<{ readonly world: World; readonly state: ProtocolState }> {
    const { world } = await this.#stageFor(job);
    return { world, state: await world.protocol.readState() };
  }

  /** Takes back what was built. */
  async close(): Promise<void> {
    const stage = this.#stage;
    this.#stage = undefined;
    await stage?.world.chain.close();
  }

  async #stageFor(job: CurveJob): Promise<Stage> {
    const { depth, seed, borrowers, loopers } = job;
    const key = stageOf(job);
    if (this.#stage?.key === key) return this.#stage;
    await this.close();
    const rng = createRng(seed);
    const scenario = curveCrash(50, "flat", 100); // of it the world takes what all have in common
    const startPrice = scenario.keyframes[0].price;
    const profile = profileAt(depth);
    const built = await buildWorld(this.#hre, this.#connection, {
      ...{ scenario, startPrice, profile, curve: "fixed", features: "measured", priceRange: PRICE_RANGE },
    });
    try {
      const population = withoutDefences(
        planPopulation(rng.fork("population"), { borrowers, loopers }, profile, startPrice),
      );
      const members = createAgents(built, population, BOTS).flatMap((agent) => agent.members);
      const { capitalLiquidators } = BOTS;
      await populate(built, population, { members, rng, isLimited: false, loops: "given", capitalLiquidators });
      const world = await built.complete();
      await world.chain.unlock(createAgents(world, population, BOTS).flatMap((agent) => agent.members));
      const snapshot = await world.chain.snapshot();
      return (this.#stage = { key, world, population, rng, snapshot });
    } catch (error) {
      await built.chain.close();
      throw error;
    }
  }
}
