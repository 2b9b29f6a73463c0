import { expect } from "chai";
import { network } from "hardhat";

import {
  exposureWad,
  fixedPriceLeverage,
  leftBehind,
  NEVER,
  NO_PERMISSION,
  PRICE36,
  WAD,
} from "./leverage-fixtures.ts";

/** Ten WETH of equity, levered as five rounds at 80 % do: 3.68928 times. */
export const EQUITY = 10n * WAD;
export const LTV = (8n * WAD) / 10n;
export const EXPOSURE = exposureWad(LTV, 5);
export const BOUGHT = (EQUITY * EXPOSURE) / WAD - EQUITY;
export const LOAN = (BOUGHT * PRICE36) / 10n ** 36n;

export const increase = { collateralIn: EQUITY, collateralToBuy: BOUGHT, maxLoanIn: LOAN, deadline: NEVER };
export const roundsUp = { collateralIn: EQUITY, rounds: 5n, ltvWad: LTV, limitPrice36: PRICE36, deadline: NEVER };
export const roundsDown = { targetDebt: 0n, rounds: 50n, limitPrice36: PRICE36, deadline: NEVER };

/** The frictionless market, with nothing opened yet. */
export async function loadFrictionless() {
  const { networkHelpers } = await network.getOrCreate();
  const f = await networkHelpers.loadFixture(fixedPriceLeverage);
  return { ...f, asLooper: f.router.connect(f.looper), asOther: f.router.connect(f.other) };
}

/** The same, after `looper` has opened the position above. */
export async function loadOpened() {
  const f = await loadFrictionless();
  await f.asLooper.open(f.market, increase, NO_PERMISSION);
  return f;
}

/** The looper's account, having checked what must hold after every call: the router is empty. */
export async function positionOf(f: Awaited<ReturnType<typeof loadFrictionless>>) {
  const left = await leftBehind([f.usdc, f.weth], f.routerAddress, [f.poolAddress, f.venueAddress]);
  expect(left, "left in the router").to.equal(0n);
  return {
    collateral: await f.pool.collateralOf(f.looper.address, f.wethAddress),
    debt: await f.pool.debtOf(f.looper.address),
    shares: await f.pool.debtSharesOf(f.looper.address),
    wallet: await f.weth.balanceOf(f.looper.address),
  };
}
