import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { createAgents } from "./agents/create-agents.ts";
import { NO_LATENCY, type Latency } from "./agents/late.ts";
import { CongestedSpace } from "./congestion/congested-space.ts";
import { CONGESTION } from "./congestion/parameters.ts";
import { Demand, demandFromPath } from "./congestion/profile.ts";
import { DEFAULTS, type AssetProfile, type Features, type Parameters } from "./config.ts";
import { inDeployedWorld, type Worlds } from "./deployed-world.ts";
import type { OrderingName } from "./engine/block-order.ts";
import { populate } from "./engine/populate.ts";
import { runScenario, type RunOptions } from "./engine/run.ts";
import { isListed, type World } from "./engine/world.ts";
import { CURVES, type CurveName } from "./liquidation-curves.ts";
import { SCHEMA_VERSION, type RunProgress, type RunResult, type ShockResult } from "./metrics/run-result.ts";
import { planPopulation, type Population } from "./population.ts";
import { createRng, type Rng } from "./rng.ts";
import type { AssetSymbol, PricePath, Scenario } from "./scenarios/scenario.ts";
import { explainStress } from "./stress/explain.ts";
import { buildStack } from "./stress/stack-pool.ts";
import { stressPopulation } from "./stress/population.ts";
import { toFloat } from "./units.ts";
import { UserError } from "./user-error.ts";

export interface ShockOptions {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly borrowers: number;
  readonly loopers: number;
  readonly curve: CurveName;
  /** Default: static. */
  readonly features?: Features;
  /** Default: none. */
  readonly dipBuyers?: number;
  /** Blocks are full, as the scenario says or as its price moves; default: there is room for all. */
  readonly congestion?: boolean;
  /** Of liquidators and the kicker, in blocks; default: none. */
  readonly latency?: Latency;
  /** How blocks are ordered; default: by fee. */
  readonly ordering?: OrderingName;
  /** What executes blocks: EDR's Solidity runner where it can be had (default), or the connection's own. Results are equal. */
  readonly engine?: "runner" | "node";
}

/** For comparisons: what the pool is, and whose wishes the population has. */
export interface OnceOptions extends ShockOptions {
  /** How the pool lists the collateral; default: `PROFILES`. */
  readonly profile?: AssetProfile;
  /** Under which the population drew its wishes, whatever the pool lends; default: the pool's own. */
  readonly wishes?: AssetProfile;
  /** Makes the pool lend more (above 1) or less than it would; default: 1. See `WorldOptions`. */
  readonly lendingScale?: number;
  /** Default: `DEFAULTS`. */
  readonly parameters?: Parameters;
}

/** Start ÷ low that the world's usual range of prices is made for, and a range for falls beyond it. */
const USUAL_FALL = 4;
const WIDE_RANGE = 1e6;

type Report = (progress: RunProgress) => void;
const SILENT: Report = () => undefined;

/**
 * Replays a scenario against the real contracts, with the market's feedback and without, on a chain that is left as it
 * was found.
 * @param connection A simulated chain: in process, or a Hardhat node.
 */
export async function runShock(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  options: ShockOptions,
  report: Report = SILENT,
): Promise<Omit<ShockResult, "command">> {
  const { scenario, seed, borrowers, loopers, curve, features = "static", dipBuyers = 0 } = options;
  const { latency = NO_LATENCY, ordering = "fee" } = options;
  const congestion = isCongested(options);
  const isLimited = !isListed(features); // what a static pool lends is what the population was drawn for
  return inWorld(hre, connection, options, isLimited, report, async (stage) => {
    const { world, population, path } = stage;
    const start = await world.chain.snapshot();
    const run = await performIn(stage, options, true, report);
    await world.chain.revert(start);
    const twin = await performIn(stage, options, false, report);

    const fall = twin.metrics.priceAtStart - twin.metrics.priceLow;
    return {
      schemaVersion: SCHEMA_VERSION,
      scenario: {
        ...{ name: scenario.name, title: scenario.title, source: scenario.source },
        ...{ asset: scenario.asset, loan: scenario.loan },
        ...{ durationSeconds: scenario.durationSeconds, blockSeconds: scenario.blockSeconds },
        ...(scenario.stress === undefined ? {} : { stresses: explainStress(scenario.stress) }),
      },
      ...{ seed, curve, features, congestion, latencyBlocks: latency, run, twin },
      population: { borrowers, loopers, lenders: population.lenders.length, dipBuyers },
      parameters: {
        ...parametersOf(world, scenario.asset, curve),
        ...(congestion ? plain(CONGESTION, "congestion.") : {}),
        ...(ordering === "fee" ? {} : { ordering }), // a result without it has always meant this
      },
      exogenousLow: lowOf(path),
      amplification: fall > 0 ? (run.metrics.priceAtStart - run.metrics.priceLow) / fall : null,
    };
  });
}

/**
 * The same without the twin, for sweeps: half the time. Everybody borrows what they wish for or what the pool lends, so
 * that one population can meet many pools.
 * @param worlds Keeps what was deployed for the next run that wants the same; it is to be closed by whoever opened it.
 * @returns The amplification is against the scenario's own low, which is the twin's; null if that never fell.
 */
export async function runOnce(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  options: OnceOptions,
  report: Report = SILENT,
  worlds?: Worlds,
): Promise<{ readonly run: RunResult; readonly amplification: number | null }> {
  const act = async (stage: Stage) => {
    const run = await performIn(stage, options, true, report);
    const { priceAtStart, priceLow } = run.metrics;
    const fall = priceAtStart - lowOf(stage.path);
    return { run, amplification: fall > 0 ? (priceAtStart - priceLow) / fall : null };
  };
  return inWorld(hre, connection, options, true, report, act, worlds);
}

/** What the pool lends to the population of `runOnce` while nothing happens. [loan asset] */
export async function measureLending(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  options: OnceOptions,
): Promise<number> {
  return inWorld(hre, connection, options, true, SILENT, async ({ world: { protocol } }) => {
    return toFloat((await protocol.readState()).debtAssets, protocol.loan.decimals);
  });
}

interface Stage {
  readonly world: World;
  readonly population: Population;
  readonly path: PricePath;
  readonly rng: Rng;
  /** The second pool of a scenario that has one. */
  readonly stack: Pick<RunOptions, "stack">;
}

/** Whether the market feels it or not, the draws are the same: runs differ in its feedback and in nothing else. */
function performIn(stage: Stage, options: ShockOptions, hasImpact: boolean, report: Report): Promise<RunResult> {
  const { world, population, path, rng, stack } = stage;
  const { latency = NO_LATENCY, ordering = "fee" } = options;
  const run = rng.fork("run");
  const conditions = conditionsOf(options, { path, rng, run });
  const bots = { ...world.parameters.lab, latency };
  return runScenario(world, population, { path, hasImpact, rng: run, bots, ordering, ...conditions, ...stack }, report);
}

/** Builds and populates a world, lets something be done in it, and takes it back. */
async function inWorld<T>(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  options: OnceOptions,
  isLimited: boolean,
  report: Report,
  act: (stage: Stage) => Promise<T>,
  worlds?: Worlds,
): Promise<T> {
  const { scenario, seed, borrowers, loopers, dipBuyers = 0, parameters = DEFAULTS } = options;
  requireFineClock(connection, scenario);
  const rng = createRng(seed);
  const path = scenario.path(rng.fork("path"));
  const startPrice = path[0];
  const stage = (phase: RunProgress["phase"]) =>
    report({
      ...{ phase, block: 0, blocks: path.length - 1, marketPrice: startPrice },
      ...{ underWaterAccounts: 0, liquidatedDebt: 0, badDebt: 0 },
    });

  stage("deploy");
  const asked = { ...options, startPrice, ...rangeFor(scenario, path) };
  return inDeployedWorld(hre, connection, asked, canMove(options), worlds, async (world) => {
    stage("populate");
    const counts = { borrowers, loopers, dipBuyers };
    const wishes = options.wishes ?? world.profile;
    const drawn = planPopulation(rng.fork("population"), counts, wishes, startPrice, parameters.lab);
    const population = stressPopulation(drawn, scenario.stress, wishes, startPrice, parameters.lab);
    const membersOf = (current: World) =>
      createAgents(current, population, undefined, scenario.stress).flatMap((agent) => agent.members);
    await populate(world, population, { members: membersOf(world), rng, isLimited });
    const complete = await world.complete();
    await complete.chain.unlock(membersOf(complete));
    const wanted = scenario.stress?.stack;
    const stack =
      wanted === undefined ? {} : { stack: await buildStack(hre, connection, complete, wanted, rng.fork("stack")) };
    return act({ world: complete, population, path, rng, stack });
  });
}

/** What is deployed when everybody has borrowed, an engine or a second pool, is deployed on the provider's chain. */
function canMove({ engine, features, scenario }: OnceOptions): boolean {
  return engine !== "node" && features !== "measured" && scenario.stress?.stack === undefined;
}

/** @throws UserError if the scenario's blocks are shorter than the chain's clock can tell apart, and the chain minds. */
function requireFineClock({ networkConfig, networkName }: NetworkConnection, { name, blockSeconds }: Scenario): void {
  if (blockSeconds >= 1 || networkConfig.type !== "edr-simulated" || networkConfig.allowBlocksWithSameTimestamp) return;
  throw new UserError(
    `${name} has several blocks a second, and network "${networkName}" allows one: take --network rollup`,
  );
}

/** Whether blocks are full: because somebody wants it, or because the scenario has it so. */
function isCongested({ congestion = false, scenario }: Pick<ShockOptions, "scenario" | "congestion">): boolean {
  return congestion || scenario.stress?.isCongested === true;
}

/** What a run meets beside the price: the same for the run and its twin. */
export function conditionsOf(
  options: Pick<ShockOptions, "scenario" | "congestion">,
  { path, rng, run }: { readonly path: PricePath; readonly rng: Rng; readonly run: Rng },
): Pick<RunOptions, "space" | "stress" | "etherPath"> {
  const { scenario } = options;
  const etherPath = scenario.others?.(rng.fork("path")).WETH;
  return {
    ...(isCongested(options) ? { space: congestedSpace(scenario, path, run.fork("congestion")) } : {}),
    ...(scenario.stress === undefined ? {} : { stress: scenario.stress }),
    ...(etherPath === undefined ? {} : { etherPath }),
  };
}

/**
 * A collapse leaves the range in which the on-chain pool has liquidity, and so may any fall in a drought, unless that is laid
 * out for it: selling takes the price far below the scenario's own low.
 */
export function rangeFor({ stress }: Scenario, path: PricePath): { readonly priceRange?: number } {
  return stress?.droughts !== undefined || path[0] > USUAL_FALL * lowOf(path) ? { priceRange: WIDE_RANGE } : {};
}

function lowOf(path: PricePath): number {
  return path.reduce((low, price) => Math.min(low, price), Infinity);
}

/** Full blocks: with what else is to be written there. */
function congestedSpace(scenario: Scenario, path: PricePath, rng: Rng): CongestedSpace {
  const profile = scenario.congestion ?? demandFromPath(path, scenario.blockSeconds);
  return new CongestedSpace(new Demand(profile, rng), CONGESTION.medianBidGwei);
}

/** The curve's, and of a pool that is judged the engine's, by the names that sweeps have for them. */
function parametersOf(
  { parameters, profile, features, exchangeDepth, poolDepth }: World,
  asset: AssetSymbol,
  curve: CurveName,
): Record<string, number | string> {
  const { factors, assets, ...risk } = parameters.risk;
  return {
    ...plain({ ...parameters.lab, ...profile, exchangeDepth, poolDepth }),
    ...plain({ ...CURVES[curve], ...parameters.curve }, "curve."),
    ...(features === "static"
      ? {}
      : { ...plain({ ...risk, ...assets[asset] }, "risk."), ...plain(factors, "risk.factors.") }),
  };
}

function plain(parameters: Readonly<Record<string, number | readonly number[]>>, prefix = "") {
  const entries = Object.entries(parameters);
  return Object.fromEntries(
    entries.map(([name, value]) => [`${prefix}${name}`, typeof value === "number" ? value : value.join("–")]),
  );
}
