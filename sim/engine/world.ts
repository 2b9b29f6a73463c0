import type { Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { DEFAULTS, LOAN_DECIMALS, PROFILES, scaledProfile } from "../config.ts";
import type { AssetProfile, Features, Parameters } from "../config.ts";
import { curveOf, type CurveName } from "../liquidation-curves.ts";
import { poolInterface } from "../market/uniswap-artifacts.ts";
import { poolSqrtPriceX96 } from "../market/uniswap-calls.ts";
import { deployUniswapV3, type UniswapAddresses } from "../market/uniswap-deploy.ts";
import { amountsUpForLiquidity } from "../market/uniswap-liquidity.ts";
import { tickAtSqrtPriceX96, unitPrice, usableTickDown, type Rational } from "../market/uniswap-math.ts";
import { addLiquidity, approve, createPool, growObservations } from "../market/uniswap-pool.ts";
import { Venue } from "../market/venue.ts";
import { Breakwater } from "../protocols/breakwater.ts";
import { deployBreakwater, deployCurve } from "../protocols/breakwater-deploy.ts";
import { deployMeasuring } from "../protocols/breakwater-risk.ts";
import type { Protocol, Token } from "../protocols/protocol.ts";
import { deployRival, type RivalName } from "../protocols/rival-deploy.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { Chain } from "./chain.ts";
import { createFounder } from "./founder.ts";

/** The lab's clock starts here, so that a run does not depend on the day it is made. [unix s] */
const EPOCH = 2_000_000_000;
/** The Uniswap pool's liquidity covers prices from the start price ÷ this to × this. */
const RANGE = 8;
/** Block time while the population is set up. */
export const WARM_UP_BLOCK_SECONDS = 12;

/** Everything that stands before anybody acts: the chain, the tokens, the market and the protocol. */
export interface World {
  readonly chain: Chain;
  readonly parameters: Parameters;
  readonly profile: AssetProfile;
  readonly features: Features;
  /** See `WorldOptions`. */
  readonly lendingScale: number;
  readonly protocol: Protocol;
  readonly uniswap: UniswapAddresses;
  /** Address of the Uniswap pool. */
  readonly venue: string;
  readonly startPrice: number;
  readonly blockSeconds: number;
  readonly baseFeeWei: bigint;
  /** Depth of the outside market: value that moves it by 2 %. [loan asset] */
  readonly exchangeDepth: number;
  /** The same of the Uniswap pool. */
  readonly poolDepth: number;
  /** The Uniswap pool as it is now. */
  readVenue(): Promise<Venue>;
  /**
   * Everybody has borrowed: the same world, with all that its features promise. To be called once; agents that come with them
   * are to be unlocked.
   */
  complete(): Promise<World>;
  /** The same world, in which collateral is sold by another curve from now on. */
  withCurve(curve: CurveName): Promise<World>;
}

/** What a world is built for. */
export interface WorldOptions {
  readonly scenario: Scenario;
  /** Default: `DEFAULTS`. */
  readonly parameters?: Parameters;
  readonly curve: CurveName;
  /** Of the collateral in the loan asset. [whole units] */
  readonly startPrice: number;
  readonly features?: Features;
  /** How the pool lists the collateral; default: `PROFILES`. */
  readonly profile?: AssetProfile;
  /**
   * Makes the pool lend more (above 1) or less than it would: of a static pool it scales both collateral factors; of a
   * dynamic one it divides the quantile z of the risk engine's model. Default: 1.
   */
  readonly lendingScale?: number;
  /** The Uniswap pool's liquidity covers prices from the start price ÷ this to × this; default: 8. */
  readonly priceRange?: number;
  /** In the place of our own pool; it has a listing, liquidations and rates of its own. */
  readonly rival?: RivalName;
}

/**
 * Builds the world on a simulated chain. `world.chain.close()` takes it all back.
 */
export async function buildWorld(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  options: WorldOptions,
): Promise<World> {
  const { scenario, curve, startPrice, features = "static", lendingScale = 1, parameters = DEFAULTS } = options;
  const { lab } = parameters;
  const baseFeeWei = BigInt(Math.round(lab.baseFeeGwei * 1e9));
  const listed = options.profile ?? PROFILES[scenario.asset];
  const profile = isListed(features) ? scaledProfile(listed, lendingScale) : listed;
  const chain = await Chain.open(connection.provider, baseFeeWei);
  try {
    if ((await chain.timestamp()) < EPOCH) await chain.mine(EPOCH);
    const founder = await createFounder(connection, chain);
    const collateral = await deployToken(connection, founder, scenario.asset, profile.decimals);
    const loan = await deployToken(connection, founder, scenario.loan, LOAN_DECIMALS[scenario.loan]);
    const poolDepth = lab.totalDebt * profile.poolDepthShare;
    const { uniswap, readVenue } = await createMarket(connection, chain, founder, collateral, loan, {
      fee: lab.uniswapFee,
      price: startPrice,
      depth: poolDepth,
      range: options.priceRange ?? RANGE,
      // One a second at most, however many blocks there are in it.
      observations:
        Math.ceil(lab.twapWindowSeconds / Math.min(Math.max(1, scenario.blockSeconds), WARM_UP_BLOCK_SECONDS)) + 10,
    });
    const venue = await readVenue();
    await chain.mine((await chain.timestamp()) + lab.twapWindowSeconds + 1); // the average needs a history
    const market = {
      ...{ collateral, loan, profile, startPrice, lendingScale, parameters },
      ...{ venue: venue.pool.address, volatilityBefore: scenario.volatilityBefore },
    };
    const common = {
      ...{ chain, parameters, profile, features, lendingScale, uniswap, startPrice, poolDepth, readVenue },
      venue: venue.pool.address,
      blockSeconds: scenario.blockSeconds,
      baseFeeWei,
      exchangeDepth: lab.totalDebt * profile.exchangeDepthShare,
    };
    if (options.rival !== undefined) {
      const asked = { ...market, asset: scenario.asset };
      const protocol = await deployRival(hre, connection, chain, founder, options.rival, asked);
      await chain.holdBlocks();
      const world: World = {
        ...{ ...common, protocol },
        complete: () => Promise.resolve(world),
        withCurve: () => Promise.reject(new Error(`${protocol.name} sells by no curve of ours`)),
      };
      return world;
    }
    const addresses = await deployBreakwater(connection, founder, { ...market, curve, features });
    const { kickLifeSeconds } = curveOf(curve, parameters.curve);
    const tokens = { collateral, loan, kickLifeSeconds, minDebt: lab.minDebt };
    const protocol = await Breakwater.connect(hre, chain, addresses, tokens);
    await chain.holdBlocks();
    const governed = async <T>(act: () => Promise<T>): Promise<T> => {
      await chain.releaseBlocks();
      const result = await act();
      await chain.holdBlocks();
      return result;
    };
    const worldOf = (current: Breakwater): World => ({
      ...{ ...common, protocol: current },
      complete: async () => {
        if (features !== "measured") return worldOf(current);
        const risk = await governed(() => deployMeasuring(connection, founder, { ...market, ...addresses }));
        return worldOf(current.adapted({ kickLifeSeconds: current.kickLifeSeconds, risk }));
      },
      withCurve: async (next) => {
        await governed(async () => {
          const admin = await connection.ethers.getContractAt("IPoolAdmin", addresses.pool, founder);
          const address = await deployCurve(connection, founder, next, parameters.curve);
          await (await admin.setLiquidationCurve(collateral.address, address)).wait();
        });
        return worldOf(current.adapted({ kickLifeSeconds: curveOf(next, parameters.curve).kickLifeSeconds }));
      },
    });
    return worldOf(protocol);
  } catch (error) {
    await chain.close();
    throw error;
  }
}

/** Whether the pool's factors are those that it was listed with. */
export function isListed(features: Features): boolean {
  return features === "static" || features === "measured";
}

async function deployToken(
  { ethers }: NetworkConnection,
  founder: Signer,
  symbol: string,
  decimals: number,
): Promise<Token> {
  const token = await ethers.deployContract("MockERC20", [`Lab ${symbol}`, symbol, decimals], founder);
  await token.waitForDeployment();
  return { address: await token.getAddress(), symbol, decimals };
}

/** A Uniswap v3 pool with one provider whose liquidity makes the price fall by 2 % when `depth` is sold. */
async function createMarket(
  { ethers }: NetworkConnection,
  chain: Chain,
  provider: Signer,
  base: Token,
  quote: Token,
  market: {
    /** Of the pool. [hundredths of a bip] */
    readonly fee: number;
    readonly price: number;
    readonly depth: number;
    readonly range: number;
    readonly observations: number;
  },
) {
  const owner = await provider.getAddress();
  const uniswap = await deployUniswapV3(provider);
  const price = unitPrice(rational(market.price), base.decimals, quote.decimals);
  const pool = await createPool(provider, uniswap, {
    ...{ base: base.address, quote: quote.address, fee: market.fee, price },
  });
  await growObservations(provider, pool, market.observations);

  const sqrtPriceX96 = poolSqrtPriceX96(pool, price);
  const tick = tickAtSqrtPriceX96(sqrtPriceX96);
  const halfRange = Math.floor(Math.log(market.range) / Math.log(1.0001));
  const range = {
    tickLower: usableTickDown(tick - halfRange, pool.tickSpacing),
    tickUpper: usableTickDown(tick + halfRange, pool.tickSpacing),
  };
  // Quote out of a fall to P(1 − 2 %) is L·√P·(1 − √0.98).
  const liquidity = market.depth / (Math.sqrt(market.price) * (1 - Math.sqrt(0.98)));
  const scale = 10 ** ((base.decimals + quote.decimals) / 2);
  const amounts = amountsUpForLiquidity(BigInt(Math.floor(liquidity * scale)), sqrtPriceX96, range);
  for (const [token, amount] of [
    [pool.token0, amounts.amount0],
    [pool.token1, amounts.amount1],
  ] as const) {
    const contract = await ethers.getContractAt("MockERC20", token, provider);
    await (await contract.mint(owner, amount)).wait();
    await approve(provider, token, uniswap.positionManager);
  }
  await addLiquidity(provider, uniswap, pool, { ...range, ...amounts });

  const readVenue = async () => {
    const ask = async (name: string) => {
      const data = await chain.call(pool.address, poolInterface.encodeFunctionData(name));
      return poolInterface.decodeFunctionResult(name, data)[0] as bigint;
    };
    const [now, active] = await Promise.all([ask("slot0"), ask("liquidity")]);
    const decimals = { base: base.decimals, quote: quote.decimals };
    return new Venue(pool, decimals, { sqrtPriceX96: now, liquidity: active });
  };
  return { uniswap, readVenue };
}

function rational(price: number): Rational {
  const denominator = 10n ** 9n;
  return { numerator: BigInt(Math.round(price * 1e9)), denominator };
}
