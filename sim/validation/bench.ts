import { Interface } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { LAB, PROFILES, type AssetProfile, type Features } from "../config.ts";
import type { Receipt } from "../engine/chain.ts";
import { buildWorld, type World } from "../engine/world.ts";
import type { CurveName } from "../liquidation-curves.ts";
import { encodeSwapExactInput, type EncodedCall } from "../market/uniswap-calls.ts";
import { addressOf } from "../population.ts";
import type { Position, Protocol, ProtocolState, Token } from "../protocols/protocol.ts";
import { calmScenario } from "../scenarios/calm.ts";
import { toFloat, toUnits } from "../units.ts";

const MAX = (1n << 256n) - 1n;
/** Enough for anything that the checks buy or sell. [base units] */
const PLENTY = 10n ** 36n;
const LENT = 50_000_000; // [loan asset]
/** What needs more than a plain transfer: takes that ask the risk engine first. */
const GAS = 3_000_000;
/** Feed and average agree again after so long. [s] */
const SETTLE_SECONDS = 4 * LAB.twapWindowSeconds;
const SETTLE_STEPS = 4;

export const LENDER = addressOf("validation lender");
/** Moves the on-chain market to where a check wants it, and takes what is for sale. */
export const TRADER = addressOf("validation trader");

const tokens = new Interface([
  "function mint(address to, uint256 amount)",
  "function approve(address spender, uint256 amount)",
]);

export interface BenchOptions {
  readonly curve: CurveName;
  readonly startPrice?: number;
  readonly features?: Features;
  readonly profile?: Partial<AssetProfile>;
  readonly blockSeconds?: number;
  /** The Uniswap pool's liquidity covers prices from the start price ÷ this to × this. */
  readonly priceRange?: number;
  /** Done once the lender has lent, before the pool gets what its features promise: no risk engine limits it yet. */
  readonly first?: (bench: Bench) => Promise<void>;
}

export type Sent = readonly [from: string, call: EncodedCall];

/**
 * A lab world with a lender and a trader in it and nobody else: the real pool, oracle and Uniswap, for checks that set
 * up what they need. Everything is sent in blocks, as in a run.
 */
export class Bench {
  #world: World;
  #unlocked = new Set<string>();
  #origin: { readonly snapshot: unknown; readonly unlocked: ReadonlySet<string> } | undefined;

  private constructor(world: World) {
    this.#world = world;
  }

  static async open(
    hre: HardhatRuntimeEnvironment,
    connection: NetworkConnection,
    { curve, startPrice = 2_000, features = "static", profile, blockSeconds, first, ...range }: BenchOptions,
  ): Promise<Bench> {
    const calm = calmScenario("WETH");
    const built = await buildWorld(hre, connection, {
      ...{ scenario: { ...calm, blockSeconds: blockSeconds ?? calm.blockSeconds }, curve, startPrice, features },
      ...{ profile: { ...PROFILES.WETH, ...profile }, ...range },
    });
    try {
      const bench = new Bench(built);
      await bench.#prepare();
      await first?.(bench);
      bench.#world = await built.complete();
      return bench;
    } catch (error) {
      await built.chain.close();
      throw error;
    }
  }

  get world(): World {
    return this.#world;
  }

  get protocol(): Protocol {
    return this.#world.protocol;
  }

  /** Takes everything back. */
  async close(): Promise<void> {
    await this.world.chain.close();
  }

  /** From here on `reset` brings the world back to now. */
  async mark(): Promise<void> {
    this.#origin = { snapshot: await this.world.chain.snapshot(), unlocked: new Set(this.#unlocked) };
  }

  async reset(): Promise<void> {
    if (this.#origin === undefined) throw new Error("nothing to go back to");
    await this.world.chain.revert(this.#origin.snapshot);
    this.#unlocked = new Set(this.#origin.unlocked);
    await this.mark(); // a snapshot serves once
  }

  async #prepare(): Promise<void> {
    const { collateral, loan, spender } = this.protocol;
    const { swapRouter } = this.world.uniswap;
    await this.block([
      [LENDER, this.mint(loan, LENDER, toUnits(LENT, loan.decimals))],
      [LENDER, this.approve(loan, spender)],
      [LENDER, this.protocol.deposit(toUnits(LENT, loan.decimals), LENDER)],
      ...[collateral, loan].flatMap((token): Sent[] => [
        [TRADER, this.mint(token, TRADER, PLENTY)],
        [TRADER, this.approve(token, swapRouter)],
        [TRADER, this.approve(token, spender)],
      ]),
    ]);
  }

  mint({ address }: Token, to: string, amount: bigint): EncodedCall {
    return { to: address, data: tokens.encodeFunctionData("mint", [to, amount]) };
  }

  approve({ address }: Token, spender: string): EncodedCall {
    return { to: address, data: tokens.encodeFunctionData("approve", [spender, MAX]) };
  }

  /** What an account sends to put up collateral and owe something. [whole units] */
  open(account: string, collateral: number, debt: number): Sent[] {
    const { protocol } = this;
    const amount = toUnits(collateral, protocol.collateral.decimals);
    const calls = [
      this.mint(protocol.collateral, account, amount),
      this.approve(protocol.collateral, protocol.spender),
      protocol.supplyCollateral(amount, account),
      ...(debt === 0 ? [] : [protocol.borrow(toUnits(debt, protocol.loan.decimals), account)]),
    ];
    return calls.map((call): Sent => [account, call]);
  }

  /**
   * Mines one block with the calls in it, in their order.
   * @throws Error naming the first that reverts.
   */
  async block(calls: readonly Sent[], seconds = 1): Promise<Receipt[]> {
    const { chain, protocol } = this.world;
    const strangers = [...new Set(calls.map(([from]) => from))].filter((from) => !this.#unlocked.has(from));
    await chain.unlock(strangers);
    for (const stranger of strangers) this.#unlocked.add(stranger);
    let tip = BigInt(calls.length); // the dearest first: the order of sending
    for (const [from, call] of calls) await chain.send({ ...call, from, gas: GAS, priorityFeeWei: tip-- });
    const receipts = await chain.mine((await chain.timestamp()) + seconds);
    for (const [i, { ok, hash }] of receipts.entries()) {
      if (ok) continue;
      const { name } = protocol.explain(await chain.revertDataOf(hash));
      throw new Error(`call ${i + 1} of ${calls.length}, from ${calls[i][0]}, reverted with ${name}`);
    }
    return receipts;
  }

  /** Mines one block with one call in it, which may revert. */
  async tryBlock([from, call]: Sent, seconds = 1): Promise<Receipt[]> {
    const { chain } = this.world;
    await chain.send({ ...call, from, gas: GAS, priorityFeeWei: 0n });
    return chain.mine((await chain.timestamp()) + seconds);
  }

  /** Everything that follows the market does so now. */
  async follow(seconds = 1): Promise<void> {
    const pokes = [this.protocol.poke(), this.protocol.pokeDepth(), this.protocol.pokeRisk()];
    const calls = [this.protocol.publishPrice(await this.marketPrice()), ...pokes];
    const wanted = calls.filter((call) => call !== undefined).map((call): Sent => [TRADER, call]);
    await this.block(wanted, seconds);
  }

  /** Price of the on-chain market. */
  async marketPrice(): Promise<number> {
    return (await this.world.readVenue()).price;
  }

  /** The trader moves the on-chain market to a price. */
  async moveMarket(target: number): Promise<void> {
    const { collateral, loan } = this.protocol;
    const venue = await this.world.readVenue();
    if (venue.price === target) return;
    const swap = encodeSwapExactInput(this.world.uniswap, venue.pool, {
      tokenIn: target < venue.price ? collateral.address : loan.address,
      ...{ recipient: TRADER, sqrtPriceLimitX96: venue.sqrtPriceX96At(target), amountIn: PLENTY / 10n },
    });
    await this.block([[TRADER, swap]]);
  }

  /** The trader sells collateral on chain. [base units] */
  sell(amountIn: bigint, venue: Parameters<typeof encodeSwapExactInput>[1]): Sent {
    const tokenIn = this.protocol.collateral.address;
    return [TRADER, encodeSwapExactInput(this.world.uniswap, venue, { tokenIn, recipient: TRADER, amountIn })];
  }

  /** The market moves to a price and stays there until feed, average and the pool's own measurements have followed. */
  async settleAt(price: number): Promise<void> {
    await this.moveMarket(price);
    for (let i = 0; i < SETTLE_STEPS; ++i) await this.follow(SETTLE_SECONDS / SETTLE_STEPS);
  }

  async state(): Promise<ProtocolState> {
    return this.protocol.readState();
  }

  async positionOf(account: string): Promise<Position> {
    return (await this.protocol.readPositions([account]))[0];
  }

  /** Debt that the collateral carries ÷ debt, as the pool sees it. Infinity without debt. */
  async healthOf(account: string): Promise<number> {
    const [state, position] = [await this.state(), await this.positionOf(account)];
    if (position.debtShares === 0n) return Number.POSITIVE_INFINITY;
    const capacity = this.protocol.liquidationCapacityOf(position, state);
    return toFloat(capacity, 0) / toFloat(this.protocol.debtOf(position, state), 0);
  }
}

/** Where checks are made: on a chain that is left as it was found. */
export interface Lab {
  readonly hre: HardhatRuntimeEnvironment;
  readonly connection: NetworkConnection;
}

/** Opens a bench for one check and takes it back, whatever happens. */
export async function withBench<T>(
  { hre, connection }: Lab,
  options: BenchOptions,
  act: (bench: Bench) => Promise<T>,
): Promise<T> {
  const bench = await Bench.open(hre, connection, options);
  try {
    return await act(bench);
  } finally {
    await bench.close();
  }
}

/** How deep the Uniswap pool must be for its reserve of the loan asset, at a price, to be so much. [share of the lab's debt] */
export function poolDepthShareOf(reserve: number, price: number, startPrice: number): number {
  const liquidity = reserve / Math.sqrt(price);
  return (liquidity * Math.sqrt(startPrice) * (1 - Math.sqrt(0.98))) / LAB.totalDebt;
}
