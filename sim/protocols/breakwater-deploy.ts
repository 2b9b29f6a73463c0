import accessManagerArtifact from "@openzeppelin/contracts/build/contracts/AccessManager.json" with { type: "json" };
import { ContractFactory, type Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import type { AssetProfile, Features, Parameters } from "../config.ts";
import { curveOf, type CurveName, type CurveParameters } from "../liquidation-curves.ts";
import type { Volatility } from "../scenarios/scenario.ts";
import { toUnits } from "../units.ts";
import type { BreakwaterAddresses } from "./breakwater-calls.ts";
import { deployRisk } from "./breakwater-risk.ts";
import type { Token } from "./protocol.ts";

const UNCAPPED = (1n << 112n) - 1n;
const WAD = 10n ** 18n;
/** Decimals of the feed, which answers in the loan asset. */
export const FEED_DECIMALS = 8;

/**
 * Deploys a pool for one collateral, with the price oracle on a feed and the Uniswap pool's average. `governor`
 * needs no delay; nothing happens after this that would need it.
 */
export async function deployBreakwater(
  connection: NetworkConnection,
  governor: Signer,
  market: {
    readonly collateral: Token;
    readonly loan: Token;
    readonly profile: AssetProfile;
    readonly parameters: Parameters;
    readonly curve: CurveName;
    readonly venue: string;
    readonly startPrice: number;
    readonly features: Features;
    /** Of a pool with an engine; a static one is listed with the profile's factors as they are. */
    readonly lendingScale: number;
    readonly volatilityBefore: Volatility;
  },
): Promise<BreakwaterAddresses> {
  const { ethers } = connection;
  const { collateral, loan, profile, curve, parameters } = market;
  const { lab } = parameters;
  const deploy = async (name: string, ...args: unknown[]) =>
    (await (await ethers.deployContract(name, args, governor)).waitForDeployment()).getAddress();

  const manager = await new ContractFactory(accessManagerArtifact.abi, accessManagerArtifact.bytecode, governor).deploy(
    await governor.getAddress(),
  );
  const authority = await manager.getAddress();
  const feed = await deploy(
    "MockAggregator",
    FEED_DECIMALS,
    `${collateral.symbol} / ${loan.symbol}`,
    toUnits(market.startPrice, FEED_DECIMALS),
  );
  const oracle = await deploy("PriceOracle", loan.address, authority);
  const priceOracle = await ethers.getContractAt("PriceOracle", oracle, governor);
  await (
    await priceOracle.setMarket(collateral.address, {
      feeds: [{ source: feed, heartbeat: 2 * lab.feedHeartbeatSeconds }],
      feedsInQuote: true,
      twapPool: market.venue,
      twapWindow: lab.twapWindowSeconds,
      snapshotMaxAge: 60,
      emaTimeConstant: 3_600,
      bandBps: lab.bandBps,
      bandWidenBpsPerMinute: lab.bandWidenBpsPerMinute,
      requiredSources: 2,
    })
  ).wait();

  const curveAddress = await deployCurve(connection, governor, curve, parameters.curve);
  const pool = await deploy("LendingPool", {
    asset: loan.address,
    name: `Breakwater ${loan.symbol}`,
    symbol: `bw${loan.symbol}`,
    authority,
    oracle,
    interestRateModel: await deploy("AdaptiveRateModel", {
      targetUtilisationWad: (9n * WAD) / 10n,
      steepnessWad: 4n * WAD,
      initialPerYearWad: WAD / 25n,
      minPerYearWad: WAD / 1_000n,
      maxPerYearWad: 2n * WAD,
      speedPerYearWad: 50n * WAD,
    }),
    liquidationModule: await deploy("LiquidationModule", loan.address),
    adminModule: await deploy("PoolAdminModule", loan.address),
    riskModule: await deploy("PoolRiskModule", loan.address),
  });
  const admin = await ethers.getContractAt("IPoolAdmin", pool, governor);
  await (await admin.setMinDebt(toUnits(lab.minDebt, loan.decimals))).wait();
  await (await admin.setReserveFactor(lab.reserveFactorBps)).wait();
  const { features } = market;
  const risk =
    features === "static" || features === "measured"
      ? undefined
      : await deployRisk(connection, governor, { ...market, features, authority, oracle, pool, curve: curveAddress });
  if (risk === undefined) {
    await (
      await admin.listCollateral({
        token: collateral.address,
        borrowFactorBps: profile.borrowFactorBps,
        liquidationFactorBps: profile.liquidationFactorBps,
        supplyCap: UNCAPPED,
        curve: curveAddress,
      })
    ).wait();
  }
  return {
    ...(risk === undefined ? {} : { risk }),
    authority,
    pool,
    oracle,
    feed,
    venue: market.venue,
    router: await deploy("LeverageRouter"),
    lens: await deploy("AccountLens"),
    flashLiquidator: await deploy("FlashLiquidator"),
  };
}

/** @returns Address of a new contract with the curve's arguments. */
export async function deployCurve(
  { ethers }: NetworkConnection,
  governor: Signer,
  curve: CurveName,
  parameters: CurveParameters,
): Promise<string> {
  const { contract, args } = curveOf(curve, parameters);
  return (await (await ethers.deployContract(contract, [...args], governor)).waitForDeployment()).getAddress();
}
