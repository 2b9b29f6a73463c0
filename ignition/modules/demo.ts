import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import type { Artifact, ContractFuture } from "@nomicfoundation/ignition-core";
import { ZeroAddress } from "ethers";

import { uniswapArtifacts, type ContractArtifact } from "../../sim/market/uniswap-artifacts.ts";
import type { DemoParameters } from "../parameters.ts";

/** Decimals of the demo's feeds, as Chainlink's USD feeds have. */
export const FEED_DECIMALS = 8n;

/** Names of a demo token's contracts among the module's results. */
export const tokenKey = (symbol: string) => `token_${symbol}`;
export const feedKey = (symbol: string) => `feed_${symbol}`;

/** The npm packages ship whole artifacts; our type of them names only what the lab needs. */
function asArtifact(artifact: ContractArtifact): Artifact {
  if (!("contractName" in artifact)) throw new TypeError("not a whole artifact");
  return artifact as ContractArtifact & Artifact;
}

/** Mock tokens and feeds, and Uniswap v3 as published: what a real network already has. Pools come after it. */
export function buildDemoAssets(demo: DemoParameters) {
  return buildModule("DemoAssets", (m) => {
    const contracts: Record<string, ContractFuture<string>> = {};
    for (const token of [demo.loan, ...demo.collaterals]) {
      contracts[tokenKey(token.symbol)] = m.contract("MockERC20", [token.name, token.symbol, token.decimals], {
        id: tokenKey(token.symbol),
      });
      contracts[feedKey(token.symbol)] = m.contract(
        "MockAggregator",
        [FEED_DECIMALS, `${token.symbol} / USD`, token.priceUsd * 10n ** FEED_DECIMALS],
        { id: feedKey(token.symbol) },
      );
    }

    const weth9 = m.contract("WETH9", asArtifact(uniswapArtifacts.weth9));
    const factory = m.contract("UniswapV3Factory", asArtifact(uniswapArtifacts.factory));
    const positionManager = m.contract("NonfungiblePositionManager", asArtifact(uniswapArtifacts.positionManager), [
      factory,
      weth9,
      ZeroAddress, // no pictures
    ]);
    const swapRouter = m.contract("SwapRouter", asArtifact(uniswapArtifacts.swapRouter), [factory, weth9]);
    const quoter = m.contract("QuoterV2", asArtifact(uniswapArtifacts.quoter), [factory, weth9]);
    return { ...contracts, weth9, factory, positionManager, swapRouter, quoter };
  });
}
