import { Contract, type Signer } from "ethers";

import { factoryInterface } from "../sim/market/uniswap-artifacts.ts";
import { describePool, type UniswapPool } from "../sim/market/uniswap-calls.ts";
import { connectPool, type UniswapAddresses } from "../sim/market/uniswap-deploy.ts";
import { unitPrice } from "../sim/market/uniswap-math.ts";
import { addFullRangeLiquidity, approve, createPool, growObservations } from "../sim/market/uniswap-pool.ts";
import type { DemoCollateral, DemoParameters } from "./parameters.ts";

const mockTokenAbi = ["function mint(address to, uint256 amount)"];

/** Whole dollars' worth of a demo token. [base units, rounded down] */
export function dollarsOf(token: { readonly decimals: bigint; readonly priceUsd: bigint }, dollars: bigint): bigint {
  return (dollars * 10n ** token.decimals) / token.priceUsd;
}

/** Mints a demo token. */
export async function mint(signer: Signer, token: string, to: string, amount: bigint): Promise<void> {
  await (await new Contract(token, mockTokenAbi, signer).getFunction("mint").send(to, amount)).wait();
}

/**
 * Creates a collateral's Uniswap v3 pool at its price, with liquidity over all prices. What a run that was cut off has
 * already done is not done again.
 */
export async function createDemoMarket(
  signer: Signer,
  uniswap: UniswapAddresses,
  demo: DemoParameters,
  collateral: DemoCollateral,
  tokens: { readonly base: string; readonly quote: string },
): Promise<UniswapPool> {
  const fee = Number(collateral.uniswapFee);
  const described = describePool(uniswap.factory, tokens.base, tokens.quote, fee);
  const price = unitPrice(
    { numerator: collateral.priceUsd, denominator: demo.loan.priceUsd },
    Number(collateral.decimals),
    Number(demo.loan.decimals),
  );
  const factory = new Contract(uniswap.factory, factoryInterface, signer);
  const existing: unknown = await factory.getFunction("getPool").staticCall(tokens.base, tokens.quote, fee);
  const pool =
    BigInt(String(existing)) === 0n ? await createPool(signer, uniswap, { ...tokens, fee, price }) : described;
  await growObservations(signer, pool, Number(demo.observations));

  const liquidity: unknown = await connectPool(pool.address, signer).getFunction("liquidity").staticCall();
  if (liquidity !== 0n) return pool;
  const base = dollarsOf(collateral, collateral.liquidityUsd);
  const quote = dollarsOf(demo.loan, collateral.liquidityUsd);
  const owner = await signer.getAddress();
  await mint(signer, tokens.base, owner, base);
  await mint(signer, tokens.quote, owner, quote);
  await approve(signer, tokens.base, uniswap.positionManager);
  await approve(signer, tokens.quote, uniswap.positionManager);
  const [amount0, amount1] = pool.baseIsToken0 ? [base, quote] : [quote, base];
  await addFullRangeLiquidity(signer, uniswap, pool, { amount0, amount1 });
  return pool;
}
