import { Interface } from "ethers";

import { Arbitrageur, ARBITRAGEUR } from "../agents/arbitrageur.ts";
import { FeedHeartbeat } from "../agents/feed-heartbeat.ts";
import { RiskKeeper } from "../agents/risk-keeper.ts";
import { limitBorrower, limitLooper } from "../borrow-limit.ts";
import type { Parameters } from "../config.ts";
import { Exchange } from "../market/exchange.ts";
import type { EncodedCall } from "../market/uniswap-calls.ts";
import { addressOf, LOOP_ROUNDS, ltvFor, type LooperPlan, type Population } from "../population.ts";
import { encodeCall } from "../protocols/fast-abi.ts";
import type { Token } from "../protocols/protocol.ts";
import type { Rng } from "../rng.ts";
import { toUnits } from "../units.ts";
import { priorityFee, type Intent } from "./agent.ts";
import { Stepper, UnexpectedRevert } from "./stepper.ts";
import { WARM_UP_BLOCK_SECONDS, type World } from "./world.ts";

const MAX = (1n << 256n) - 1n;
/** Accounts that one transaction mints to. */
const MINT_PAGE = 200;
/** Part of the pool's depth that one step of opening a loop may use. */
const STEP_DEPTH_SHARE = 0.4;
/** Worst price of a step, as a share above the start price. */
const SLIPPAGE = 0.05;
/** Blocks between the last loop and the start of the scenario. */
const SETTLE_BLOCKS = 10;
const PLAIN_GAS = 500_000;

const tokenInterface = new Interface([
  "function mintBatch(address[] accounts, uint256[] amounts)",
  "function burn(address from, uint256 amount)",
  "function approve(address spender, uint256 amount)",
]);

/**
 * The arbitrageur's account at the exchange at the start: loan assets, and a short sale of what it holds on chain, so that
 * it is neutral to the price and its profit is what it trades for.
 */
export function arbitrageurAccount({ startPrice, parameters }: World): {
  readonly collateral: number;
  readonly loan: number;
} {
  const side = arbitrageurSide(parameters);
  return { collateral: -side / startPrice, loan: 2 * side };
}

/** Value of each of the two tokens that the arbitrageur holds on chain. [loan asset] */
function arbitrageurSide({ lab }: Parameters): number {
  return (lab.totalDebt * lab.arbitrageurCapitalShare) / 3;
}

function capitalLiquidatorsOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) => addressOf(`capital-liquidator-${i}`));
}

/** Accounts that may owe something. */
export function debtorsOf({ borrowers, loopers, dipBuyers }: Population): string[] {
  return [...borrowers, ...loopers, ...dipBuyers].map(({ address }) => address);
}

export interface PopulateOptions {
  readonly members: readonly string[];
  readonly rng: Rng;
  /** Everybody takes what the protocol lends at that moment, if it is less than was planned. */
  readonly isLimited: boolean;
  /**
   * `traded` (default): loopers buy in the Uniswap pool, in slices that it can take. `given`: they come with what they would have
   * bought, at the start price, and the pool is never touched: in a thin one buying would take longer than the run.
   */
  readonly loops?: "traded" | "given";
  /** How many desks share the liquidators' capital; default: as in the world's parameters. */
  readonly capitalLiquidators?: number;
}

/**
 * Brings the population into the world: lenders lend, borrowers borrow and spend, loopers loop, while the outside price
 * stands still and absorbs what is bought. Every transaction is a real one and must succeed.
 */
export async function populate(world: World, population: Population, options: PopulateOptions): Promise<void> {
  const { chain, protocol, parameters } = world;
  const { members, rng, isLimited, loops = "traded" } = options;
  const { capitalLiquidators = parameters.lab.capitalLiquidators } = options;
  const { borrowers, loopers, lenders, dipBuyers } = population;
  const desks = capitalLiquidatorsOf(capitalLiquidators);
  await chain.unlock(members);
  await fund(world, population, desks, loops === "given");

  const calls: { readonly from: string; readonly call: EncodedCall }[] = [];
  const approve = (from: string, token: Token, spender: string) =>
    calls.push({
      from,
      call: { to: token.address, data: encodeCall(tokenInterface, "approve", [spender, MAX]) },
    });
  for (const { address } of lenders) approve(address, protocol.loan, protocol.spender);
  for (const address of desks) approve(address, protocol.loan, protocol.spender);
  for (const token of [protocol.collateral, protocol.loan]) approve(ARBITRAGEUR, token, world.uniswap.swapRouter);
  for (const { address } of [...borrowers, ...loopers, ...dipBuyers]) {
    for (const call of protocol.permissions()) calls.push({ from: address, call });
  }
  for (const { address, deposit } of lenders) {
    calls.push({ from: address, call: protocol.deposit(toUnits(deposit, protocol.loan.decimals), address) });
  }
  await sendAll(world, calls);

  const { collateral, loan } = protocol;
  const limit = isLimited ? await protocol.readState() : undefined;
  await sendAll(
    world,
    borrowers.flatMap((planned) => {
      const { address: from, ...plan } =
        limit === undefined ? planned : limitBorrower(planned, limit, parameters.lab.minDebt);
      const spent = toUnits(plan.debt - plan.cash, loan.decimals);
      const burn = encodeCall(tokenInterface, "burn", [from, spent]);
      const supply = { from, call: protocol.supplyCollateral(toUnits(plan.collateral, collateral.decimals), from) };
      if (plan.debt === 0) return [supply];
      return [
        supply,
        { from, call: protocol.borrow(toUnits(plan.debt, loan.decimals), from) },
        { from, call: { to: loan.address, data: burn } },
      ];
    }),
  );
  if (loops === "traded") await openLoops(world, population, rng, isLimited);
  else await giveLoops(world, population);
}

/** Loopers with what they would have bought: they supply it, borrow its price, and that is spent. */
async function giveLoops(world: World, { loopers }: Population): Promise<void> {
  const { protocol, startPrice } = world;
  await sendAll(
    world,
    loopers.flatMap(({ address: from, equity, leverage }) => {
      const debt = toUnits(equity * (leverage - 1) * startPrice, protocol.loan.decimals);
      const burn = encodeCall(tokenInterface, "burn", [from, debt]);
      return [
        { from, call: protocol.supplyCollateral(toUnits(equity * leverage, protocol.collateral.decimals), from) },
        { from, call: protocol.borrow(debt, from) },
        { from, call: { to: protocol.loan.address, data: burn } },
      ];
    }),
  );
}

async function fund(
  world: World,
  { borrowers, loopers, lenders, dipBuyers }: Population,
  desks: readonly string[],
  isLoopGiven: boolean,
) {
  const { chain, protocol, startPrice, parameters } = world;
  const { lab } = parameters;
  const { collateral, loan } = protocol;
  const arbitrageur = arbitrageurSide(parameters);
  const capital = (lab.totalDebt * lab.liquidatorCapitalShare) / Math.max(1, desks.length);
  const collateralOf: [string, number][] = [
    ...borrowers.map(({ address, collateral: amount }): [string, number] => [address, amount]),
    ...loopers.map(({ address, equity, leverage }): [string, number] => {
      return [address, isLoopGiven ? equity * leverage : equity];
    }),
    ...dipBuyers.map(({ address, equity }): [string, number] => [address, equity]),
    [ARBITRAGEUR, arbitrageur / startPrice],
  ];
  const loanOf: [string, number][] = [
    ...lenders.map(({ address, deposit }): [string, number] => [address, deposit]),
    ...desks.map((address): [string, number] => [address, capital]),
    [ARBITRAGEUR, arbitrageur],
  ];
  for (const [token, shares] of [
    [collateral, collateralOf],
    [loan, loanOf],
  ] as const) {
    for (let i = 0; i < shares.length; i += MINT_PAGE) {
      const page = shares.slice(i, i + MINT_PAGE);
      // One base unit more than the plan, so that rounding down twice never falls short.
      const amounts = page.map(([, amount]) => toUnits(amount, token.decimals) + 1n);
      const data = encodeCall(tokenInterface, "mintBatch", [page.map(([address]) => address), amounts]);
      await chain.send({ from: ARBITRAGEUR, to: token.address, data, gas: 12_000_000, priorityFeeWei: 0n });
    }
  }
  await mineAll(world);
}

/** Calls in the order given, many in a block. */
async function sendAll(world: World, calls: readonly { readonly from: string; readonly call: EncodedCall }[]) {
  const perBlock = 500;
  for (let i = 0; i < calls.length; i += perBlock) {
    for (const { from, call } of calls.slice(i, i + perBlock)) {
      await world.chain.send({ ...call, from, gas: PLAIN_GAS, priorityFeeWei: 0n });
    }
    await mineAll(world);
  }
}

async function mineAll({ chain, protocol }: World): Promise<void> {
  const receipts = await chain.mine((await chain.timestamp()) + WARM_UP_BLOCK_SECONDS);
  const failed = receipts.find(({ ok }) => !ok);
  if (failed === undefined) return;
  const { name } = protocol.explain(await chain.revertDataOf(failed.hash));
  throw new UnexpectedRevert(`the population could not be set up: ${name}`);
}

async function openLoops(world: World, { loopers }: Population, rng: Rng, isLimited: boolean): Promise<void> {
  const { lab } = world.parameters;
  const exchange = new Exchange({
    ...{ depth: world.exchangeDepth, startPrice: world.startPrice, hasImpact: false },
    ...{ permanentShare: lab.permanentImpactShare, halfLifeSeconds: lab.impactHalfLifeSeconds },
  });
  const keepers = [new FeedHeartbeat(), ...(world.protocol.pokeRisk() === undefined ? [] : [new RiskKeeper(true)])];
  const volume = lab.totalDebt * 10; // the world sells to loopers as much as they want
  exchange.credit(ARBITRAGEUR, volume / world.startPrice, volume);
  const stepper = await Stepper.start(
    { ...world, blockSeconds: WARM_UP_BLOCK_SECONDS },
    { exchange, agents: [new Arbitrageur(world.uniswap), ...keepers], rng: rng.fork("warm-up"), accounts: [] },
  );
  const step = async (extra: readonly Intent[]) => {
    const { outcomes } = await stepper.step(world.startPrice, extra);
    const failed = outcomes.find(({ error, intent }) => error !== undefined && extra.includes(intent));
    if (failed !== undefined) throw new UnexpectedRevert(`a loop could not be opened: ${failed.error}`);
  };
  for (const planned of loopers) {
    const looper = isLimited ? limitLooper(planned, stepper.state, world.startPrice, lab.minDebt) : planned;
    for (const intent of stepsOf(world, looper)) {
      await step([intent]);
      await step([]); // arbitrage
    }
  }
  for (let i = 0; i < SETTLE_BLOCKS; ++i) await step([]);
}

/** Transactions that open a loop: rounds, or slices of a flash loop that the pool can take. */
function stepsOf({ protocol, startPrice, poolDepth }: World, looper: LooperPlan): Intent[] {
  const { address: from, equity, leverage } = looper;
  const { decimals } = protocol.collateral;
  const loan = (amount: number) => toUnits(amount, protocol.loan.decimals);
  const debt = equity * (leverage - 1) * startPrice;
  if (debt === 0) return [];
  const most = poolDepth * STEP_DEPTH_SHARE;
  const intent = (call: EncodedCall): Intent => {
    const label = looper.isFlash ? "flash loop" : "loop round";
    return { ...call, from, gas: 2_000_000, priorityFeeWei: priorityFee(1), label, touches: [from] };
  };
  const ltv = ltvFor(leverage, LOOP_ROUNDS);
  // The first round borrows most; where the pool is too thin for it, the looper uses the flash way in slices.
  if (!looper.isFlash && equity * startPrice * ltv <= 2 * most) {
    return Array.from({ length: LOOP_ROUNDS }, (_, round) =>
      intent(protocol.loopRound(round === 0 ? toUnits(equity, decimals) : 0n, ltv, startPrice * (1 + SLIPPAGE))),
    );
  }
  const slices = Math.ceil(debt / most);
  const bought = (equity * (leverage - 1)) / slices;
  const call = protocol.leverageUp(
    toUnits(equity / slices, decimals),
    toUnits(bought, decimals),
    loan(bought * startPrice * (1 + SLIPPAGE)),
  );
  return Array.from({ length: slices }, () => intent(call));
}
