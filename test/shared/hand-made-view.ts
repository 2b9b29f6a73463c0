import type { Interface } from "ethers";
import hre from "hardhat";

import { LAB } from "../../sim/config.ts";
import type { Intent, Outcome, View } from "../../sim/engine/agent.ts";
import { Chain, type Receipt } from "../../sim/engine/chain.ts";
import { swapRouterInterface } from "../../sim/market/uniswap-artifacts.ts";
import { describePool } from "../../sim/market/uniswap-calls.ts";
import { Venue, type Log, type VenueSwap } from "../../sim/market/venue.ts";
import { addressOf } from "../../sim/population.ts";
import { readInterfaces, type BreakwaterInterfaces } from "../../sim/protocols/breakwater-calls.ts";
import { Breakwater } from "../../sim/protocols/breakwater.ts";
import type { Protocol, ProtocolState, SaleOffer } from "../../sim/protocols/protocol.ts";

export const WETH = { address: addressOf("test: WETH"), symbol: "WETH", decimals: 18 };
export const USDC = { address: addressOf("test: USDC"), symbol: "USDC", decimals: 6 };
export const AT = {
  ...{ pool: addressOf("test: pool"), oracle: addressOf("test: oracle"), feed: addressOf("test: feed") },
  ...{ venue: addressOf("test: venue"), router: addressOf("test: router"), lens: addressOf("test: lens") },
  ...{ flashLiquidator: addressOf("test: flash liquidator"), authority: addressOf("test: authority") },
};
export const UNISWAP = {
  ...{ weth9: WETH.address, factory: addressOf("test: factory"), quoter: addressOf("test: quoter") },
  ...{ positionManager: addressOf("test: positions"), swapRouter: addressOf("test: swap router") },
};
/** When a kick of the Dutch curve runs out, as in `world.ts`. */
export const KICK_LIFE = LAB.dutchSeconds + 1_800;

/** Our own pool's adapter, which encodes and computes as ever but has nobody to read from, and what reads its calls. */
export async function openBench(kickLifeSeconds?: number) {
  const silent = { request: () => Promise.resolve(null) };
  const chain = await Chain.open(silent, 0n);
  const interfaces = await readInterfaces(hre);
  const protocol: Protocol = await Breakwater.connect(hre, chain, AT, {
    collateral: WETH,
    loan: USDC,
    kickLifeSeconds,
  });
  return { protocol, interfaces, decode: createDecoder(interfaces) };
}

export type Bench = Awaited<ReturnType<typeof openBench>>;

/** Amounts in whole tokens, prices in dollars; a share of debt is a unit of debt. */
export interface Scene {
  readonly protocol: Protocol;
  readonly price?: number; // outside: 2,000
  readonly venuePrice?: number; // default: the outside price
  readonly oraclePrice?: number; // default: the outside price
  /** L of the venue in whole tokens; a million makes it deep. */
  readonly liquidity?: number;
  readonly seconds?: number;
  readonly state?: Partial<ProtocolState>;
  readonly positions?: Readonly<Record<string, { collateral: number; debt: number; kickedAt?: number }>>;
  /** By token and owner: `USDC 0x…`, `WETH 0x…` or `shares 0x…`. */
  readonly balances?: Readonly<Record<string, number>>;
  readonly holdings?: { readonly collateral: number; readonly loan: number };
  readonly offers?: readonly SaleOffer[];
  readonly logImpactPerUnit?: number;
  readonly baseFeeWei?: bigint;
  readonly venue?: Venue;
}

export const dollars = (amount: number) => BigInt(Math.round(amount * 1e6));
export const ether = (amount: number) => BigInt(Math.round(amount * 1e9)) * 10n ** 9n;
/** An offer of `collateral` WETH at `price` each, or in parts that grow to that, each unit between two at its own price. */
export function offerOf(account: string, ...steps: readonly [collateral: number, price: number][]): SaleOffer {
  let [sold, repay] = [0, 0];
  const parts = steps.map(([collateral, price]) => {
    repay += (collateral - sold) * price;
    sold = collateral;
    return { collateral: ether(collateral), repay: dollars(repay) };
  });
  return { account, parts };
}

/** Second 0 of the scenario. [unix s] */
export const START_TIME = 2_000_000_000;

/** What agents are shown. */
export function handMadeView(scene: Scene): View {
  const { protocol, price = 2_000, seconds = 12, balances = {}, offers = [] } = scene;
  const positions = Object.entries(scene.positions ?? {}).map(([account, { collateral, debt, kickedAt = 0 }]) => {
    return [account, { collateral: ether(collateral), debtShares: dollars(debt), kickedAt }] as const;
  });
  // Lender shares have six decimals more than the loan asset, and are worth one each.
  const sharesOf = (owner: string) => dollars(balances[`shares ${owner}`] ?? 0) * 10n ** 6n;
  Object.assign(protocol, {
    readLenderShares: (owners: readonly string[]) => Promise.resolve(owners.map(sharesOf)),
  });
  return {
    ...{
      lab: LAB,
      block: seconds / 12,
      seconds,
      timestamp: START_TIME + seconds,
      blockSeconds: 12,
      marketPrice: price,
      protocol,
    },
    logImpactPerUnit: scene.logImpactPerUnit ?? 0,
    venue: scene.venue ?? handMadeVenue(scene.venuePrice ?? price, scene.liquidity ?? 1e6),
    state: { ...stateAt(scene.oraclePrice ?? price), ...scene.state },
    positions: new Map(positions),
    baseFeeWei: scene.baseFeeWei ?? 0n,
    etherPrice: price,
    holdings: () => scene.holdings ?? { collateral: 0, loan: 0 },
    balanceOf: (token, owner) => {
      const of = (name: string) => balances[`${name} ${owner}`] ?? 0;
      if (token === WETH.address) return Promise.resolve(ether(of("WETH")));
      return Promise.resolve(token === USDC.address ? dollars(of("USDC")) : sharesOf(owner));
    },
    offers: (accounts) =>
      Promise.resolve(
        accounts.map((account) => offers.find((known) => known.account === account) ?? { account, parts: [] }),
      ),
  };
}

/** A pool of WETH and USDC at 0.05 %. */
export function handMadeVenue(price: number, liquidity: number, [base, quote] = [WETH, USDC]): Venue {
  const pool = describePool(UNISWAP.factory, base.address, quote.address, LAB.uniswapFee);
  const scale = 10 ** ((base.decimals + quote.decimals) / 2);
  const decimals = { base: base.decimals, quote: quote.decimals };
  const state = { sqrtPriceX96: 1n, liquidity: BigInt(Math.floor(liquidity * scale)) };
  const sqrtPriceX96 = new Venue(pool, decimals, state).sqrtPriceX96At(price);
  return new Venue(pool, decimals, { ...state, sqrtPriceX96 });
}

function stateAt(oraclePrice: number): ProtocolState {
  const total = 10n ** 14n; // a hundred million
  return {
    ...{ timestamp: START_TIME, debtAssets: total, debtShares: total, cash: 25n * 10n ** 12n, reserves: 0n },
    ...{ lenderAssets: 125n * 10n ** 12n, lenderShares: 125n * 10n ** 18n },
    ...{ borrowFactor: 0.8, liquidationFactor: 0.825, liquidationFactorBps: 8_250n },
    liquidationPrice36: dollars(oraclePrice) * 10n ** 18n,
    ...{ oraclePrice, priceFresh: true, borrowPrice: oraclePrice, breakerLevel: 0, poolBreakerLevel: 0 },
    ...{ reserve: Infinity, liquidationDiscount: 0, isRiskStale: false, exitableShares: 125n * 10n ** 18n },
  };
}

/** What an intent calls, as the contract at its address understands it. */
function createDecoder(abi: BreakwaterInterfaces) {
  const targets: readonly [string, Interface][] = [
    [WETH.address, abi.MockERC20],
    [USDC.address, abi.MockERC20],
    [AT.oracle, abi.PriceOracle],
    [AT.feed, abi.MockAggregator],
    [AT.router, abi.LeverageRouter],
    [AT.flashLiquidator, abi.FlashLiquidator],
    [AT.pool, abi.LendingPool],
    [AT.pool, abi.LiquidationModule],
    [UNISWAP.swapRouter, swapRouterInterface],
  ];
  return ({ to, data }: Pick<Intent, "to" | "data">): { name: string; args: readonly unknown[] } => {
    for (const [address, known] of targets) {
      const call = address === to ? known.parseTransaction({ data }) : null;
      if (call !== null) return { name: call.name, args: call.args.toArray(true) };
    }
    throw new Error(`nobody at ${to} understands ${data.slice(0, 10)}`);
  };
}

/** What became of an intent: it succeeded, unless said otherwise. */
export function outcomeOf(intent: Intent, parts: { ok?: boolean; swap?: VenueSwap; logs?: readonly Log[] } = {}) {
  const { ok = true, swap, logs = [] } = parts;
  const receipt: Receipt = { ok, gasUsed: 100_000n, feeWei: 0n, index: 0, logs, hash: "0x" };
  const outcome: Outcome = { intent, receipt, ...(swap === undefined ? {} : { swap }) };
  return outcome;
}
