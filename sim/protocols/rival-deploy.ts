import type { Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { AAVE_V3, type AssetProfile } from "../config.ts";
import type { Chain } from "../engine/chain.ts";
import type { AssetSymbol } from "../scenarios/scenario.ts";
import { addressOf } from "../population.ts";
import { toUnits } from "../units.ts";
import { AAVE_LIQUIDATION, deployAaveV3 } from "./aave-v3-deploy.ts";
import { AaveV3 } from "./aave-v3.ts";
import { FEED_DECIMALS } from "./breakwater-deploy.ts";
import { MorphoBlue, type MorphoParams } from "./morpho-blue.ts";
import type { Protocol, Token } from "./protocol.ts";

/** Other protocols that the lab can put into the same crash. */
export const RIVALS = {
  "aave-v3": "Aave v3 (core-v3 1.19.3)",
  "morpho-blue": "Morpho Blue (morpho-blue 1.0.0)",
} as const;
export type RivalName = keyof typeof RIVALS;

/** Loan-to-value limits that Morpho's governance has enabled. [bps] */
const MORPHO_LLTVS_BPS = [3_850, 6_250, 7_700, 8_600, 9_150, 9_450, 9_650, 9_800];
const MORPHO = "@morpho-org/morpho-blue/src/Morpho.sol:Morpho";

export interface RivalMarket {
  readonly asset: AssetSymbol;
  readonly collateral: Token;
  readonly loan: Token;
  readonly venue: string;
  readonly startPrice: number;
}

/**
 * The rival's listing of a collateral: Aave's own factors, and for Morpho the lowest enabled limit that is not below Aave's
 * liquidation threshold, so that it takes every position that Aave takes.
 */
export function listingOf(
  rival: RivalName,
  asset: AssetSymbol,
): Pick<AssetProfile, "borrowFactorBps" | "liquidationFactorBps"> {
  const aave = AAVE_V3[asset];
  if (rival === "aave-v3") return aave;
  const lltv = MORPHO_LLTVS_BPS.find((limit) => limit >= aave.liquidationFactorBps);
  if (lltv === undefined) throw new RangeError(`Morpho has no limit for ${asset}`);
  return { borrowFactorBps: lltv, liquidationFactorBps: lltv };
}

/** Deploys a rival with one market, on the same feed and beside the same Uniswap pool as ours would be. */
export async function deployRival(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  chain: Chain,
  owner: Signer,
  rival: RivalName,
  market: RivalMarket,
): Promise<Protocol> {
  const { ethers } = connection;
  const { collateral, loan, venue, startPrice, asset } = market;
  const deploy = async (name: string, ...args: unknown[]) =>
    (await (await ethers.deployContract(name, args, owner)).waitForDeployment()).getAddress();
  const abiOf = async (name: string) => [...(await hre.artifacts.readArtifact(name)).abi];
  const { borrowFactorBps, liquidationFactorBps } = listingOf(rival, asset);
  const feed = await deploy(
    "MockAggregator",
    FEED_DECIMALS,
    `${collateral.symbol} / ${loan.symbol}`,
    toUnits(startPrice, FEED_DECIMALS),
  );
  const lens = await deploy("AccountLens");
  const partsFor = async (deskName: string, spender: string, desk: string) => ({
    ...{ chain, collateral, loan, at: { spender, desk, feed, lens } },
    terms: { borrowFactor: borrowFactorBps / 1e4, liquidationFactorBps: BigInt(liquidationFactorBps) },
    abi: {
      desk: await abiOf(deskName),
      lens: await abiOf("AccountLens"),
      feed: await abiOf("MockAggregator"),
      token: await abiOf("MockERC20"),
    },
  });

  if (rival === "aave-v3") {
    const treasury = addressOf("aave-treasury");
    const one = await deploy(
      "MockAggregator",
      FEED_DECIMALS,
      `${loan.symbol} / ${loan.symbol}`,
      toUnits(1, FEED_DECIMALS),
    );
    const aave = await deployAaveV3(connection, owner, {
      ...{ collateral, loan, borrowFactorBps, liquidationFactorBps, treasury },
      collateralFeed: await deploy("LatestAnswerFeed", feed),
      loanFeed: await deploy("LatestAnswerFeed", one),
    });
    const { bonusBps: liquidationBonusBps, protocolFeeBps } = AAVE_LIQUIDATION;
    const desk = await deploy("AaveV3Desk", collateral.address, loan.address, venue, {
      ...aave,
      liquidationThresholdBps: liquidationFactorBps,
      ...{ liquidationBonusBps, protocolFeeBps },
    });
    const parts = await partsFor("AaveV3Desk", aave.pool, desk);
    return new AaveV3(parts, { ...aave, treasury, liquidationBonusBps, protocolFeeBps });
  }

  const artifact = await hre.artifacts.readArtifact(MORPHO);
  const ownerAddress = await owner.getAddress();
  const morpho = await ethers.deployContract(MORPHO, [ownerAddress], owner);
  const address = await morpho.getAddress();
  const params: MorphoParams = {
    ...{ loanToken: loan.address, collateralToken: collateral.address },
    oracle: await deploy("MorphoFeedOracle", feed, collateral.address, loan.address),
    irm: await deploy("MorphoKinkedIrm"),
    lltv: BigInt(liquidationFactorBps) * 10n ** 14n,
  };
  for (const [name, ...args] of [
    ["enableIrm", params.irm],
    ["enableLltv", params.lltv],
    ["createMarket", params],
  ] as const) {
    await ((await morpho.getFunction(name).send(...args)) as { wait(): Promise<unknown> }).wait();
  }
  const desk = await ethers.deployContract("MorphoBlueDesk", [venue, address, params], owner);
  const parts = await partsFor("MorphoBlueDesk", address, await desk.getAddress());
  const [id, incentiveWad] = [await desk.marketId(), await desk.incentiveWad()];
  return new MorphoBlue(parts, { abi: [...artifact.abi], id, incentiveWad }, params);
}
