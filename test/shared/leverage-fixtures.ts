import accessManagerArtifact from "@openzeppelin/contracts/build/contracts/AccessManager.json" with { type: "json" };
import { ContractFactory, MaxUint256, type Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { poolAmounts } from "../../sim/market/uniswap-calls.ts";
import { deployUniswapV3 } from "../../sim/market/uniswap-deploy.ts";
import { unitPrice } from "../../sim/market/uniswap-math.ts";
import { addFullRangeLiquidity, approve, createPool } from "../../sim/market/uniswap-pool.ts";

export const WAD = 10n ** 18n;
export const USDC = 10n ** 6n;
export const NEVER = 2n ** 40n;
/** 2000 USDC per WETH, in the 36-decimal scale of the oracles. */
export const PRICE36 = 2_000n * USDC * 10n ** 18n;
export const NO_PERMISSION = { deadline: 0n, signature: "0x" };
export const BORROW_FACTOR_BPS = 8_200n;

const YEAR_RATES = {
  basePerYearWad: 0n,
  slopeToKinkPerYearWad: WAD / 10n,
  slopeAboveKinkPerYearWad: WAD,
  kinkWad: (9n * WAD) / 10n,
  criticalUtilisationWad: (95n * WAD) / 100n,
  surchargeFloorPerYearWad: WAD / 100n,
  surchargeCapPerYearWad: 100n * WAD,
  doublingSeconds: 43_200n,
};

/**
 * The real lending pool on a constant oracle, with ten million USDC lent to it, and the router. Deployed by the first
 * signer, who governs without delay; `looper` holds 1,000 WETH and has approved the router for it.
 */
async function deployPoolAndRouter(connection: NetworkConnection) {
  const { ethers } = connection;
  const [governor, lender, looper, other] = await ethers.getSigners();
  const usdc = await ethers.deployContract("MockERC20", ["USD Coin", "USDC", 6]);
  const weth = await ethers.deployContract("MockERC20", ["Ether", "WETH", 18]);
  const [usdcAddress, wethAddress] = await Promise.all([usdc.getAddress(), weth.getAddress()]);

  const manager = await new ContractFactory(
    accessManagerArtifact.abi,
    accessManagerArtifact.bytecode,
    governor as Signer,
  ).deploy(governor.address);
  const oracle = await ethers.deployContract("ConstantPriceOracle", [usdcAddress]);
  await oracle.setPrice(wethAddress, PRICE36);
  const liquidationModule = await ethers.deployContract("LiquidationModule", [usdcAddress]);
  const adminModule = await ethers.deployContract("PoolAdminModule", [usdcAddress]);
  const riskModule = await ethers.deployContract("PoolRiskModule", [usdcAddress]);
  const rateModel = await ethers.deployContract("KinkedRateModel", [YEAR_RATES]);
  const curve = await ethers.deployContract("FixedBonusCurve", [500]);
  const pool = await ethers.deployContract("LendingPool", [
    {
      asset: usdcAddress,
      name: "Breakwater USDC",
      symbol: "bwUSDC",
      authority: await manager.getAddress(),
      oracle: await oracle.getAddress(),
      interestRateModel: await rateModel.getAddress(),
      liquidationModule: await liquidationModule.getAddress(),
      adminModule: await adminModule.getAddress(),
      riskModule: await riskModule.getAddress(),
    },
  ]);
  const poolAddress = await pool.getAddress();
  const admin = await ethers.getContractAt("IPoolAdmin", poolAddress);
  await admin.listCollateral({
    token: wethAddress,
    borrowFactorBps: BORROW_FACTOR_BPS,
    liquidationFactorBps: 8_600n,
    supplyCap: 2n ** 112n - 1n,
    curve: await curve.getAddress(),
  });
  await usdc.mint(lender.address, 10_000_000n * USDC);
  await usdc.connect(lender).approve(poolAddress, MaxUint256);
  await pool.connect(lender).deposit(10_000_000n * USDC, lender.address);

  const router = await ethers.deployContract("LeverageRouter");
  const routerAddress = await router.getAddress();
  for (const account of [looper, other]) {
    await weth.mint(account.address, 1_000n * WAD);
    await weth.connect(account).approve(routerAddress, MaxUint256);
  }
  await pool.connect(looper).setOperator(routerAddress, true);
  return {
    ...{ connection, ethers, governor, lender, looper, other },
    ...{ usdc, weth, usdcAddress, wethAddress, oracle, pool, poolAddress, admin, router, routerAddress },
  };
}

/** A venue without fee or slippage, where the arithmetic of loops is exact; it can be told to cheat. */
export async function fixedPriceLeverage(connection: NetworkConnection) {
  const base = await deployPoolAndRouter(connection);
  const venue = await base.ethers.deployContract("HostileSwapPool", [base.wethAddress, base.usdcAddress, PRICE36]);
  const venueAddress = await venue.getAddress();
  await base.usdc.mint(venueAddress, 10_000_000n * USDC);
  await base.weth.mint(venueAddress, 10_000n * WAD);
  const market = {
    pool: base.poolAddress,
    collateral: base.wethAddress,
    venues: [venueAddress],
    middle: [] as string[],
  };
  return { ...base, venue, venueAddress, market };
}

/** Real Uniswap v3: WETH/USDC at 0.3 %, and a way round over DAI with two pools. */
export async function uniswapLeverage(connection: NetworkConnection) {
  const base = await deployPoolAndRouter(connection);
  const { ethers, governor, usdc, weth, usdcAddress, wethAddress } = base;
  const dai = await ethers.deployContract("MockERC20", ["Dai", "DAI", 18]);
  const daiAddress = await dai.getAddress();
  const uniswap = await deployUniswapV3(governor);
  for (const token of [usdc, weth, dai]) {
    await token.mint(governor.address, 10n ** 27n);
    await approve(governor, await token.getAddress(), uniswap.positionManager);
    await approve(governor, await token.getAddress(), uniswap.swapRouter);
  }
  const pair = async (
    from: string,
    to: string,
    fee: number,
    price: bigint,
    decimals: number,
    depth: [bigint, bigint],
  ) => {
    const pool = await createPool(governor, uniswap, {
      ...{ base: from, quote: to, fee },
      price: unitPrice({ numerator: price, denominator: 1n }, 18, decimals),
    });
    await addFullRangeLiquidity(governor, uniswap, pool, poolAmounts(pool, ...depth));
    return pool;
  };
  const direct = await pair(wethAddress, usdcAddress, 3_000, 2_000n, 6, [10_000n * WAD, 20_000_000n * USDC]);
  const first = await pair(daiAddress, usdcAddress, 500, 1n, 6, [20_000_000n * WAD, 20_000_000n * USDC]);
  const second = await pair(wethAddress, daiAddress, 3_000, 2_000n, 18, [10_000n * WAD, 20_000_000n * WAD]);
  const market = {
    ...{ pool: base.poolAddress, collateral: wethAddress },
    ...{ venues: [direct.address], middle: [] as string[] },
  };
  const detour = { ...market, venues: [first.address, second.address], middle: [daiAddress] };
  return { ...base, dai, uniswap, direct, market, detour };
}

/** Σ_{k=0..n} l^k in WAD, by which equity is multiplied: the closed form `(1 − l^(n+1))/(1 − l)`, rounded down. */
export function exposureWad(ltvWad: bigint, rounds: number): bigint {
  const power = ltvWad ** BigInt(rounds + 1);
  const unit = WAD ** BigInt(rounds + 1);
  return ((unit - power) * WAD * WAD) / (unit * (WAD - ltvWad));
}

interface Token {
  balanceOf(account: string): Promise<bigint>;
  allowance(owner: string, spender: string): Promise<bigint>;
}

/** Everything that a router still holds of these tokens, plus every allowance that it still gives. Must be zero. */
export async function leftBehind(
  tokens: readonly Token[],
  router: string,
  spenders: readonly string[],
): Promise<bigint> {
  let total = 0n;
  for (const token of tokens) {
    total += await token.balanceOf(router);
    for (const spender of spenders) total += await token.allowance(router, spender);
  }
  return total;
}
