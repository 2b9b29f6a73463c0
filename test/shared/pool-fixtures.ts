import accessManagerArtifact from "@openzeppelin/contracts/build/contracts/AccessManager.json" with { type: "json" };
import { MaxUint256, parseEther } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { RESTRICTED_FUNCTIONS, ROLES, selectorsOf } from "../../ignition/modules/roles.ts";
import { weakPartOf, type Defence } from "./defences.ts";
import { deployAccessManager } from "./oracle-fixtures.ts";

export const WAD = 10n ** 18n;
export const BPS = 10_000n;
/** Stands for "no cap" in every cap of the pool. */
export const UNCAPPED = 2n ** 112n - 1n;
/** Lender shares have 6 decimals more than the loan asset. */
export const SHARE_OFFSET = 10n ** 6n;
/** Bits of `setPauseFlags`, as in `PoolStorage`. */
export const PAUSE = { deposit: 1n, borrow: 2n, collateralExit: 4n, flashLoan: 8n, all: 15n } as const;

/** Kinked model: 5.5 % a year at 90 % utilisation, steep above, a surcharge from 97 %. */
export const RATES = {
  basePerYearWad: parseEther("0.005"),
  slopeToKinkPerYearWad: parseEther("0.05"),
  slopeAboveKinkPerYearWad: parseEther("0.75"),
  kinkWad: parseEther("0.9"),
  criticalUtilisationWad: parseEther("0.97"),
  surchargeFloorPerYearWad: parseEther("0.05"),
  surchargeCapPerYearWad: parseEther("10"),
  doublingSeconds: 43_200n,
};

/** Collaterals in the order of listing. `price`: whole loan assets per whole token. */
const COLLATERALS = [
  { symbol: "ETH", decimals: 18n, price: 2_000n, borrowFactorBps: 7_500n, liquidationFactorBps: 8_000n },
  { symbol: "BTC", decimals: 8n, price: 60_000n, borrowFactorBps: 7_000n, liquidationFactorBps: 7_500n },
  { symbol: "STB", decimals: 6n, price: 1n, borrowFactorBps: 8_500n, liquidationFactorBps: 9_000n },
] as const;

export interface PoolOptions {
  /** Decimals of the loan asset; 6 if not given. Must agree with `loanToken` if that is given. */
  readonly loanDecimals?: bigint;
  /** A token that is deployed already, to be lent instead of a plain one. It must have a public `mint`. */
  readonly loanToken?: string;
  /** How many of ETH (Dutch curve), BTC and STB (fixed bonus of 5 %) are listed; 1 if not given. */
  readonly collaterals?: number;
  /** Tokens that are deployed already, to be listed instead of ETH, BTC and STB in this order; decimals must agree. */
  readonly collateralTokens?: readonly (string | undefined)[];
  /** Defence that the pool, or one of its modules, is to lack; for attacks on weakened copies. */
  readonly without?: Defence;
}

/** Loan base units per collateral base unit, × 1e36. */
export function price36(wholePrice: bigint, collateralDecimals: bigint, loanDecimals: bigint): bigint {
  return (wholePrice * 10n ** loanDecimals * 10n ** 36n) / 10n ** collateralDecimals;
}

/**
 * A pool of real parts on a hand-set oracle, with roles as in the deployment but without delays. Nobody lends yet.
 * `governor` (also the roles' administrator) and `guardian` hold their roles; `lender`, `otherLender`, `borrower`,
 * `otherBorrower` and `liquidator` hold a million of every token and have approved the pool; `stranger` has nothing.
 * `admin` and `liquidation` are the pool under its other interfaces.
 */
export async function deployPool(connection: NetworkConnection, options: PoolOptions = {}) {
  const { ethers } = connection;
  const { loanDecimals = 6n, loanToken, collaterals: count = 1, collateralTokens = [] } = options;
  const weak = options.without === undefined ? undefined : weakPartOf(options.without);
  const signers = await ethers.getSigners();
  const [governor, guardian, lender, otherLender, borrower, otherBorrower, liquidator, stranger] = signers;

  const plainToken = async (symbol: string, decimals: bigint) =>
    (await ethers.deployContract("MockERC20", [symbol, symbol, decimals])).getAddress();
  const loanAddress = loanToken ?? (await plainToken("USD", loanDecimals));
  const loan = await ethers.getContractAt("MockERC20", loanAddress);
  const manager = await ethers.getContractAt(accessManagerArtifact.abi, await deployAccessManager(governor));
  const oracle = await ethers.deployContract("ConstantPriceOracle", [loanAddress]);
  const rateModel = await ethers.deployContract("KinkedRateModel", [RATES]);
  const dutchCurve = await ethers.deployContract("DutchCurve", [500, 1_000, 1_800]);
  const fixedCurve = await ethers.deployContract("FixedBonusCurve", [500]);
  const salesName = weak?.part === "liquidationModule" ? weak.contract : "LiquidationModule";
  const sales = await (await ethers.deployContract(salesName, [loanAddress])).getAddress();
  const liquidationModule = await ethers.getContractAt("LiquidationModule", sales);
  const adminModule = await ethers.deployContract("PoolAdminModule", [loanAddress]);
  const adminAddress = await adminModule.getAddress();
  const riskModule = await ethers.deployContract("PoolRiskModule", [loanAddress]);
  const params = {
    ...{ asset: loanAddress, name: "Breakwater USD", symbol: "bwUSD" },
    authority: await manager.getAddress(),
    oracle: await oracle.getAddress(),
    interestRateModel: await rateModel.getAddress(),
    liquidationModule: sales,
    adminModule:
      weak?.part === "adminModule"
        ? await (await ethers.deployContract(weak.contract, [loanAddress, adminAddress])).getAddress()
        : adminAddress,
    riskModule: await riskModule.getAddress(),
  };
  const deployed =
    weak?.part === "pool"
      ? await ethers.deployContract(weak.contract, [params, weak.missing])
      : await ethers.deployContract("LendingPool", [params]);
  const poolAddress = await deployed.getAddress();
  const pool = await ethers.getContractAt("LendingPool", poolAddress);
  const admin = await ethers.getContractAt("IPoolAdmin", poolAddress);
  const liquidation = await ethers.getContractAt("ILiquidationModule", poolAddress);

  const { guardian: tighten, governor: loosen } = RESTRICTED_FUNCTIONS.pool;
  await manager.getFunction("setTargetFunctionRole").send(poolAddress, selectorsOf(tighten), ROLES.guardian);
  await manager.getFunction("setTargetFunctionRole").send(poolAddress, selectorsOf(loosen), ROLES.governor);
  await manager.getFunction("grantRole").send(ROLES.governor, governor.address, 0);
  for (const holder of [governor, guardian]) {
    await manager.getFunction("grantRole").send(ROLES.guardian, holder.address, 0);
  }

  const collaterals = [];
  for (const [index, { symbol, decimals, price, ...factors }] of COLLATERALS.slice(0, count).entries()) {
    const address = collateralTokens[index] ?? (await plainToken(symbol, decimals));
    const token = await ethers.getContractAt("MockERC20", address);
    await oracle.setPrice(address, price36(price, decimals, loanDecimals));
    const curve = await (index === 0 ? dutchCurve : fixedCurve).getAddress();
    await admin.listCollateral({ token: address, ...factors, supplyCap: UNCAPPED, curve });
    collaterals.push({ token, address, unit: 10n ** decimals, price36: price36(price, decimals, loanDecimals) });
  }

  for (const account of [lender, otherLender, borrower, otherBorrower, liquidator]) {
    for (const { token, unit } of [{ token: loan, unit: 10n ** loanDecimals }, ...collaterals]) {
      await token.mint(account.address, 1_000_000n * unit);
      await token.connect(account).approve(poolAddress, MaxUint256);
    }
  }
  return {
    ...{ connection, ethers, networkHelpers: connection.networkHelpers },
    ...{ governor, guardian, lender, otherLender, borrower, otherBorrower, liquidator, stranger },
    ...{ pool, poolAddress, admin, liquidation, liquidationModule, adminModule, riskModule, params, manager, oracle },
    ...{ loan, loanAddress, loanDecimals, unit: 10n ** loanDecimals },
    ...{ rateModel, dutchCurve, fixedCurve, collaterals },
  };
}

export type DeployedPool = Awaited<ReturnType<typeof deployPool>>;

/** USDC-like loan asset, ETH as the only collateral, nobody in it. */
export function emptyPool(connection: NetworkConnection) {
  return deployPool(connection);
}

/** ETH, BTC and STB as collateral, nobody in it. */
export function threeCollateralPool(connection: NetworkConnection) {
  return deployPool(connection, { collaterals: 3 });
}

/**
 * `lender` lends 100,000 and `borrower` owes 60,000 of it against 100 of the first collateral, whatever the decimals;
 * one tenth of interest goes to reserves.
 */
export async function activePool(connection: NetworkConnection, options: PoolOptions = {}) {
  const p = await deployPool(connection, options);
  await p.admin.setReserveFactor(1_000);
  await p.pool.connect(p.lender).deposit(100_000n * p.unit, p.lender.address);
  await openDebt(p, 100n, 60_000n);
  return p;
}

/**
 * `borrower` adds collateral and borrows. Must be worth the debt at the borrow factor.
 *
 * @param collateral Of the first collateral. [whole tokens]
 * @param debt [whole loan assets]
 */
export async function openDebt(p: DeployedPool, collateral: bigint, debt: bigint): Promise<void> {
  const { pool, borrower, collaterals, unit } = p;
  const pledged = collateral * collaterals[0].unit;
  await pool.connect(borrower).supplyCollateral(collaterals[0].address, pledged, borrower.address, "0x");
  await pool.connect(borrower).borrow(debt * unit, 0, borrower.address, borrower.address);
}

/** {@link activePool} with a loan asset of 8 decimals. */
export function activePool8(connection: NetworkConnection) {
  return activePool(connection, { loanDecimals: 8n });
}

/** {@link activePool} with a loan asset of 18 decimals. */
export function activePool18(connection: NetworkConnection) {
  return activePool(connection, { loanDecimals: 18n });
}

/**
 * {@link activePool} and an account of a contract that runs scripts (`ScriptedAccount.sol`), which holds 100,000 of every
 * token and has approved the pool for them.
 */
export async function scriptedPool(connection: NetworkConnection, options: PoolOptions = {}) {
  const p = await activePool(connection, options);
  const account = await p.ethers.deployContract("ScriptedAccount");
  const address = await account.getAddress();
  for (const { token, unit } of [{ token: p.loan, unit: p.unit }, ...p.collaterals]) {
    await token.mint(address, 100_000n * unit);
    const data = token.interface.encodeFunctionData("approve", [p.poolAddress, MaxUint256]);
    await account.run([{ target: await token.getAddress(), data }]);
  }
  return { ...p, account, accountAddress: address };
}
