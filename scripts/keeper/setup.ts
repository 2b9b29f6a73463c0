import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { isSimulatedChain } from "../../ignition/chain.ts";
import { loadDeployment, requirePool, type Deployment } from "../../sim/deployments.ts";
import { createRng } from "../../sim/rng.ts";
import { UserError } from "../../sim/user-error.ts";
import { chooseAccount } from "./account.ts";
import { AccountIndex } from "./account-index.ts";
import { Bookkeeping } from "./bookkeeping.ts";
import { Chain } from "./chain.ts";
import { CheckpointFile } from "./checkpoint.ts";
import { Contracts, readInterfaces } from "./contracts.ts";
import { findFirstBlock } from "./first-block.ts";
import { HealthScan } from "./health-scan.ts";
import { deployer, findHelpers } from "./helpers.ts";
import { Keeper } from "./keeper.ts";
import { Liquidations } from "./liquidations.ts";
import type { Log } from "./log.ts";
import { LogReader } from "./log-reader.ts";
import { readMarket } from "./market.ts";
import type { Metrics } from "./metrics.ts";
import { amount, type KeeperOptions } from "./options.ts";
import { poolEvents } from "./pool-events.ts";
import { nativeValue, Prices } from "./prices.ts";
import { RiskPokes } from "./risk-pokes.ts";
import { Rpc, type Eip1193 } from "./rpc.ts";
import { Sender } from "./sender.ts";
import { sleep as sleepForReal, type Sleep } from "./sleep.ts";

/** Pieces of history after which the index is saved on the way. */
const SAVE_PIECES = 20;
const MOST_PLANS = 12;
const MOST_PER_VENUE = 3;

export interface ReadyKeeper {
  readonly keeper: Keeper;
  readonly address: string;
  readonly pool: string;
  readonly state: string;
  /** Gives the checkpoint free. */
  readonly close: () => Promise<void>;
}

export interface KeeperSurroundings {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
  /** Default: the connection's. */
  readonly provider?: Eip1193;
  /** Between attempts. */
  readonly sleep?: Sleep;
}

/**
 * Puts a keeper together: pool, account, contracts to work with, and what is left of an earlier run.
 * @throws UserError for whatever the user can put right.
 */
export async function setUpKeeper(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  options: KeeperOptions,
  { log, metrics, signal, provider = connection.provider, sleep = sleepForReal }: KeeperSurroundings,
): Promise<ReadyKeeper> {
  const observe = (method: string, result: string) => metrics.requests.inc({ method, result });
  const seed = options.seed ?? `${process.pid}:${Date.now()}`;
  const rpc = new Rpc(provider, { sleep, signal, observe, rng: createRng(seed).fork("rpc") });
  const chain = new Chain(rpc);
  const chainId = await chain.chainId();
  const { pool, deployment } = await findPool(connection, options.pool);
  const account = await chooseAccount(connection, chain, options.account);
  const file = new CheckpointFile(options.state ?? defaultState(chainId, pool, account.address), {
    ...{ chainId, pool, account: account.address },
  });
  const unlock = await file.lock();
  try {
    const loaded = await file.load();
    const saved = "missing" in loaded ? undefined : loaded;
    const tag = options.tag ?? ((await isSimulatedChain(connection)) ? "pending" : "latest");
    const contracts = new Contracts(chain, await readInterfaces(hre), tag);
    const helpers = await findHelpers(
      chain,
      { options: known(options), deployment: known(deployment?.contracts), checkpoint: saved?.helpers ?? {} },
      options.deployHelpers ? deployer(connection, account.address, log) : undefined,
    );
    const venues = knownVenues(deployment, options.venues);
    let market = await readMarket(contracts, pool, venues);
    const keeperOptions = { liquidator: helpers.liquidator, keeper: account.address };
    const limits = { fees: options.fees, minProfit: amount(options.minProfit, market.loan.decimals, "--min-profit") };

    const events = poolEvents(contracts.abi.LendingPool);
    const reader = new LogReader(chain, {
      ...{ address: pool, topics: events.topics, range: options.logRange },
      onSplit: (range, reason) => {
        metrics.logSplits.inc();
        log("debug", "logs.split", { range, reason });
      },
    });
    const head = await chain.blockNumber();
    const fromBlock = options.fromBlock ?? saved?.index.fromBlock ?? (await findFirstBlock(chain, pool, head, log));
    let pieces = 0;
    const index: AccountIndex = new AccountIndex(chain, reader, {
      ...{ fromBlock, depth: options.depth, decode: events.decode },
      onProgress: async (to, until) => {
        if (++pieces % SAVE_PIECES !== 0 || to === until) return;
        log("info", "index.progress", { to, head: until, accounts: index.debtShares.size });
        await save();
      },
    });
    const book = new Bookkeeping(contracts, metrics, log, { ...keeperOptions, market: () => market });
    const sender: Sender = new Sender(chain, account, {
      ...{ fees: options.fees, log, persist: () => save(), settled: book.settled, explain: book.explain },
      repaired: (what) => metrics.repairs.inc({ what }),
      ...{ maxPending: options.maxPending, confirmations: options.confirmations },
      ...{ stuckBlocks: options.stuckBlocks, maxBumps: 6 },
    });
    const save = (): Promise<void> => file.save({ index: index.toJSON(), transactions: sender.save(), helpers });
    if (saved !== undefined) sender.restore(saved.transactions);
    const isResumed = saved !== undefined && index.restore(saved.index);
    if (options.deployHelpers) await save();

    const prices = new Prices(contracts, nativeValue(market, options.ethPriceWad));
    const scan = new HealthScan(contracts, { pool, lens: helpers.lens });
    const liquidations = new Liquidations(
      ...([contracts, sender, prices] as const),
      {
        ...{ ...keeperOptions, ...limits, keptBps: options.keptBps, bidBps: options.bidBps },
        ...{ kickYieldBps: options.kickYieldBps, unkicks: options.unkicks },
        ...{ mostPlans: MOST_PLANS, mostPerVenue: MOST_PER_VENUE },
      },
      log,
    );
    const pokes = new RiskPokes(
      ...([contracts, sender, prices] as const),
      { fees: options.fees, mode: options.poke, lens: helpers.lens, keeper: account.address },
      log,
    );
    const keeper = new Keeper(
      {
        ...{ contracts, index, scan, prices, liquidations, pokes, sender, bookkeeping: book, metrics, log },
        ...{ keeper: account.address, market: () => market, save, sleep, now: () => Date.now() },
        refreshMarket: async () => {
          market = await readMarket(contracts, pool, venues);
        },
      },
      options,
    );
    metrics.info.set({ pool, account: account.address, chain: String(chainId) }, 1);
    log("info", "keeper.ready", {
      ...{ pool, chainId, loan: market.loan.symbol, collaterals: market.collaterals.map(({ symbol }) => symbol) },
      ...{ ...helpers, state: file.path, fromBlock, tag, poke: options.poke },
      resumed: isResumed
        ? { block: index.block, accounts: index.debtShares.size, pending: sender.pending.length }
        : false,
      ...("missing" in loaded ? { why: loaded.missing } : {}),
    });
    return { keeper, address: account.address, pool, state: file.path, close: unlock };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** The pool that `--pool` names, or the deployed one. What a deployment says is used only for its own pool. */
async function findPool(
  connection: NetworkConnection,
  address: string | undefined,
): Promise<{ readonly pool: string; readonly deployment?: Deployment }> {
  const { provider } = connection.ethers;
  if (address === undefined) {
    const deployment = await loadDeployment(connection.networkName, provider);
    return { pool: deployment.contracts.pool, deployment };
  }
  await requirePool(provider, address, connection.networkName);
  const deployment = await loadDeployment(connection.networkName, provider).catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
  if (deployment === undefined || BigInt(deployment.contracts.pool) !== BigInt(address)) return { pool: address };
  return { pool: deployment.contracts.pool, deployment };
}

/** Only what is there, under the names of the helpers. */
function known(
  at: {
    readonly lens?: string;
    readonly liquidator?: string;
    readonly accountLens?: string;
    readonly flashLiquidator?: string;
  } = {},
) {
  const lens = at.lens ?? at.accountLens;
  const liquidator = at.liquidator ?? at.flashLiquidator;
  return { ...(lens === undefined ? {} : { lens }), ...(liquidator === undefined ? {} : { liquidator }) };
}

function knownVenues(
  deployment: Deployment | undefined,
  more: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  const venues = new Map([...more].map(([token, list]) => [token, [...list]]));
  for (const { token, uniswapPool } of deployment?.collaterals ?? []) {
    if (uniswapPool === undefined) continue;
    venues.set(token.toLowerCase(), [...(venues.get(token.toLowerCase()) ?? []), uniswapPool]);
  }
  return venues;
}

function defaultState(chainId: number, pool: string, account: string): string {
  const name = `${chainId}-${pool.slice(2, 10)}-${account.slice(2, 10)}.json`.toLowerCase();
  return path.join(process.env.BREAKWATER_KEEPER_STATE ?? ".keeper", name);
}
