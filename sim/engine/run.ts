import { createAgents, type Bots } from "../agents/create-agents.ts";
import { ARBITRAGEUR } from "../agents/arbitrageur.ts";
import { LAB } from "../config.ts";
import { Exchange } from "../market/exchange.ts";
import { AuctionRecorder } from "../metrics/auction.ts";
import { CongestionRecorder } from "../metrics/congestion.ts";
import { Recorder } from "../metrics/recorder.ts";
import type { AgentOutcome, RunProgress, RunResult } from "../metrics/run-result.ts";
import { wealthOf } from "../metrics/wealth.ts";
import type { Population } from "../population.ts";
import type { Rng } from "../rng.ts";
import type { PricePath } from "../scenarios/scenario.ts";
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
  /** Default: as in `LAB`. */
  readonly bots?: Bots;
  /** Who gets into blocks; default: everybody. */
  readonly space?: BlockSpace;
  /** How blocks are ordered; default: by fee. */
  readonly ordering?: OrderingName;
}

/**
 * Runs a scenario in a populated world, from its first block to its last.
 * @throws UnexpectedRevert if a transaction fails for a reason that is not a lost race, and Error if the lab's picture of
 * the positions has parted from the chain's.
 */
export async function runScenario(
  world: World,
  population: Population,
  { path, hasImpact, rng, bots, space, ordering = "fee" }: RunOptions,
  report: (progress: RunProgress) => void = () => undefined,
): Promise<RunResult> {
  const { protocol, startPrice } = world;
  const exchange = new Exchange({
    ...{ depth: world.exchangeDepth, startPrice, hasImpact },
    ...{ permanentShare: LAB.permanentImpactShare, halfLifeSeconds: LAB.impactHalfLifeSeconds },
  });
  const funds = arbitrageurAccount(world);
  exchange.credit(ARBITRAGEUR, funds.collateral, funds.loan);
  const agents = createAgents(world, population, bots);
  const stepper = await Stepper.start(world, {
    ...{ exchange, agents, rng, accounts: debtorsOf(population) },
    ...(space === undefined ? {} : { space }),
    ...(ordering === "fee" ? {} : { order: orderOf(ordering, rng.fork("block order")) }),
  });

  const before = await wealthOf(agents, protocol, exchange, stepper.state, startPrice);
  let collateral = 0n;
  for (const position of stepper.positions.values()) collateral += position.collateral;
  const blocks = path.length - 1;
  const auction = new AuctionRecorder(blocks);
  const congestion = space === undefined ? undefined : new CongestionRecorder(blocks);
  const recorder = new Recorder(blocks, {
    debtAtStart: toFloat(stepper.state.debtAssets, protocol.loan.decimals),
    collateralValueAtStart: toFloat(collateral, protocol.collateral.decimals) * startPrice,
    priceAtStart: startPrice,
  });
  const ledger = new GasLedger(agents);
  for (let block = 1; block < path.length; ++block) {
    const step = await stepper.step(path[block]);
    recorder.record(step, path[block]);
    await auction.record(step);
    congestion?.record(step);
    ledger.record(step);
    if (block % REPORT_EVERY === 0) report(recorder.progress(hasImpact ? "run" : "twin", block));
  }
  await requireSamePositions(stepper, world);
  const after = await wealthOf(agents, protocol, exchange, stepper.state, exchange.price);
  return {
    hasImpact,
    metrics: recorder.metrics,
    agents: agents.map((agent, i) => ledger.outcomeOf(agent, before[i], after[i])),
    series: recorder.series,
    auction: auction.result,
    congestion: congestion?.result ?? null,
    invariants: await protocol.checkInvariants(stepper.positions),
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
