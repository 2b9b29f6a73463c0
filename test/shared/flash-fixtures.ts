import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { poolAmounts } from "../../sim/market/uniswap-calls.ts";
import { deployUniswapV3 } from "../../sim/market/uniswap-deploy.ts";
import { unitPrice } from "../../sim/market/uniswap-math.ts";
import { addFullRangeLiquidity, approve, createPool } from "../../sim/market/uniswap-pool.ts";
import { leftBehind } from "./leverage-fixtures.ts";
import { deployPool, price36 } from "./pool-fixtures.ts";

export const USD = 10n ** 6n;
/** Uniswap's reserves on each side. [whole dollars] */
const DEPTH = 8_000_000n;

/**
 * Two accounts under water, each beside a Uniswap v3 pool at the oracle's price: `borrower` owes 140,000 against 100 ETH
 * at 1,700 (Dutch curve: 5 % above to 10 % below in 1,800 s), `otherBorrower` 120,000 against 3 BTC at 52,000 (bonus of
 * 5 %). Nobody was kicked.
 */
async function deployScene(connection: NetworkConnection, collateralIsToken0: boolean) {
  const { ethers } = connection;
  const token = async (symbol: string, decimals: number) =>
    (await ethers.deployContract("MockERC20", [symbol, symbol, decimals])).getAddress();
  const loanToken = await token("USD", 6);
  /** Addresses fall as they may: deploys until one falls on the side wanted. */
  const tokenOnSide = async (symbol: string, decimals: number) => {
    for (;;) {
      const address = await token(symbol, decimals);
      if (BigInt(address) < BigInt(loanToken) === collateralIsToken0) return address;
    }
  };
  const collateralTokens = [await tokenOnSide("ETH", 18), await tokenOnSide("BTC", 8)];
  const p = await deployPool(connection, { loanToken, collaterals: 2, collateralTokens });
  const { pool, governor, borrower, otherBorrower, lender, loan } = p;
  await p.admin.setMinDebt(1_000n * USD);
  await pool.connect(lender).deposit(900_000n * USD, lender.address);

  const uniswap = await deployUniswapV3(governor);
  await loan.mint(governor.address, 10n * DEPTH * USD);
  await approve(governor, loanToken, uniswap.positionManager);
  const open = async (index: number, account: typeof borrower, terms: Terms) => {
    const { address, token: collateral, unit } = p.collaterals[index];
    await pool.connect(account).supplyCollateral(address, terms.held * unit, account.address, "0x");
    await pool.connect(account).borrow(terms.owed * USD, 0, account.address, account.address);
    await p.oracle.setPrice(address, price36(terms.price, BigInt(terms.decimals), 6n));
    await collateral.mint(governor.address, 100_000n * unit);
    await approve(governor, address, uniswap.positionManager);
    const venue = await createPool(governor, uniswap, {
      ...{ base: address, quote: loanToken, fee: terms.fee },
      price: unitPrice({ numerator: terms.price, denominator: 1n }, terms.decimals, 6),
    });
    const amounts = poolAmounts(venue, (DEPTH * unit) / terms.price, DEPTH * USD);
    await addFullRangeLiquidity(governor, uniswap, venue, amounts);
    return { account: account.address, collateral: address, token: collateral, unit, venue, ...terms };
  };
  const eth = await open(0, borrower, { ...ETH, price: 1_700n, held: 100n, owed: 140_000n });
  const btc = await open(1, otherBorrower, { ...BTC, price: 52_000n, held: 3n, owed: 120_000n });
  const flash = await ethers.deployContract("FlashLiquidator");
  return { ...p, uniswap, flash, flashAddress: await flash.getAddress(), eth, btc };
}

const ETH = { decimals: 18, fee: 3_000, liquidationFactor: 0.8 } as const;
const BTC = { decimals: 8, fee: 500, liquidationFactor: 0.75 } as const;

interface Terms {
  readonly decimals: number;
  readonly fee: number; // [hundredths of a bip]
  readonly liquidationFactor: number;
  readonly price: bigint; // [whole dollars]
  readonly held: bigint; // [whole tokens]
  readonly owed: bigint; // [whole dollars]
}

export type FlashScene = Awaited<ReturnType<typeof deployScene>>;
export type Debtor = FlashScene["eth"];

export function collateralFirst(connection: NetworkConnection) {
  return deployScene(connection, true);
}

export function collateralLast(connection: NetworkConnection) {
  return deployScene(connection, false);
}

/** What a liquidation at a sale price of `factor` × the liquidation price does, from the formulas and in dollars. */
export function expectedSale(debtor: Debtor, debt: number, factor: number) {
  const { liquidationFactor, fee } = debtor;
  const price = Number(debtor.price);
  const capacity = Number(debtor.held) * price * liquidationFactor;
  // DESIGN §9 with a target of 1.04: Δ = (HF*·D − W) / (HF* − (1 + b)·LT), with 1 + b = 1/factor.
  const repaid = (1.04 * debt - capacity) / (1.04 - liquidationFactor / factor);
  const sold = repaid / (price * factor);
  // Constant product: reserves of DEPTH dollars on each side.
  const [base, quote] = [Number(DEPTH) / price, Number(DEPTH)];
  const sale = sold * (1 - fee / 1e6);
  const proceeds = (quote * sale) / (base + sale);
  return { repaid, sold, proceeds, profit: proceeds - repaid };
}

/** Nothing stays in the liquidator, and nobody may pull from it. */
export async function expectNothingLeft({ flashAddress, loan, poolAddress, eth, btc }: FlashScene): Promise<void> {
  const spenders = [poolAddress, eth.venue.address, btc.venue.address];
  expect(await leftBehind([loan, eth.token, btc.token], flashAddress, spenders), "left behind").to.equal(0n);
}
