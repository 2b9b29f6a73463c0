import { MaxUint256, ZeroAddress, type Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { poolAmounts, type UniswapPool } from "../../sim/market/uniswap-calls.ts";
import { deployUniswapV3 } from "../../sim/market/uniswap-deploy.ts";
import { unitPrice } from "../../sim/market/uniswap-math.ts";
import { addFullRangeLiquidity, approve, createPool, swapExactInput } from "../../sim/market/uniswap-pool.ts";
import { deployAccessManager } from "./oracle-fixtures.ts";
import { RATES } from "./pool-fixtures.ts";
import { wad } from "./volatility-fixtures.ts";

export const USD = 10n ** 6n;
export const ETHER = 10n ** 18n;
export const HOUR = 3_600n;
export const DAY = 86_400n;
const UNCAPPED = 2n ** 112n - 1n;
/** Of the loan asset's feed, where it has one. [s] */
const LOAN_HEARTBEAT = 7n * DAY;
/** As `ICircuitBreaker.Level`. */
export const Level = { Normal: 0n, Caution: 1n, Restricted: 2n, Recovery: 3n } as const;

/** Collaterals of 18 decimals, with what a price of theirs is and how a pool without an engine lists them. */
const ASSETS = [
  { symbol: "ETH", dollars: 2_000n, borrowFactorBps: 8_000n, liquidationFactorBps: 8_500n },
  { symbol: "ALT", dollars: 20n, borrowFactorBps: 7_000n, liquidationFactorBps: 7_500n },
] as const;

export const VOLATILITY = {
  ...{ interval: 1_800n, initialWad: wad(0.035), initialSlowWad: 0n, stressWad: wad(0.05), floorWad: wad(0.01) },
  ...{ clampWad: wad(1.5), impliedMaxAge: DAY },
};

export const FACTORS = {
  ...{ zHundredths: 400n, betaBps: 500n, bufferBps: 2_500n },
  ...{ minLiquidationFactorBps: 4_000n, maxLiquidationFactorBps: 9_000n },
  ...{
    freeLeverageBps: 30_000n,
    leverageSlopeBps: 500n,
    freeRiseBps: 1_000n,
    riseSlopeBps: 2_500n,
    maxAddOnBps: 1_500n,
  },
};

export const ENGINE_ASSET = { turnoverPerDayHundredths: 14_400n, sliceBps: 10_000n, depthMaxAge: 3_600n };
export const FLOW = { exitShareBps: 2_000n, exitWindow: HOUR, leverageTau: 6n * HOUR, outageGrace: 1_800n };
export const MAX_AGE = 3_600n;
/** By then the next poke asks for the volatility, or looks at the pool as a whole, whatever else there is to do. [s] */
export const LOOK_MAX_AGE = 300n;
/** By then it looks at the whole even if a sample of the volatility is due. [s] */
export const WHOLE_MAX_AGE = 600n;

async function newToken({ ethers }: NetworkConnection, symbol: string) {
  return ethers.deployContract("MockERC20", [symbol, symbol, 18]);
}

async function newFeed({ ethers }: NetworkConnection, symbol: string, dollars: bigint) {
  return ethers.deployContract("MockAggregator", [8, `${symbol} / USD`, dollars * 10n ** 8n]);
}

export interface RiskCollateral {
  readonly symbol: string;
  readonly token: Awaited<ReturnType<typeof newToken>>;
  readonly address: string;
  readonly market: UniswapPool;
  readonly feed: Awaited<ReturnType<typeof newFeed>>;
  readonly dollars: bigint;
}

export interface RiskOptions {
  readonly collaterals?: 1 | 2;
  readonly breaker?: boolean;
  /** False: the engine is there, but the pool has not been told of it. */
  readonly governed?: boolean;
  /** `LiquidationModule`, or a copy of it that lacks something. */
  readonly liquidationModule?: string;
  /** Feeds answer in dollars, of which one says what the loan asset is worth. */
  readonly loanFeed?: boolean;
}

/**
 * A pool of real parts, down to Uniswap v3 and the risk engine; only the feeds are mocks, which answer in the loan asset unless
 * that has a feed. The
 * governor acts without delay. `lender` has lent five million; `borrower` and `liquidator` hold every token.
 */
export async function deployRiskPool(connection: NetworkConnection, options: RiskOptions = {}) {
  const { ethers, networkHelpers } = connection;
  const { collaterals: count = 1, breaker: hasBreaker = true, governed = true } = options;
  const { liquidationModule = "LiquidationModule", loanFeed: hasLoanFeed = false } = options;
  const [governor, guardian, lender, borrower, liquidator, stranger] = await ethers.getSigners();
  const authority = await deployAccessManager(governor);
  const uniswap = await deployUniswapV3(governor);
  const loan = await ethers.deployContract("MockERC20", ["Dollar", "USD", 6]);
  const loanAddress = await loan.getAddress();
  const oracle = await ethers.deployContract("PriceOracle", [loanAddress, authority]);
  const oracleAddress = await oracle.getAddress();
  const poolAddressOf = async () => {
    const part = async (name: string) => (await ethers.deployContract(name, [loanAddress])).getAddress();
    return ethers.deployContract("LendingPool", [
      {
        ...{ asset: loanAddress, name: "Breakwater USD", symbol: "bwUSD", authority, oracle: oracleAddress },
        interestRateModel: await (await ethers.deployContract("KinkedRateModel", [RATES])).getAddress(),
        liquidationModule: await part(liquidationModule),
        adminModule: await part("PoolAdminModule"),
        riskModule: await part("PoolRiskModule"),
      },
    ]);
  };
  const pool = await poolAddressOf();
  const poolAddress = await pool.getAddress();
  const admin = await ethers.getContractAt("IPoolAdmin", poolAddress);
  const risk = await ethers.getContractAt("IPoolRisk", poolAddress);
  const liquidation = await ethers.getContractAt("ILiquidationModule", poolAddress);
  const volatility = await ethers.deployContract("VolatilityOracle", [oracleAddress, authority]);
  const liquidity = await ethers.deployContract("LiquidityOracle", [loanAddress, authority]);
  const model = await ethers.deployContract("CollateralFactorModel", [authority]);
  const breaker = await ethers.deployContract("CircuitBreaker", [authority]);
  const modules = {
    volatilityOracle: await volatility.getAddress(),
    liquidityOracle: await liquidity.getAddress(),
    factorModel: await model.getAddress(),
    breaker: hasBreaker ? await breaker.getAddress() : ZeroAddress,
  };
  const engine = await ethers.deployContract("RiskEngine", [poolAddress, authority, modules]);
  const engineAddress = await engine.getAddress();
  await loan.mint(governor.address, 10n ** 30n);
  await approve(governor, loanAddress, uniswap.positionManager);
  await approve(governor, loanAddress, uniswap.swapRouter);

  const collaterals: RiskCollateral[] = [];
  const curve = await (await ethers.deployContract("DutchCurve", [500, 1_000, 1_200])).getAddress();
  for (const { symbol, dollars } of ASSETS.slice(0, count)) {
    const token = await newToken(connection, symbol);
    const address = await token.getAddress();
    await token.mint(governor.address, 10n ** 40n);
    await approve(governor, address, uniswap.positionManager);
    await approve(governor, address, uniswap.swapRouter);
    const market = await createPool(governor, uniswap, {
      ...{ base: address, quote: loanAddress, fee: 500, observations: 400 },
      price: unitPrice({ numerator: dollars, denominator: 1n }, 18, 6),
    });
    const value = 60_000_000n;
    const amounts = poolAmounts(market, (value * ETHER) / dollars, value * USD);
    await addFullRangeLiquidity(governor, uniswap, market, amounts);
    const feed = await newFeed(connection, symbol, dollars);
    collaterals.push({ symbol, token, address, market, feed, dollars });
  }
  await networkHelpers.time.increase(2n * HOUR);
  const loanFeed = await newFeed(connection, "LOAN", 1n);
  if (hasLoanFeed) await oracle.setQuoteFeeds([{ source: await loanFeed.getAddress(), heartbeat: LOAN_HEARTBEAT }]);
  for (const [i, { address, market, feed, dollars }] of collaterals.entries()) {
    await feed.setAnswer(dollars * 10n ** 8n);
    await oracle.setMarket(address, {
      feeds: [{ source: await feed.getAddress(), heartbeat: 7_200n }],
      ...{ feedsInQuote: !hasLoanFeed, twapPool: market.address, twapWindow: 1_800n, snapshotMaxAge: 60n },
      ...{ emaTimeConstant: 3_600n, bandBps: 500n, bandWidenBpsPerMinute: 100n, requiredSources: 2n },
    });
    const { borrowFactorBps, liquidationFactorBps } = ASSETS[i];
    await admin.listCollateral({ token: address, borrowFactorBps, liquidationFactorBps, supplyCap: UNCAPPED, curve });
    await volatility.setAsset(address, { pool: market.address, ...VOLATILITY });
    await liquidity.setMarket(address, {
      ...{ pools: [market.address], impactBps: 200n, maxTicks: 64n, window: 1_800n },
      ...{ riseTau: 6n * HOUR, fallTau: 600n },
    });
    await model.setParameters(address, FACTORS);
    await engine.setAsset(address, ENGINE_ASSET);
  }
  await engine.setFlow(FLOW);
  await admin.setReserveFactor(1_000);

  const users: readonly Signer[] = [lender, borrower, liquidator];
  for (const user of users) {
    for (const token of [loan, ...collaterals.map((each) => each.token)]) {
      await token.mint(await user.getAddress(), 10_000_000n * 10n ** (await token.decimals()));
      await token.connect(user).approve(poolAddress, MaxUint256);
    }
  }
  await pool.connect(lender).deposit(5_000_000n * USD, lender.address);
  const pass = (seconds: bigint) => networkHelpers.time.increase(seconds);
  if (governed) {
    await risk.setRiskEngine(engineAddress, MAX_AGE);
    await pass(12n);
    for (const { address } of collaterals) await engine.poke(address);
  }
  /** Moves a feed and trades its Uniswap pool to a price. */
  const setFeed = (index: number, dollars: number) =>
    collaterals[index].feed.setAnswer(BigInt(Math.round(dollars * 1e8)));
  /** Sells collateral into the Uniswap pool, or buys it with loan assets. */
  const trade = (market: UniswapPool, tokenIn: string, amountIn: bigint) =>
    swapExactInput(governor, uniswap, market, { tokenIn, amountIn });
  return {
    ...{ connection, ethers, networkHelpers, governor, guardian, lender, borrower, liquidator, stranger, authority },
    ...{ loan, loanAddress, oracle, pool, poolAddress, admin, risk, liquidation, uniswap },
    ...{ volatility, liquidity, model, breaker, modules, engine, engineAddress, collaterals, pass, setFeed, trade },
    ...{ eth: collaterals[0], loanFeed },
  };
}

export type RiskPool = Awaited<ReturnType<typeof deployRiskPool>>;

/** One collateral, engine and breaker. */
export function riskPool(connection: NetworkConnection) {
  return deployRiskPool(connection);
}

/** The same without a breaker. */
export function riskPoolWithoutBreaker(connection: NetworkConnection) {
  return deployRiskPool(connection, { breaker: false });
}

/** Two collaterals, engine and breaker. */
export function twoCollateralRiskPool(connection: NetworkConnection) {
  return deployRiskPool(connection, { collaterals: 2 });
}

/** The pool has not been told of the engine: factors are what governance set. */
export function ungovernedRiskPool(connection: NetworkConnection) {
  return deployRiskPool(connection, { governed: false });
}
