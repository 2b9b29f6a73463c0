import { MaxUint256 } from "ethers";

import { encodeSwapExactInput } from "../../sim/market/uniswap-calls.ts";
import { poolSqrtPriceX96 } from "../../sim/market/uniswap-calls.ts";
import { unitPrice } from "../../sim/market/uniswap-math.ts";
import { PACED } from "../../test/shared/gas-fixture.ts";
import { deployAccessManager } from "../../test/shared/oracle-fixtures.ts";
import { RATES } from "../../test/shared/pool-fixtures.ts";
import { ENGINE_ASSET, FACTORS, FLOW, MAX_AGE, VOLATILITY } from "../../test/shared/risk-fixtures.ts";
import { encoder, type Subject } from "./subject.ts";
import { USD, type World } from "./world.ts";

/** What a collateral is listed with, until the engine says otherwise; and the bound of what the engine may say. */
const LISTED = { borrowFactorBps: 8_000n, liquidationFactorBps: 8_500n };
const SUPPLY_CAP = 10_000_000n; // [whole tokens]
const FEED_UNIT = 10n ** 8n;
const QUOTE_HEARTBEAT = 604_800n; // of the loan asset's own feed, as in the demo. [s]
/** Floor of the correlation of two collaterals, and what it is first. [%] */
const CORRELATION = [30, 40] as const;
const POOL_CAP = 100_000_000n * USD; // of what is lent, and of debts
const KICK_TIP = 5n * USD;
const KEEPER = 1; // the first that registers
const TAKEN = 10n; // [whole tokens]
const PAID = 20_000n * USD; // at most

export type OraclePath = "constant" | "real";

/**
 * Our pool with everything on: the risk engine and all that it asks, breaker and correlations, and the paced curve. With the real
 * oracle, prices come from a feed and Uniswap's average; with the constant one, from a slot, as every protocol's here.
 */
export async function deployBreakwater(world: World, path: OraclePath): Promise<Subject> {
  const { ethers, chain, governor, loan, collaterals } = world;
  const deploy = async (name: string, ...args: unknown[]) => {
    const contract = await ethers.deployContract(name, args, governor);
    const address = await contract.getAddress();
    return { address, call: encoder(address, contract.interface), interface: contract.interface };
  };
  const send = (call: Parameters<typeof chain.send>[1]) => chain.send(governor, call);
  const authority = await deployAccessManager(governor);
  const oracle = await (path === "real"
    ? deploy("PriceOracle", loan.address, authority)
    : deploy("ConstantPriceOracle", loan.address));
  const pool = await deploy("LendingPool", {
    ...{ asset: loan.address, name: "Breakwater USD", symbol: "bwUSD", authority, oracle: oracle.address },
    interestRateModel: (await deploy("KinkedRateModel", RATES)).address,
    liquidationModule: (await deploy("LiquidationModule", loan.address)).address,
    adminModule: (await deploy("PoolAdminModule", loan.address)).address,
    riskModule: (await deploy("PoolRiskModule", loan.address)).address,
  });
  const [admin, poolRisk, liquidation] = [
    encoder(pool.address, await world.interfaceOf("PoolAdminModule")),
    encoder(pool.address, await world.interfaceOf("PoolRiskModule")),
    encoder(pool.address, await world.interfaceOf("LiquidationModule")),
  ];
  const volatility = await deploy("VolatilityOracle", oracle.address, authority);
  const liquidity = await deploy("LiquidityOracle", loan.address, authority);
  const model = await deploy("CollateralFactorModel", authority);
  const engine = await deploy("RiskEngine", pool.address, authority, {
    ...{ volatilityOracle: volatility.address, liquidityOracle: liquidity.address, factorModel: model.address },
    breaker: (await deploy("CircuitBreaker", authority)).address,
  });
  const curve = await deploy("PacedCurve", ...PACED);

  const feeds: { readonly push: (dollars: bigint) => Promise<void>; dollars: bigint }[] = [];
  if (path === "real") {
    const quote = await deploy("MockAggregator", 8, "loan asset / USD", FEED_UNIT);
    await send(oracle.call("setQuoteFeeds", [{ source: quote.address, heartbeat: QUOTE_HEARTBEAT }]));
  }
  for (const { address, symbol, dollars, unit, market } of collaterals) {
    if (path === "real") {
      const feed = await deploy("MockAggregator", 8, `${symbol} / USD`, dollars * FEED_UNIT);
      feeds.push({ dollars, push: (now) => send(feed.call("setAnswer", now * FEED_UNIT)) });
      await send(
        oracle.call("setMarket", address, {
          feeds: [{ source: feed.address, heartbeat: 7_200n }],
          ...{ feedsInQuote: false, twapPool: market.address, twapWindow: 1_800n, snapshotMaxAge: 60n },
          ...{ emaTimeConstant: 3_600n, bandBps: 500n, bandWidenBpsPerMinute: 100n, requiredSources: 2n },
        }),
      );
    } else {
      const push = (now: bigint) => send(oracle.call("setPrice", address, (now * USD * 10n ** 36n) / unit));
      feeds.push({ dollars, push });
      await push(dollars);
    }
    await send(
      admin("listCollateral", { token: address, ...LISTED, supplyCap: SUPPLY_CAP * unit, curve: curve.address }),
    );
    await send(volatility.call("setAsset", address, { pool: market.address, ...VOLATILITY }));
    await send(
      liquidity.call("setMarket", address, {
        ...{ pools: [market.address], impactBps: 200n, maxTicks: 64n, window: 1_800n },
        ...{ riseTau: 21_600n, fallTau: 600n },
      }),
    );
    await send(model.call("setParameters", address, FACTORS));
    await send(engine.call("setAsset", address, ENGINE_ASSET));
  }
  for (const [i, { address }] of collaterals.entries()) {
    for (const other of collaterals.slice(i + 1)) {
      await send(volatility.call("setPair", address, other.address, ...CORRELATION));
    }
  }
  await send(engine.call("setFlow", FLOW));
  await send(admin("setReserveFactor", 1_000n));
  await send(admin("setMinDebt", 100n * USD));
  await send(poolRisk("setRiskEngine", engine.address, MAX_AGE));

  /** Feeds report, and depth and correlations are measured anew. */
  const prepareAllButSnapshot = async () => {
    if (path === "real") for (const { push, dollars } of feeds) await push(dollars);
    for (const { address } of collaterals) await send(liquidity.call("pokeDepth", address));
    for (const { address } of collaterals) await send(engine.call("pokeCorrelations", address));
  };
  const prepare = async () => {
    await prepareAllButSnapshot();
    for (const { address } of collaterals) await send(engine.call("poke", address));
  };
  const setPrice = async (dollars: bigint) => {
    const [{ decimals, market, address }] = collaterals;
    feeds[0].dollars = dollars;
    await feeds[0].push(dollars);
    if (path === "constant") return;
    const price = unitPrice({ numerator: dollars, denominator: 1n }, decimals, loan.decimals);
    const swap = {
      ...{ tokenIn: address, recipient: governor.address, amountIn: 10n ** 30n },
      sqrtPriceLimitX96: poolSqrtPriceX96(market, price),
    };
    await send(encodeSwapExactInput(world.uniswap, market, swap));
  };

  const [call, tokenOf] = [pool.call, (index: number) => collaterals[index].address];
  const ask = async (name: string, user: string) =>
    (await chain.ask(pool.address, pool.interface, name, user)) as bigint;
  const order = (account: string) => [account, tokenOf(0), TAKEN * collaterals[0].unit] as const;
  return {
    ...{ name: "Breakwater", spender: pool.address, collaterals: 3, prepare, setPrice },
    supply: (user, amount) => call("deposit", amount, user),
    withdraw: (user, amount) => call("withdraw", amount, user, user),
    withdrawAll: async (user) => call("redeem", await ask("balanceOf", user), user, user),
    supplyCollateral: (user, index, amount) => call("supplyCollateral", tokenOf(index), amount, user, "0x"),
    withdrawCollateral: (user, index, amount) => call("withdrawCollateral", tokenOf(index), amount, user, user),
    borrow: (user, amount) => call("borrow", amount, 0, user, user),
    repay: (user, amount) => call("repay", amount, 0, user, "0x"),
    repayAll: async (user) => call("repay", 0, await ask("debtSharesOf", user), user, "0x"),
    liquidate: (liquidator, account) => liquidation("take", ...order(account), PAID, liquidator, "0x"),
    flashLoan: (receiver, amount) => call("flashLoan", receiver, loan.address, amount, "0x"),
    flashLoanFor: (receiver, amount) => call("flashLoan", receiver, loan.address, amount, "0x"),
    setCaps: () => send(admin("setPoolCaps", POOL_CAP, POOL_CAP)),
    setTip: async (keeper) => {
      await chain.send(keeper, poolRisk("registerKeeper"));
      await send(admin("setKickTip", KICK_TIP));
    },
    keepers: {
      ...{ prepareAllButSnapshot, maxAge: Number(MAX_AGE) },
      poke: () => engine.call("poke", tokenOf(0)),
    },
    kick: (account, isForTip = false) => liquidation("kickFor", account, tokenOf(0), isForTip ? KEEPER : 0),
    liquidateBatch: (liquidator, accounts) =>
      liquidation("takeBatch", accounts.map(order), MaxUint256, liquidator, "0x"),
  };
}
