import { isError, ZeroAddress } from "ethers";

import type { Contracts } from "./contracts.ts";
import { failureOf } from "./rpc.ts";

export interface Collateral {
  readonly token: string;
  readonly symbol: string;
  readonly decimals: number;
  /** Uniswap v3 pools where it can be sold for the loan asset. */
  readonly venues: readonly string[];
  /** Its factors follow the risk engine. */
  readonly isGoverned: boolean;
}

/** A pool and what it works with, as they are now. */
export interface Market {
  readonly pool: string;
  readonly loan: { readonly token: string; readonly symbol: string; readonly decimals: number };
  readonly oracle: string;
  readonly collaterals: readonly Collateral[];
  readonly engine?: {
    readonly address: string;
    readonly volatilityOracle: string;
    readonly liquidityOracle: string;
    readonly maxAge: number; // [s]
  };
}

/**
 * Reads a pool's surroundings. Where collateral can be sold the risk engine's depth markets say, besides what is known
 * already.
 * @param known Uniswap pools of a collateral, by its lower-case address.
 */
export async function readMarket(
  contracts: Contracts,
  pool: string,
  known: ReadonlyMap<string, readonly string[]>,
): Promise<Market> {
  const [loanToken] = (await contracts.read("LendingPool", pool, "asset")) as unknown as [string];
  const [config] = (await contracts.read("LendingPool", pool, "poolConfig")) as unknown as [{ oracle: string }];
  const [tokens] = (await contracts.read("LendingPool", pool, "collateralList")) as unknown as [string[]];
  const engine = await readEngine(contracts, pool);
  const collaterals: Collateral[] = [];
  for (const token of tokens) {
    const depth = engine === undefined ? undefined : await readDepth(contracts, engine, token);
    const venues = [...(known.get(token.toLowerCase()) ?? []), ...(depth?.venues ?? [])];
    collaterals.push({
      ...(await describeToken(contracts, token)),
      venues: [...new Map(venues.map((venue) => [venue.toLowerCase(), venue])).values()],
      isGoverned: depth !== undefined,
    });
  }
  return {
    ...{ pool, loan: await describeToken(contracts, loanToken), oracle: config.oracle, collaterals },
    ...(engine === undefined ? {} : { engine }),
  };
}

async function readEngine(contracts: Contracts, pool: string): Promise<Market["engine"]> {
  const [address, maxAge] = await contracts.read("PoolRiskModule", pool, "riskEngine");
  if (address === ZeroAddress) return undefined;
  const [modules] = (await contracts.read("RiskEngine", address as string, "modules")) as unknown as [
    { volatilityOracle: string; liquidityOracle: string },
  ];
  const { volatilityOracle, liquidityOracle } = modules;
  return { address: address as string, volatilityOracle, liquidityOracle, maxAge: Number(maxAge) };
}

/** Undefined: the engine does not know the collateral. */
async function readDepth(
  contracts: Contracts,
  { address, liquidityOracle }: NonNullable<Market["engine"]>,
  token: string,
): Promise<{ readonly venues: readonly string[] } | undefined> {
  try {
    const [config] = (await contracts.read("RiskEngine", address, "assetConfig", [token])) as unknown as [
      { depthMaxAge: bigint },
    ];
    if (config.depthMaxAge === 0n) return undefined;
    const [market] = (await contracts.read("LiquidityOracle", liquidityOracle, "marketOf", [token])) as unknown as [
      { pools: string[] },
    ];
    return { venues: [...market.pools] };
  } catch (error) {
    if (failureOf(error)?.kind === "revert") return undefined;
    throw error;
  }
}

async function describeToken(contracts: Contracts, token: string) {
  const [decimals] = await contracts.read("MockERC20", token, "decimals");
  return { token, symbol: await symbolOf(contracts, token), decimals: Number(decimals) };
}

/** For people only: some old tokens answer no text. */
async function symbolOf(contracts: Contracts, token: string): Promise<string> {
  try {
    return String((await contracts.read("MockERC20", token, "symbol"))[0]);
  } catch (error) {
    if (failureOf(error)?.kind === "revert" || isError(error, "BAD_DATA")) return token;
    throw error;
  }
}
