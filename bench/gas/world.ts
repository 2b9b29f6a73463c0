import { MaxUint256, type Interface } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { poolAmounts, type UniswapPool } from "../../sim/market/uniswap-calls.ts";
import { deployUniswapV3, type UniswapAddresses } from "../../sim/market/uniswap-deploy.ts";
import { unitPrice } from "../../sim/market/uniswap-math.ts";
import { addFullRangeLiquidity, approve, createPool } from "../../sim/market/uniswap-pool.ts";
import type { Token } from "../../sim/protocols/protocol.ts";
import { BenchChain } from "./chain.ts";

export const USD = 10n ** 6n;
/** On either side of each of the Uniswap pools. [whole dollars] */
const DEPTH = 60_000_000n;
const MINTED = 100_000_000n; // of every token, to everybody. [whole tokens]

/** What is lent on, with its price in the beginning. Aave's factors are those of its market on Ethereum. */
const COLLATERALS = [
  { symbol: "ETH", decimals: 18, dollars: 2_000n, aave: { borrowFactorBps: 8_050, liquidationFactorBps: 8_300 } },
  { symbol: "BTC", decimals: 8, dollars: 60_000n, aave: { borrowFactorBps: 7_300, liquidationFactorBps: 7_800 } },
  { symbol: "LNK", decimals: 18, dollars: 20n, aave: { borrowFactorBps: 6_600, liquidationFactorBps: 7_100 } },
] as const;

export interface Collateral extends Token {
  readonly unit: bigint;
  readonly dollars: bigint;
  readonly aave: { readonly borrowFactorBps: number; readonly liquidationFactorBps: number };
  readonly market: UniswapPool;
}

export type World = Awaited<ReturnType<typeof createWorld>>;

/** Tokens, people and Uniswap v3, for every protocol the same. Everybody holds every token. */
export async function createWorld(hre: HardhatRuntimeEnvironment) {
  const chain = await BenchChain.open(hre);
  const { ethers } = chain.connection;
  const [governor, lender, supplier, borrower, diversified, liquidator, ...others] = await ethers.getSigners();
  const people = { lender, supplier, borrower, diversified, liquidator, victims: others.slice(0, 8) };
  const everybody = [lender, supplier, borrower, diversified, liquidator, ...people.victims];

  const deployToken = async (symbol: string, decimals: number): Promise<Token> => {
    const token = await ethers.deployContract("MockERC20", [symbol, symbol, decimals]);
    const accounts = everybody.map((each) => each.address);
    await token.mintBatch(
      accounts,
      accounts.map(() => MINTED * 10n ** BigInt(decimals)),
    );
    await token.mint(governor.address, 10n ** 40n);
    return { symbol, decimals, address: await token.getAddress() };
  };
  const loan = await deployToken("USD", 6);
  const uniswap: UniswapAddresses = await deployUniswapV3(governor);
  for (const spender of [uniswap.positionManager, uniswap.swapRouter]) await approve(governor, loan.address, spender);

  const collaterals: Collateral[] = [];
  for (const { symbol, decimals, dollars, aave } of COLLATERALS) {
    const token = await deployToken(symbol, decimals);
    for (const spender of [uniswap.positionManager, uniswap.swapRouter]) {
      await approve(governor, token.address, spender);
    }
    const market = await createPool(governor, uniswap, {
      ...{ base: token.address, quote: loan.address, fee: 500, observations: 400 },
      price: unitPrice({ numerator: dollars, denominator: 1n }, decimals, loan.decimals),
    });
    const unit = 10n ** BigInt(decimals);
    await addFullRangeLiquidity(governor, uniswap, market, poolAmounts(market, (DEPTH * unit) / dollars, DEPTH * USD));
    collaterals.push({ ...token, unit, dollars, aave, market });
  }
  chain.pass(7_200); // for averages over half an hour

  /** Standing allowances of everybody, as regular users have them. */
  const approveAll = async (spender: string) => {
    const tokens = [loan, ...collaterals];
    for (const { address } of tokens) {
      const token = await ethers.getContractAt("MockERC20", address);
      for (const user of everybody) await token.connect(user).approve(spender, MaxUint256);
    }
  };
  const interfaceOf = async (name: string): Promise<Interface> => (await ethers.getContractFactory(name)).interface;
  return { hre, chain, ethers, governor, ...people, loan, collaterals, uniswap, approveAll, interfaceOf };
}
