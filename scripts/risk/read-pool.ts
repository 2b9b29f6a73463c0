import { Interface } from "ethers";

import type { PoolReading, TokenName } from "../../sim/risk/describe-pool.ts";
import type { AccountRisk } from "../../sim/risk/lens-types.ts";
import { encodeTag, type Block } from "../keeper/chain.ts";
import { failureOf, type Rpc } from "../keeper/rpc.ts";
import { readDebtors, type AccountOptions } from "./accounts.ts";
import type { Lens } from "./lens.ts";
import { readPages, readSums } from "./pages.ts";

const TOKEN = new Interface(["function symbol() view returns (string)", "function decimals() view returns (uint8)"]);

export interface ReadOptions extends AccountOptions {
  /** How many accounts to name, those nearest to liquidation. */
  readonly nearest: number;
  /** Worth of a whole loan asset in the system's unit; null: not known. */
  readonly unitPrice: number | null;
}

/** Everything about one pool, as of the lens's block. */
export async function readPool(
  rpc: Rpc,
  lens: Lens,
  poolAbi: Interface,
  pool: string,
  head: Block,
  options: ReadOptions,
): Promise<PoolReading> {
  const accounts = await readDebtors(rpc, pool, poolAbi, head, options);
  const state = await lens.poolOf(pool);
  const { sums, healthWad } = await readSums(accounts, (page) => lens.sumsOf(pool, page));
  const tokens: TokenName[] = [];
  for (const { token } of state.collaterals) tokens.push(await describeToken(rpc, token, head.number));
  return {
    ...{ pool, state, sums, tokens, unitPrice: options.unitPrice },
    symbol: (await describeToken(rpc, pool, head.number)).symbol,
    loan: await describeToken(rpc, state.loanAsset, head.number),
    figures: await lens.figuresOf(state, sums),
    nearest: await readNearest(lens, pool, accounts, healthWad, options.nearest),
  };
}

async function readNearest(
  lens: Lens,
  pool: string,
  accounts: readonly string[],
  healthWad: readonly bigint[],
  count: number,
) {
  const chosen = accounts
    .map((account, i) => ({ account, health: healthWad[i] }))
    .toSorted((a, b) => compare(a.health, b.health))
    .slice(0, count)
    .map(({ account }) => account);
  const risks: readonly AccountRisk[] = (await readPages(chosen, (page) => lens.accountsOf(pool, page))).flat();
  return chosen.map((account, i) => ({ account, risk: risks[i] }));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A token that does not say what it is called goes by its address; one without decimals is counted in base units. */
export async function describeToken(rpc: Rpc, token: string, block: number): Promise<TokenName> {
  const symbol = await ask(rpc, token, "symbol", block);
  const decimals = await ask(rpc, token, "decimals", block);
  return { token, symbol: symbol === undefined ? token.slice(0, 10) : String(symbol), decimals: Number(decimals ?? 0) };
}

async function ask(rpc: Rpc, to: string, name: "symbol" | "decimals", block: number): Promise<unknown> {
  let answer: string;
  try {
    const call = { to, data: TOKEN.encodeFunctionData(name) };
    answer = (await rpc.request("eth_call", [call, encodeTag(block)])) as string;
  } catch (error) {
    if (failureOf(error)?.kind === "revert") return undefined;
    throw error;
  }
  try {
    const [value] = TOKEN.decodeFunctionResult(name, answer) as unknown as [unknown];
    return value;
  } catch {
    return undefined; // a symbol in the style of 2016, of 32 bytes
  }
}
