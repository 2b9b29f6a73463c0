import { MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { poolAmounts } from "../../sim/market/uniswap-calls.ts";
import { deployUniswapV3 } from "../../sim/market/uniswap-deploy.ts";
import { unitPrice } from "../../sim/market/uniswap-math.ts";
import {
  addFullRangeLiquidity,
  approve,
  createPool,
  readPoolPrice,
  swapExactInput,
} from "../../sim/market/uniswap-pool.ts";
import { KEEP } from "./auction-setup.ts";
import { calmPool, ETHER, supply, USD } from "./borrower-fixtures.ts";

/** Value of the collateral, 100 ETH at 2,000. [loan base units] */
export const OWN = 200_000n * USD;
const HELD = 100n * ETHER;
/** A market that no sale moves. */
const BOTTOMLESS = 10n ** 15n * USD;

const PACED = [200, 200, 500, 1_200, { creditSeconds: 1_200, fastPpm: 600, slowTenthPpm: 300, kneeBps: 6_000 }];

/**
 * An account of 100 ETH that nobody has lent on yet, and a real Uniswap v3 of full range whose reserve y is `OWN ÷ share`. The oracle
 * says what Uniswap says. Sales at a fixed bonus of 5 %, and without minimum sizes.
 */
async function thresholdWorld(connection: NetworkConnection, reserve: bigint) {
  const p = await calmPool(connection);
  const { ethers, admin, governor, liquidator, loanAddress, eth, oracle, poolAddress } = p;
  await admin.setMinDebt(0);
  await admin.setLiquidationCurve(eth.address, await p.fixedCurve.getAddress());
  await supply(p, eth, HELD);

  const uniswap = await deployUniswapV3(governor);
  for (const token of [p.loan, eth.token]) {
    await token.mint(governor.address, 10n ** 40n);
    await approve(governor, await token.getAddress(), uniswap.positionManager);
    await approve(liquidator, await token.getAddress(), uniswap.swapRouter);
  }
  const venue = await createPool(governor, uniswap, {
    ...{ base: eth.address, quote: loanAddress, fee: 500 },
    price: unitPrice({ numerator: 2_000n, denominator: 1n }, 18, 6),
  });
  const amounts = poolAmounts(venue, (reserve * HELD) / OWN, reserve);
  await addFullRangeLiquidity(governor, uniswap, venue, amounts);
  const engine = await ethers.deployContract("MockRiskEngine", [poolAddress]);
  const pacedCurve = await ethers.deployContract("PacedCurve", PACED);
  const flash = await ethers.deployContract("FlashLiquidator");

  /** The oracle follows the market. */
  const follow = async () => {
    const { numerator, denominator } = await readPoolPrice(ethers.provider, venue);
    const price36 = (numerator * 10n ** 36n) / denominator;
    await oracle.setPrice(eth.address, price36);
    return price36;
  };
  await follow();

  /** The account borrows so much of its value, at a price that is twice the market's for a moment. */
  const borrow = async (loanToValueWad: bigint) => {
    const price36 = (await oracle.priceOf(eth.address)).liquidation36;
    await oracle.setPrice(eth.address, 2n * price36);
    const value = (HELD * price36) / 10n ** 36n;
    const debt = (value * loanToValueWad) / 10n ** 18n;
    await p.pool.connect(p.borrower).borrow(debt, 0, p.borrower.address, p.borrower.address);
    await oracle.setPrice(eth.address, price36);
  };

  /** From now on by the market's depth. */
  const pace = async (told: bigint) => {
    const risk = await ethers.getContractAt("IPoolRisk", poolAddress);
    await risk.setRiskEngine(await engine.getAddress(), 86_400);
    const update = {
      ...{ liquidationFactorBps: 8_000, borrowFactorBps: 7_500, calm: true, level: 0 },
      ...{ loadingPercent: 100, discountTenBps: 50, grace: false, reserve: told },
    };
    await engine.write(eth.address, update, KEEP);
    await admin.setLiquidationCurve(eth.address, await pacedCurve.getAddress());
  };

  /** A taker buys, sells at the market, and the oracle follows. */
  const step = async (amount: bigint) => {
    await p.liquidation
      .connect(liquidator)
      .take(p.borrower.address, eth.address, amount, MaxUint256, liquidator.address, "0x");
    await swapExactInput(liquidator, uniswap, venue, { tokenIn: eth.address, amountIn: amount });
    await follow();
  };

  /** Health factor. [WAD] */
  const health = async () => {
    const { liquidationCapacity, debt } = await p.pool.healthOf(p.borrower.address);
    return (liquidationCapacity * 10n ** 18n) / debt;
  };
  return { ...p, venue, flash, reserve, follow, borrow, pace, step, health };
}

export type ThresholdWorld = Awaited<ReturnType<typeof thresholdWorld>>;

export function bottomless(connection: NetworkConnection) {
  return thresholdWorld(connection, BOTTOMLESS);
}

/** c ÷ y = 0.05 */
export function twentieth(connection: NetworkConnection) {
  return thresholdWorld(connection, 20n * OWN);
}

/** c ÷ y = 0.3 */
export function whale(connection: NetworkConnection) {
  return thresholdWorld(connection, (10n * OWN) / 3n);
}
