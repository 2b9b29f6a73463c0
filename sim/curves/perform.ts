import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { createAgents, type Bots } from "../agents/create-agents.ts";
import { PROFILES, type AssetProfile } from "../config.ts";
import { populate } from "../engine/populate.ts";
import { runScenario } from "../engine/run.ts";
import { StageKeeper, type Stage, type StageMaker } from "../engine/stage-keeper.ts";
import { buildWorld, type World } from "../engine/world.ts";
import { requireInvariants } from "../metrics/require-invariants.ts";
import { planPopulation, type Population } from "../population.ts";
import type { ProtocolState } from "../protocols/protocol.ts";
import { createRng } from "../rng.ts";
import { moveToRunner } from "../runner/move.ts";
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

/**
 * Does jobs one after the other. What those of a depth and a seed have in common is built once, and gone back to; so is the
 * same with a curve, in the runner.
 */
export class CurvePerformer {
  readonly #hre: HardhatRuntimeEnvironment;
  readonly #connection: NetworkConnection;
  readonly #stages = new StageKeeper();
  readonly #selling = new StageKeeper();

  constructor(hre: HardhatRuntimeEnvironment, connection: NetworkConnection) {
    this.#hre = hre;
    this.#connection = connection;
  }

  /** @throws Error if the run breaks an invariant: its numbers are worth nothing then. */
  async perform(job: CurveJob): Promise<CurveOutcome> {
    const { curve, fall, path: name, blocks, hasImpact } = job;
    const selling = `${stageOf(job)} ${curve}`;
    const { world, population, rng: drawn } = await this.#selling.restored(selling, () => this.#sellerFor(job));
    const path = curveCrash(fall, name, blocks).path(drawn.fork("path"));
    const bots = curve === NEVER ? NOBODY : BOTS;
    const rng = drawn.fork("run");
    const timed = { ...world, blockSeconds: blockSecondsOf(blocks) };
    const run = await runScenario(timed, population, { path, hasImpact, rng, bots });
    requireInvariants(run);
    return { metrics: run.metrics, hash: run.hash };
  }

  /** The world of a job before its crash, and what the pool shows then. */
  async show(job: CurveJob): Promise<{ readonly world: World; readonly state: ProtocolState }> {
    await this.#selling.close();
    const { world } = await this.#stages.at(stageOf(job), () => this.#makerFor(job));
    return { world, state: await world.protocol.readState() };
  }

  /** Takes back what was built. */
  async close(): Promise<void> {
    await this.#selling.close();
    await this.#stages.close();
  }

  #sellerFor(job: CurveJob): StageMaker {
    const common = () => this.#stages.restored(stageOf(job), () => this.#makerFor(job));
    const build = async () => (await common()).world.withCurve(job.curve === NEVER ? "fixed" : job.curve);
    const fill = async (world: World): Promise<Stage> => {
      const { population, rng } = await this.#stages.at(stageOf(job), () => this.#makerFor(job));
      await moveToRunner(this.#hre, this.#connection, world.chain);
      return { world, population, rng };
    };
    return { build, fill, close: ({ chain }) => chain.comeBack() };
  }

  #makerFor({ depth, seed, borrowers, loopers }: CurveJob): StageMaker {
    const rng = createRng(seed);
    const scenario = curveCrash(50, "flat", 100); // of it the world takes what all have in common
    const startPrice = scenario.keyframes[0].price;
    const profile = profileAt(depth);
    const build = () =>
      buildWorld(this.#hre, this.#connection, {
        ...{ scenario, startPrice, profile, curve: "fixed", features: "measured", priceRange: PRICE_RANGE },
      });
    const fill = async (built: World): Promise<Stage> => {
      const population = withoutDefences(
        planPopulation(rng.fork("population"), { borrowers, loopers }, profile, startPrice),
      );
      const members = createAgents(built, population, BOTS).flatMap((agent) => agent.members);
      const { capitalLiquidators } = BOTS;
      await populate(built, population, { members, rng, isLimited: false, loops: "given", capitalLiquidators });
      const world = await built.complete();
      await world.chain.unlock(createAgents(world, population, BOTS).flatMap((agent) => agent.members));
      return { world, population, rng };
    };
    return { build, fill };
  }
}
