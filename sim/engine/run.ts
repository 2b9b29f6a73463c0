import { createAgents, type Bots } from "../agents/create-agents.ts";
import { ARBITRAGEUR } from "../agents/arbitrageur.ts";
import { Exchange } from "../market/exchange.ts";
import { AuctionRecorder } from "../metrics/auction.ts";
import { CongestionRecorder } from "../metrics/congestion.ts";
import { HistogramRecorder } from "../metrics/histograms.ts";
import { Recorder } from "../metrics/recorder.ts";
import type { AgentOutcome, RunProgress, RunResult } from "../metrics/run-result.ts";
import { wealthOf } from "../metrics/wealth.ts";
import type { Population } from "../population.ts";
import type { Rng } from "../rng.ts";
import type { PricePath } from "../scenarios/scenario.ts";
import type { Stress } from "../scenarios/stress.ts";
import { applyDroughts } from "../stress/market.ts";
import type { StackedPool } from "../stress/stack-pool.ts";
import { StackRun } from "../stress/stack-result.ts";
import { toFloat } from "../units.ts";
import type { Agent } from "./agent.ts";
import { orderOf, type OrderingName } from "./block-order.ts";
import type { BlockSpace } from "./block-space.ts";
import { arbitrageurAccount, debtorsOf } from "./populate.ts";
import { Stepper, type Step } from "./stepper.ts";
import type { World } from "./world.ts";

/** Told of the progress every so many blocks. */
const REPORT_EVERY = 20;

export interface RunOptions {
  readonly path: PricePath;
  /** False: the twin, in which nobody's trade moves the outside price. */
  readonly hasImpact: boolean;
  readonly rng: Rng;
  /** Default: as in the world's parameters. */
  readonly bots?: Bots;
  /** Who gets into blocks; default: everybody. */
  readonly space?: BlockSpace;
  /** How blocks are ordered; default: by fee. */
  readonly ordering?: OrderingName;
  /** What happens beside the price. */
  readonly stress?: Stress;
  /** What gas is paid in, one price a block, where it is not the collateral; default: as in `LAB`. */
  readonly etherPath?: PricePath;
  /** A second pool on top of the world's. */
  readonly stack?: StackedPool;
}

/**
 * Runs a scenario in a populated world, from its first block to its last.
 * @throws UnexpectedRevert if a transaction fails for a reason that is not a lost race, and Error if the lab's picture of
 * the positions has parted from the chain's.
 */
export async function runScenario(
  world: World,
  population: Population,
  { path, hasImpact, rng, bots, space, ordering = "fee", stress, etherPath, stack }: RunOptions,
  report: (progress: RunProgress) => void = () => undefined,
): Promise<RunResult> {
  const { protocol, startPrice, parameters } = world;
  const { permanentImpactShare: permanentShare, impactHalfLifeSeconds: halfLifeSeconds } = parameters.lab;
  const exchange = new Exchange({
    ...{ depth: world.exchangeDepth, startPrice, hasImpact },
    ...{ permanentShare, halfLifeSeconds },
  });
  const funds = arbitrageurAccount(world);
  exchange.credit(ARBITRAGEUR, funds.collateral, funds.loan);
  const stacked = stack === undefined ? undefined : new StackRun(stack);
  const agents = [...createAgents(world, population, bots, stress), ...(stacked?.agents() ?? [])];
  const stepper = await Stepper.start(world, {
    ...{ exchange, agents, rng, accounts: debtorsOf(population) },
    ...(space === undefined ? {} : { space }),
    ...(ordering === "fee" ? {} : { order: orderOf(ordering, rng.fork("block order")) }),
    ...(etherPath === undefined ? {} : { etherPath }),
  });

  await stacked?.begin(stepper.view());
  const wealth = async (price: number) => {
    const owned = await wealthOf(agents, protocol, exchange, stepper.state, price);
    if (stacked === undefined) return owned;
    return Promise.all(agents.map(async ({ kind }, i) => owned[i] + (await stacked.wealthOf(kind))));
  };
  const before = await wealth(startPrice);
  let collateral = 0n;
  for (const position of stepper.positions.values()) collateral += position.collateral;
  const blocks = path.length - 1;
  const auction = new AuctionRecorder(blocks);
  const congestion = space === undefined ? undefined : new CongestionRecorder(blocks);
  const histograms = new HistogramRecorder(blocks);
  const recorder = new Recorder(blocks, {
    debtAtStart: toFloat(stepper.state.debtAssets, protocol.loan.decimals),
    collateralValueAtStart: toFloat(collateral, protocol.collateral.decimals) * startPrice,
    priceAtStart: startPrice,
  });
  const ledger = new GasLedger(agents);
  for (let block = 1; block < path.length; ++block) {
    applyDroughts(exchange, stress?.droughts, block * world.blockSeconds);
    const step = await stepper.step(path[block]);
    recorder.record(step, path[block]);
    await auction.record(step);
    congestion?.record(step);
    histograms.record(step);
    ledger.record(step);
    stacked?.record(step);
    if (block % REPORT_EVERY === 0) report(recorder.progress(hasImpact ? "run" : "twin", block));
  }
  await requireSamePositions(stepper, world);
  const after = await wealth(exchange.price);
  return {
    hasImpact,
    metrics: recorder.metrics,
    agents: agents.map((agent, i) => ledger.outcomeOf(agent, before[i], after[i])),
    series: recorder.series,
    auction: auction.result,
    congestion: congestion?.result ?? null,
    histograms: histograms.result,
    ...(stacked === undefined ? {} : { stack: await stacked.end() }),
    invariants: [...(await protocol.checkInvariants(stepper.positions)), ...((await stacked?.invariants()) ?? [])],
    hash: recorder.hash,
  };
}

/** The picture that agents decided by must be the chain's, to the last unit. */
async function requireSamePositions({ positions }: Stepper, { protocol }: World): Promise<void> {
  const accounts = [...positions.keys()];
  const read = await protocol.readPositions(accounts);
  accounts.forEach((account, i) => {
    const known = positions.get(account);
    if (known?.collateral === read[i].collateral && known.debtShares === read[i].debtShares) return;
    throw new Error(`the lab lost track of ${account}`);
  });
}

/** Who paid for which gas. */
class GasLedger {
  readonly #byMember = new Map<string, { cost: number; sent: number; failed: number }>();

  constructor(agents: readonly Agent[]) {
    for (const { members } of agents) {
      for (const member of members) this.#byMember.set(member, { cost: 0, sent: 0, failed: 0 });
    }
  }

  record({ view, outcomes }: Step): void {
    for (const { intent, receipt } of outcomes) {
      const entry = this.#byMember.get(intent.from);
      if (entry === undefined) throw new Error(`${intent.from} belongs to no agent`);
      entry.cost += toFloat(receipt.feeWei, 18) * view.etherPrice;
      entry.sent += 1;
      if (!receipt.ok) entry.failed += 1;
    }
  }

  outcomeOf({ kind, name, members }: Agent, equityAtStart: number, equityAtEnd: number): AgentOutcome {
    const total = { gasCost: 0, transactions: 0, failedTransactions: 0 };
    for (const member of members) {
      const entry = this.#byMember.get(member);
      total.gasCost += entry?.cost ?? 0;
      total.transactions += entry?.sent ?? 0;
      total.failedTransactions += entry?.failed ?? 0;
    }
    const profit = equityAtEnd - equityAtStart - total.gasCost;
    return { kind, name, members: members.length, equityAtStart, equityAtEnd, profit, ...total };
  }
}
