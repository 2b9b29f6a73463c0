import { ZeroAddress, type Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import type { AssetProfile, Features, Parameters, RiskParameters } from "../config.ts";
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
  readonly parameters: Parameters;
  readonly collateral: Token;
  readonly loan: Token;
  /** Divides the quantile z of the model: above 1 more is lent. */
  readonly lendingScale: number;
  readonly venue: string;
  /** What the volatility oracle shows when the scenario begins. */
  readonly volatilityBefore: Volatility;
  readonly authority: string;
  readonly oracle: string;
  readonly pool: string;
}

/** Of a pool that lists its collateral as its engine would have it. */
export interface GovernedMarket extends RiskMarket {
  readonly features: Exclude<Features, "static" | "measured">;
  readonly curve: string;
}

/** Of a pool that has listed it already, and keeps its factors. */
export interface MeasuredMarket extends RiskMarket {
  readonly profile: AssetProfile;
}

/**
 * Gives a new pool its risk engine and lists the collateral as the engine would have it on the day: as if the pool had
 * been there for long and owed what the population is going to owe.
 */
export async function deployRisk(
  connection: NetworkConnection,
  governor: Signer,
  market: GovernedMarket,
): Promise<RiskAddresses> {
  const { collateral, loan, features, pool } = market;
  const { lab, risk } = market.parameters;
  const at = <T extends string>(name: T, address: string) => connection.ethers.getContractAt(name, address, governor);
  const modules = await deployModules(connection, governor, market, risk.factors, features === "dynamic+breaker");
  const volatility = await at("VolatilityOracle", modules.volatilityOracle);
  const liquidity = await at("LiquidityOracle", modules.liquidityOracle);
  const model = await at("CollateralFactorModel", modules.factorModel);
  const admin = await at("IPoolAdmin", pool);
  const [depth] = await liquidity.depthOf(collateral.address);
  const [reserve] = await liquidity.reserveOf(collateral.address);
  const factors = await steadyFactors(risk.factors.maxLiquidationFactorBps, async (liquidationFactorBps) => {
    const debt = toUnits(lab.totalDebt, loan.decimals);
    return model.targets(collateral.address, {
      sigmaWad: await volatility.sigmaWad(collateral.address),
      exposure: (debt * 10_000n) / BigInt(liquidationFactorBps),
      salePerDay: (depth * BigInt(risk.turnoverPerDayHundredths)) / 100n,
      slice: (depth * BigInt(risk.sliceBps)) / 10_000n,
      ...{ reserve, leverageWad: 10n ** 18n, riseWad: 0n, liquidationFactorBps },
    });
  });
  await (
    await admin.listCollateral({ token: collateral.address, ...factors, supplyCap: UNCAPPED, curve: market.curve })
  ).wait();
  const engine = await startEngine(connection, governor, market, modules);
  // Where the engine governs, these are only its bounds.
  const { maxLiquidationFactorBps } = risk.factors;
  await (
    await admin.setCollateralFactors(collateral.address, maxLiquidationFactorBps - 100, maxLiquidationFactorBps, 0)
  ).wait();
  return { ...modules, engine };
}

/**
 * Gives a pool that is in use an engine, so that it knows how deep its market is. The liquidation factor stays what
 * governance set: both bounds of the engine's are there.
 */
export async function deployMeasuring(
  connection: NetworkConnection,
  governor: Signer,
  market: MeasuredMarket,
): Promise<RiskAddresses> {
  const { liquidationFactorBps } = market.profile;
  const pinned = { minLiquidationFactorBps: liquidationFactorBps, maxLiquidationFactorBps: liquidationFactorBps };
  const factors = { ...market.parameters.risk.factors, ...pinned };
  const modules = await deployModules(connection, governor, market, factors, false);
  return { ...modules, engine: await startEngine(connection, governor, market, modules) };
}

type Modules = Omit<RiskAddresses, "engine"> & { readonly factorModel: string };

/** Volatility, depth and factors of the collateral, each by its own contract. */
async function deployModules(
  { ethers }: NetworkConnection,
  governor: Signer,
  market: RiskMarket,
  factors: RiskParameters["factors"],
  hasBreaker: boolean,
): Promise<Modules> {
  const { collateral, loan, authority, oracle } = market;
  const { lab, risk } = market.parameters;
  const deploy = async (name: string, ...args: unknown[]) =>
    (await (await ethers.deployContract(name, args, governor)).waitForDeployment()).getAddress();
  const at = <T extends string>(name: T, address: string) => ethers.getContractAt(name, address, governor);
  const volatilityOracle = await deploy("VolatilityOracle", oracle, authority);
  const liquidityOracle = await deploy("LiquidityOracle", loan.address, authority);
  const factorModel = await deploy("CollateralFactorModel", authority);
  const breaker = hasBreaker ? await deploy("CircuitBreaker", authority) : ZeroAddress;

  const asset = risk.assets[collateral.symbol as keyof typeof risk.assets];
  const { fast, slow } = market.volatilityBefore;
  const volatility = await at("VolatilityOracle", volatilityOracle);
  const initial = (value: number) => toUnits(Math.max(value, 1e-5), 18);
  await (
    await volatility.setAsset(collateral.address, {
      ...{ pool: market.venue, interval: risk.volatilityIntervalSeconds },
      ...{ initialWad: initial(fast), initialSlowWad: initial(slow) },
      ...{ stressWad: toUnits(asset.stress, 18), floorWad: toUnits(asset.floor, 18) },
      ...{ clampWad: toUnits(risk.volatilityClamp, 18), impliedMaxAge: 0 },
    })
  ).wait();
  const liquidity = await at("LiquidityOracle", liquidityOracle);
  await (
    await liquidity.setMarket(collateral.address, {
      ...{ pools: [market.venue], impactBps: risk.impactBps, maxTicks: 64, window: lab.twapWindowSeconds },
      ...{ riseTau: risk.depthRiseSeconds, fallTau: risk.depthFallSeconds },
    })
  ).wait();
  const model = await at("CollateralFactorModel", factorModel);
  const zHundredths = Math.min(1_000, Math.max(100, Math.round((100 * risk.z) / market.lendingScale)));
  await (await model.setParameters(collateral.address, { zHundredths, ...factors })).wait();
  return { volatilityOracle, liquidityOracle, factorModel, breaker };
}

/** @returns Address of the pool's engine from now on; it has looked at the collateral once. */
async function startEngine(
  { ethers }: NetworkConnection,
  governor: Signer,
  { collateral, pool, authority, parameters }: RiskMarket,
  modules: Modules,
): Promise<string> {
  const contract = await ethers.deployContract("RiskEngine", [pool, authority, modules], governor);
  const engine = await (await contract.waitForDeployment()).getAddress();
  const riskEngine = await ethers.getContractAt("RiskEngine", engine, governor);
  const { risk: settings } = parameters;
  const { turnoverPerDayHundredths, sliceBps, depthMaxAge } = settings;
  await (await riskEngine.setAsset(collateral.address, { turnoverPerDayHundredths, sliceBps, depthMaxAge })).wait();
  const exitShareBps = modules.breaker === ZeroAddress ? BPS : settings.exitShareBps;
  const { exitWindow, leverageTau, outageGrace } = settings;
  await (await riskEngine.setFlow({ exitShareBps, exitWindow, leverageTau, outageGrace })).wait();
  const risk = await ethers.getContractAt("IPoolRisk", pool, governor);
  await (await risk.setRiskEngine(engine, settings.maxAge)).wait();
  await (await riskEngine.poke(collateral.address)).wait();
  return engine;
}

/** The factor that selling the collateral behind the debt at that factor calls for. */
async function steadyFactors(
  highest: number,
  targets: (liquidationFactorBps: number) => Promise<{ liquidationFactorBps: bigint; borrowFactorBps: bigint }>,
): Promise<{ liquidationFactorBps: number; borrowFactorBps: number }> {
  let liquidationFactorBps = highest;
  for (let i = 0; i < STEPS; ++i) {
    const next = Number((await targets(liquidationFactorBps)).liquidationFactorBps);
    if (next === liquidationFactorBps) break;
    liquidationFactorBps = next;
  }
  const { borrowFactorBps } = await targets(liquidationFactorBps);
  return { liquidationFactorBps, borrowFactorBps: Number(borrowFactorBps) };
}
