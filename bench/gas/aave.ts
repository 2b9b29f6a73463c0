import { Contract, ContractFactory, Interface, MaxUint256 } from "ethers";

import addressesProvider from "@aave/core-v3/artifacts/contracts/protocol/configuration/PoolAddressesProvider.sol/PoolAddressesProvider.json" with { type: "json" };
import constantOracle from "@aave/core-v3/artifacts/contracts/mocks/oracle/PriceOracle.sol/PriceOracle.json" with { type: "json" };
import configurator from "@aave/core-v3/artifacts/contracts/protocol/pool/PoolConfigurator.sol/PoolConfigurator.json" with { type: "json" };

import { aavePoolAbi, deployAaveV3 } from "../../sim/protocols/aave-v3-deploy.ts";
import { addressOf } from "../../sim/population.ts";
import { encoder, type Subject } from "./subject.ts";
import { USD, type World } from "./world.ts";

const VARIABLE = 2;
const PRICE_UNIT = 10n ** 8n;
const REPAID = 10_000n * USD;

/**
 * Aave v3 as its package has it, with all the collaterals. Its pool asks the package's constant oracle itself, not the usual one
 * that asks feeds.
 */
export async function deployAave(world: World): Promise<Subject> {
  const { chain, governor, loan, collaterals } = world;
  const deployed = await new ContractFactory(constantOracle.abi, constantOracle.bytecode, governor).deploy();
  const oracle = await deployed.getAddress();
  const [first, ...others] = collaterals.map((collateral) => ({
    collateral,
    ...collateral.aave,
    collateralFeed: oracle,
  }));
  const market = { ...first, others, loan, loanFeed: oracle, treasury: addressOf("aave-treasury") };
  const { pool: spender } = await deployAaveV3(chain.connection, governor, market);

  const reader = new Contract(spender, aavePoolAbi, governor);
  const provider = (await reader.getFunction("ADDRESSES_PROVIDER").staticCall()) as string;
  const callProvider = encoder(provider, new Interface(addressesProvider.abi));
  await chain.send(governor, callProvider("setPriceOracle", oracle));
  const configuratorAddress = (await new Contract(provider, addressesProvider.abi, governor)
    .getFunction("getPoolConfigurator")
    .staticCall()) as string;
  const configure = encoder(configuratorAddress, new Interface(configurator.abi));
  await chain.send(governor, configure("setReserveFlashLoaning", loan.address, true));
  const callOracle = encoder(oracle, new Interface(constantOracle.abi));
  const setPriceOf = (token: string, dollars: bigint) =>
    chain.send(governor, callOracle("setAssetPrice", token, dollars * PRICE_UNIT));
  await setPriceOf(loan.address, 1n);
  for (const { address, dollars } of collaterals) await setPriceOf(address, dollars);

  const call = encoder(spender, new Interface(aavePoolAbi));
  const tokenOf = (index: number) => collaterals[index].address;
  return {
    ...{ name: "Aave v3", spender, collaterals: 3 },
    prepare: () => Promise.resolve(),
    setPrice: (dollars) => setPriceOf(tokenOf(0), dollars),
    supply: (user, amount) => call("supply", loan.address, amount, user, 0),
    withdraw: (user, amount) => call("withdraw", loan.address, amount, user),
    withdrawAll: (user) => call("withdraw", loan.address, MaxUint256, user),
    supplyCollateral: (user, index, amount) => call("supply", tokenOf(index), amount, user, 0),
    withdrawCollateral: (user, index, amount) => call("withdraw", tokenOf(index), amount, user),
    borrow: (user, amount) => call("borrow", loan.address, amount, VARIABLE, 0, user),
    repay: (user, amount) => call("repay", loan.address, amount, VARIABLE, user),
    repayAll: (user) => call("repay", loan.address, MaxUint256, VARIABLE, user),
    liquidate: (_, account) => call("liquidationCall", tokenOf(0), loan.address, account, REPAID, false),
    flashLoan: (receiver, amount) => call("flashLoanSimple", receiver, loan.address, amount, "0x", 0),
    flashLoanFor: (receiver, amount) => call("flashLoanSimple", receiver, loan.address, amount, "0x", 0),
  };
}
