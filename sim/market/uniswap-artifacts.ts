import { Interface, type InterfaceAbi } from "ethers";

import weth9Artifact from "@aave/core-v3/artifacts/contracts/dependencies/weth/WETH9.sol/WETH9.json" with { type: "json" };
import factoryArtifact from "@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json" with { type: "json" };
import poolArtifact from "@uniswap/v3-core/artifacts/contracts/UniswapV3Pool.sol/UniswapV3Pool.json" with { type: "json" };
import quoterArtifact from "@uniswap/v3-periphery/artifacts/contracts/lens/QuoterV2.sol/QuoterV2.json" with { type: "json" };
import positionManagerArtifact from "@uniswap/v3-periphery/artifacts/contracts/NonfungiblePositionManager.sol/NonfungiblePositionManager.json" with { type: "json" };
import swapRouterArtifact from "@uniswap/v3-periphery/artifacts/contracts/SwapRouter.sol/SwapRouter.json" with { type: "json" };

/** What is needed to deploy a contract and to talk to it. */
export interface ContractArtifact {
  readonly abi: InterfaceAbi;
  readonly bytecode: string;
}

/** The canonical Uniswap v3 contracts as published on npm, and the canonical WETH9. Deployed unmodified. */
export const uniswapArtifacts: Readonly<
  Record<"weth9" | "factory" | "pool" | "positionManager" | "swapRouter" | "quoter", ContractArtifact>
> = {
  weth9: weth9Artifact,
  factory: factoryArtifact,
  pool: poolArtifact,
  positionManager: positionManagerArtifact,
  swapRouter: swapRouterArtifact,
  quoter: quoterArtifact,
};

/** For encoding calldata ahead of time and decoding logs without a contract object. */
export const weth9Interface = new Interface(weth9Artifact.abi);
export const factoryInterface = new Interface(factoryArtifact.abi);
export const poolInterface = new Interface(poolArtifact.abi);
export const positionManagerInterface = new Interface(positionManagerArtifact.abi);
export const swapRouterInterface = new Interface(swapRouterArtifact.abi);
export const quoterInterface = new Interface(quoterArtifact.abi);
