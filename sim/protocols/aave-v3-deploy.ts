import { Contract, ContractFactory, type Signer, ZeroAddress } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import aclManager from "@aave/core-v3/artifacts/contracts/protocol/configuration/ACLManager.sol/ACLManager.json" with { type: "json" };
import addressesProvider from "@aave/core-v3/artifacts/contracts/protocol/configuration/PoolAddressesProvider.sol/PoolAddressesProvider.json" with { type: "json" };
import borrowLogic from "@aave/core-v3/artifacts/contracts/protocol/libraries/logic/BorrowLogic.sol/BorrowLogic.json" with { type: "json" };
import bridgeLogic from "@aave/core-v3/artifacts/contracts/protocol/libraries/logic/BridgeLogic.sol/BridgeLogic.json" with { type: "json" };
import configuratorLogic from "@aave/core-v3/artifacts/contracts/protocol/libraries/logic/ConfiguratorLogic.sol/ConfiguratorLogic.json" with { type: "json" };
import eModeLogic from "@aave/core-v3/artifacts/contracts/protocol/libraries/logic/EModeLogic.sol/EModeLogic.json" with { type: "json" };
import flashLoanLogic from "@aave/core-v3/artifacts/contracts/protocol/libraries/logic/FlashLoanLogic.sol/FlashLoanLogic.json" with { type: "json" };
import liquidationLogic from "@aave/core-v3/artifacts/contracts/protocol/libraries/logic/LiquidationLogic.sol/LiquidationLogic.json" with { type: "json" };
import poolLogic from "@aave/core-v3/artifacts/contracts/protocol/libraries/logic/PoolLogic.sol/PoolLogic.json" with { type: "json" };
import supplyLogic from "@aave/core-v3/artifacts/contracts/protocol/libraries/logic/SupplyLogic.sol/SupplyLogic.json" with { type: "json" };
import aaveOracle from "@aave/core-v3/artifacts/contracts/misc/AaveOracle.sol/AaveOracle.json" with { type: "json" };
import dataProvider from "@aave/core-v3/artifacts/contracts/misc/AaveProtocolDataProvider.sol/AaveProtocolDataProvider.json" with { type: "json" };
import rateStrategy from "@aave/core-v3/artifacts/contracts/protocol/pool/DefaultReserveInterestRateStrategy.sol/DefaultReserveInterestRateStrategy.json" with { type: "json" };
import pool from "@aave/core-v3/artifacts/contracts/protocol/pool/Pool.sol/Pool.json" with { type: "json" };
import configurator from "@aave/core-v3/artifacts/contracts/protocol/pool/PoolConfigurator.sol/PoolConfigurator.json" with { type: "json" };
import aToken from "@aave/core-v3/artifacts/contracts/protocol/tokenization/AToken.sol/AToken.json" with { type: "json" };
import stableDebtToken from "@aave/core-v3/artifacts/contracts/protocol/tokenization/StableDebtToken.sol/StableDebtToken.json" with { type: "json" };
import variableDebtToken from "@aave/core-v3/artifacts/contracts/protocol/tokenization/VariableDebtToken.sol/VariableDebtToken.json" with { type: "json" };

import { LAB } from "../config.ts";
import type { Token } from "./protocol.ts";

/** ABI of the pool, with its liquidation event. */
export const aavePoolAbi: object[] = pool.abi;

/** What Aave publishes for its market on Ethereum: 5 % bonus on ether and bitcoin, 10 % of it to the treasury. */
export const AAVE_LIQUIDATION = { bonusBps: 500n, protocolFeeBps: 1_000n } as const;

const RAY = 10n ** 27n;
/** Interest on the loan asset: kink at 90 %, 5.5 % a year there and 60 % more when all is lent. [RAY] */
const RATES = { kink: (RAY * 9n) / 10n, slope1: (RAY * 55n) / 1_000n, slope2: (RAY * 60n) / 100n };
const LIBRARIES: readonly Artifact[] = [
  ...[borrowLogic, bridgeLogic, configuratorLogic, eModeLogic],
  ...[flashLoanLogic, liquidationLogic, poolLogic, supplyLogic],
];

interface Artifact {
  readonly contractName: string;
  readonly abi: object[];
  readonly bytecode: string;
  readonly linkReferences: Readonly<Record<string, Readonly<Record<string, readonly { readonly start: number }[]>>>>;
}

export interface AaveCollateral {
  readonly collateral: Token;
  readonly borrowFactorBps: number;
  readonly liquidationFactorBps: number;
  /** Answers as `latestAnswer`, with 8 decimals. */
  readonly collateralFeed: string;
}

export interface AaveMarket extends AaveCollateral {
  /** Listed besides; none if it is left out. */
  readonly others?: readonly AaveCollateral[];
  readonly loan: Token;
  readonly loanFeed: string;
  readonly treasury: string;
}

export interface AaveDeployment {
  readonly pool: string;
  readonly oracle: string;
  readonly aCollateral: string;
  readonly aLoan: string;
  readonly debtToken: string;
}

/** Deploys contracts from the package's artifacts, with the libraries that they are linked to, each once. */
class Deployer {
  readonly #owner: Signer;
  readonly #libraries = new Map<string, string>();

  constructor(owner: Signer) {
    this.#owner = owner;
  }

  async deploy(artifact: Artifact, ...args: unknown[]): Promise<string> {
    let code = artifact.bytecode.slice(2);
    for (const names of Object.values(artifact.linkReferences)) {
      for (const [name, places] of Object.entries(names)) {
        const address = (await this.#library(name)).slice(2).toLowerCase();
        for (const { start } of places) code = code.slice(0, 2 * start) + address + code.slice(2 * start + 40);
      }
    }
    const contract = await new ContractFactory(artifact.abi, `0x${code}`, this.#owner).deploy(...args);
    return (await contract.waitForDeployment()).getAddress();
  }

  async #library(name: string): Promise<string> {
    const known = this.#libraries.get(name);
    if (known !== undefined) return known;
    const artifact = LIBRARIES.find(({ contractName }) => contractName === name);
    if (artifact === undefined) throw new Error(`Aave's library ${name} is not known`);
    const address = await this.deploy(artifact);
    this.#libraries.set(name, address);
    return address;
  }

  at({ abi }: Artifact, address: string): Contract {
    return new Contract(address, abi, this.#owner);
  }
}

/** A whole Aave v3 for a loan asset and its collaterals, deployed unmodified: proxies, configurator, access control, oracle, rates and tokens. */
export async function deployAaveV3(
  { ethers }: NetworkConnection,
  owner: Signer,
  market: AaveMarket,
): Promise<AaveDeployment> {
  const { collateral, loan } = market;
  const deployer = new Deployer(owner);
  const send = async (contract: Contract, name: string, ...args: unknown[]) => {
    await ((await contract.getFunction(name).send(...args)) as { wait(): Promise<unknown> }).wait();
  };
  const ownerAddress = await owner.getAddress();
  const providerAddress = await deployer.deploy(addressesProvider, "Lab", ownerAddress);
  const provider = deployer.at(addressesProvider, providerAddress);
  await send(provider, "setACLAdmin", ownerAddress);
  const acl = await deployer.deploy(aclManager, providerAddress);
  await send(provider, "setACLManager", acl);
  await send(deployer.at(aclManager, acl), "addPoolAdmin", ownerAddress);
  await send(provider, "setPoolImpl", await deployer.deploy(pool, providerAddress));
  await send(provider, "setPoolConfiguratorImpl", await deployer.deploy(configurator));
  await send(provider, "setPoolDataProvider", await deployer.deploy(dataProvider, providerAddress));
  const listed: readonly AaveCollateral[] = [market, ...(market.others ?? [])];
  const assets = [...listed.map((each) => each.collateral.address), loan.address];
  const feeds = [...listed.map((each) => each.collateralFeed), market.loanFeed];
  const base = 10n ** 8n;
  const oracle = await deployer.deploy(aaveOracle, providerAddress, assets, feeds, ZeroAddress, ZeroAddress, base);
  await send(provider, "setPriceOracle", oracle);
  const poolAddress = (await provider.getFunction("getPool").staticCall()) as string;
  const configuratorAddress = (await provider.getFunction("getPoolConfigurator").staticCall()) as string;

  const tokens = {
    aTokenImpl: await deployer.deploy(aToken, poolAddress),
    stableDebtTokenImpl: await deployer.deploy(stableDebtToken, poolAddress),
    variableDebtTokenImpl: await deployer.deploy(variableDebtToken, poolAddress),
  };
  const { kink, slope1, slope2 } = RATES;
  // Stable rates are never enabled: theirs are the variable ones.
  const rates = [kink, 0n, slope1, slope2, slope1, slope2, 0n, 0n, 0n];
  const strategy = await deployer.deploy(rateStrategy, providerAddress, ...rates);
  const admin = deployer.at(configurator, configuratorAddress);
  await send(
    admin,
    "initReserves",
    [...listed.map((each) => each.collateral), loan].map(({ address, symbol, decimals }) => ({
      ...tokens,
      ...{ underlyingAsset: address, underlyingAssetDecimals: decimals, interestRateStrategyAddress: strategy },
      ...{ treasury: market.treasury, incentivesController: ZeroAddress, params: "0x" },
      ...{ aTokenName: `Aave Lab ${symbol}`, aTokenSymbol: `aLab${symbol}` },
      ...{ variableDebtTokenName: `Aave Lab Variable Debt ${symbol}`, variableDebtTokenSymbol: `vLab${symbol}` },
      ...{ stableDebtTokenName: `Aave Lab Stable Debt ${symbol}`, stableDebtTokenSymbol: `sLab${symbol}` },
    })),
  );
  const bonus = 10_000n + AAVE_LIQUIDATION.bonusBps;
  for (const { collateral: token, borrowFactorBps, liquidationFactorBps } of listed) {
    await send(admin, "configureReserveAsCollateral", token.address, borrowFactorBps, liquidationFactorBps, bonus);
    await send(admin, "setLiquidationProtocolFee", token.address, AAVE_LIQUIDATION.protocolFeeBps);
  }
  await send(admin, "setReserveBorrowing", loan.address, true);
  await send(admin, "setReserveFactor", loan.address, LAB.reserveFactorBps);
  const reader = new Contract(poolAddress, aavePoolAbi, ethers.provider);
  const reserveOf = async (token: Token) =>
    (await reader.getFunction("getReserveData").staticCall(token.address)) as Readonly<Record<string, string>>;
  const ofLoan = await reserveOf(loan);
  return {
    ...{ pool: poolAddress, oracle },
    aCollateral: (await reserveOf(collateral)).aTokenAddress,
    aLoan: ofLoan.aTokenAddress,
    debtToken: ofLoan.variableDebtTokenAddress,
  };
}
