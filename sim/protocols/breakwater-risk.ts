import { ZeroAddress, type Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { LAB, RISK, type Features } from "../config.ts";
import type { Volatility } from "../scenarios/scenario.ts";
import { toUnits } from "../units.ts";
import type { Token } from "./protocol.ts";

const UNCAPPED = (1n << 112n) - 1n;
const BPS = 10_000;
/** Steps to the factor at which debt, the collateral that carries it and the time to sell that agree. */
const STEPS = 30;

/** Addresses that only a pool with an engine has. */
export interface RiskAddresses {
  readonly engine: string;
  readonly volatilityOracle: string;
  readonly liquidityOracle: string;
  readonly breaker: string; // zero: none
}

export interface RiskMarket {
  readonly collateral: Token;
  readonly loan: Token;
  readonly features: Exclude<Features, "static">;
  /** Divides the quantile z of the model: above 1 more is lent. */
  readonly lendingScale: number;
  readonly venue: string;
  /** What the volatility oracle shows when the scenario begins. */
  readonly volatilityBefore: Volatility;
  readonly authority: string;
  readonly oracle: string;
  readonly pool: string;
  readonly curve: string;
}

/**
 * Gives a new pool its risk engine and lists the collateral as the engine would have it on the day: as if the pool had
 * been there for long and owed what the population is going to owe.
 */
export async function deployRisk(
  { ethers }: NetworkConnection,
  governor: Signer,
  market: RiskMarket,
): Promise<RiskAddresses> {
  const { collateral, loan, features, authority, oracle, pool } = market;
  const deploy = async (name: string, ...args: unknown[]) =>
    (await (await ethers.deployContract(name, args, governor)).waitForDeployment()).getAddress();
  const at = <T extends string>(name: T, address: string) => ethers.getContractAt(name, address, governor);
  const volatilityOracle = await deploy("VolatilityOracle", oracle, authority);
  const liquidityOracle = await deploy("LiquidityOracle", loan.address, authority);
  const factorModel = await deploy("CollateralFactorModel", authority);
  const breaker = features === "dynamic" ? ZeroAddress : await deploy("CircuitBreaker", authority);

  const asset = RISK.assets[collateral.symbol as keyof typeof RISK.assets];
  const { fast, slow } = market.volatilityBefore;
  const volatility = await at("VolatilityOracle", volatilityOracle);
  const initial = (value: number) => toUnits(Math.max(value, 1e-5), 18);
  await (
    await volatility.setAsset(collateral.address, {
      ...{ pool: market.venue, interval: RISK.volatilityIntervalSeconds },
      ...{ initialWad: initial(fast), initialSlowWad: initial(slow) },
      ...{ stressWad: toUnits(asset.stress, 18), floorWad: toUnits(asset.floor, 18) },
      ...{ clampWad: toUnits(RISK.volatilityClamp, 18), impliedMaxAge: 0 },
    })
  ).wait();
  const liquidity = await at("LiquidityOracle", liquidityOracle);
  await (
    await liquidity.setMarket(collateral.address, {
      ...{ pools: [market.venue], impactBps: RISK.impactBps, maxTicks: 64, window: LAB.twapWindowSeconds },
      ...{ riseTau: RISK.depthRiseSeconds, fallTau: RISK.depthFallSeconds },
    })
  ).wait();
  const model = await at("CollateralFactorModel", factorModel);
  const zHundredths = Math.min(1_000, Math.max(100, Math.round((100 * RISK.z) / market.lendingScale)));
  await (await model.setParameters(collateral.address, { zHundredths, ...RISK.factors })).wait();

  const admin = await at("IPoolAdmin", pool);
  const [depth] = await liquidity.depthOf(collateral.address);
  const [reserve] = await liquidity.reserveOf(collateral.address);
  const factors = await steadyFactors(async (liquidationFactorBps) => {
    const debt = toUnits(LAB.totalDebt, loan.decimals);
    return model.targets(collateral.address, {
      sigmaWad: await volatility.sigmaWad(collateral.address),
      exposure: (debt * 10_000n) / BigInt(liquidationFactorBps),
      salePerDay: (depth * BigInt(RISK.turnoverPerDayHundredths)) / 100n,
      slice: (depth * BigInt(RISK.sliceBps)) / 10_000n,
      ...{ reserve, leverageWad: 10n ** 18n, riseWad: 0n, liquidationFactorBps },
    });
  });
  await (
    await admin.listCollateral({ token: collateral.address, ...factors, supplyCap: UNCAPPED, curve: market.curve })
  ).wait();

  const modules = { volatilityOracle, liquidityOracle, factorModel, breaker };
  const engine = await deploy("RiskEngine", pool, authority, modules);
  const riskEngine = await at("RiskEngine", engine);
  const { turnoverPerDayHundredths, sliceBps, depthMaxAge } = RISK;
  await (await riskEngine.setAsset(collateral.address, { turnoverPerDayHundredths, sliceBps, depthMaxAge })).wait();
  const exitShareBps = features === "dynamic" ? BPS : RISK.exitShareBps;
  const { exitWindow, leverageTau, outageGrace } = RISK;
  await (await riskEngine.setFlow({ exitShareBps, exitWindow, leverageTau, outageGrace })).wait();
  const risk = await at("IPoolRisk", pool);
  await (await risk.setRiskEngine(engine, RISK.maxAge)).wait();
  await (await riskEngine.poke(collateral.address)).wait();
  // Where the engine governs, these are only its bounds.
  const { maxLiquidationFactorBps } = RISK.factors;
  await (
    await admin.setCollateralFactors(collateral.address, maxLiquidationFactorBps - 100, maxLiquidationFactorBps, 0)
  ).wait();
  return { engine, volatilityOracle, liquidityOracle, breaker };
}

/** The factor that selling the collateral behind the debt at that factor calls for. */
async function steadyFactors(
  targets: (liquidationFactorBps: number) => Promise<{ liquidationFactorBps: bigint; borrowFactorBps: bigint }>,
): Promise<{ liquidationFactorBps: number; borrowFactorBps: number }> {
  let liquidationFactorBps: number = RISK.factors.maxLiquidationFactorBps;
  for (let i = 0; i < STEPS; ++i) {
    const next = Number((await targets(liquidationFactorBps)).liquidationFactorBps);
    if (next === liquidationFactorBps) break;
    liquidationFactorBps = next;
  }
  const { borrowFactorBps } = await targets(liquidationFactorBps);
  return { liquidationFactorBps, borrowFactorBps: Number(borrowFactorBps) };
}
