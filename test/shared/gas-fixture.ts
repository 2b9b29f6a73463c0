import accessManagerArtifact from "@openzeppelin/contracts/build/contracts/AccessManager.json" with { type: "json" };
import { ContractFactory, MaxUint256, parseEther, type Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

export const USD = 10n ** 6n;
export const ETHER = 10n ** 18n;

/** Loan base units per collateral base unit, × 1e36. */
export function price36(dollars: bigint, decimals: bigint): bigint {
  return (dollars * USD * 10n ** 36n) / 10n ** decimals;
}

const COLLATERALS = [
  { name: "ETH", decimals: 18n, price: 2_000n, borrowFactorBps: 7_500n, liquidationFactorBps: 8_000n },
  { name: "BTC", decimals: 8n, price: 60_000n, borrowFactorBps: 7_000n, liquidationFactorBps: 7_500n },
  { name: "STB", decimals: 6n, price: 1n, borrowFactorBps: 8_500n, liquidationFactorBps: 9_000n },
];

/** What a pool is made of, where it is not the usual. */
export interface Parts {
  /** Contract in the place of `LiquidationModule`. */
  readonly liquidationModule?: string;
  /** Its loan asset can block accounts. */
  readonly blocklist?: boolean;
}

/**
 * A pool in use, one hour after it was last touched, with the parameters of `test/solidity/PoolSetup.sol`. `user` lends
 * and borrows 50,000 against 100 ETH; `diversified` against three collaterals; `liquidator` holds every token. All
 * allowances are standing, so that a measured call changes no slot from or to zero that a regular user's would not.
 */
export async function poolInUse(connection: NetworkConnection, parts: Parts = {}) {
  const { liquidationModule = "LiquidationModule", blocklist = false } = parts;
  const { ethers } = connection;
  const [governor, user, diversified, liquidator] = await ethers.getSigners();
  const loan = blocklist
    ? await ethers.deployContract("BlocklistERC20", [6])
    : await ethers.deployContract("MockERC20", ["US Dollar", "USD", 6]);
  const loanAddress = await loan.getAddress();
  const manager = await new ContractFactory(
    accessManagerArtifact.abi,
    accessManagerArtifact.bytecode,
    governor as Signer,
  ).deploy(governor.address);
  const oracle = await ethers.deployContract("ConstantPriceOracle", [loanAddress]);
  const rateModel = await ethers.deployContract("KinkedRateModel", [
    {
      basePerYearWad: parseEther("0.005"),
      slopeToKinkPerYearWad: parseEther("0.05"),
      slopeAboveKinkPerYearWad: parseEther("0.75"),
      kinkWad: parseEther("0.9"),
      criticalUtilisationWad: parseEther("0.97"),
      surchargeFloorPerYearWad: parseEther("0.05"),
      surchargeCapPerYearWad: parseEther("10"),
      doublingSeconds: 43_200n,
    },
  ]);
  const fixedCurve = await ethers.deployContract("FixedBonusCurve", [500]);
  const dutchCurve = await ethers.deployContract("DutchCurve", [500, 1_000, 1_800]);
  const pool = await ethers.deployContract("LendingPool", [
    {
      asset: loanAddress,
      name: "Breakwater USD",
      symbol: "bwUSD",
      authority: await manager.getAddress(),
      oracle: await oracle.getAddress(),
      interestRateModel: await rateModel.getAddress(),
      liquidationModule: await (await ethers.deployContract(liquidationModule, [loanAddress])).getAddress(),
      adminModule: await (await ethers.deployContract("PoolAdminModule", [loanAddress])).getAddress(),
      riskModule: await (await ethers.deployContract("PoolRiskModule", [loanAddress])).getAddress(),
    },
  ]);
  const poolAddress = await pool.getAddress();
  const admin = await ethers.getContractAt("IPoolAdmin", poolAddress);
  const liquidation = await ethers.getContractAt("ILiquidationModule", poolAddress);

  const tokens = [];
  for (const { name, decimals, price, ...factors } of COLLATERALS) {
    const token = await ethers.deployContract("MockERC20", [name, name, decimals]);
    const address = await token.getAddress();
    await oracle.setPrice(address, price36(price, decimals));
    const curve = await (tokens.length === 0 ? dutchCurve : fixedCurve).getAddress();
    await admin.listCollateral({ token: address, ...factors, supplyCap: 2n ** 112n - 1n, curve });
    tokens.push(token);
  }
  await admin.setMinDebt(100n * USD);
  await admin.setReserveFactor(1_000);

  for (const account of [user, diversified, liquidator]) {
    for (const token of [loan, ...tokens]) {
      await token.mint(account.address, 1_000_000n * 10n ** (await token.decimals()));
      await token.connect(account).approve(poolAddress, MaxUint256);
    }
  }
  const [ether, bitcoin, stable] = tokens;
  const amounts = [
    [ether, 100n * ETHER],
    [bitcoin, 10n * 10n ** 8n],
    [stable, 1_000n * USD],
  ] as const;
  await pool.connect(diversified).deposit(500_000n * USD, diversified.address);
  for (const [token, amount] of amounts) {
    await pool.connect(diversified).supplyCollateral(await token.getAddress(), amount, diversified.address, "0x");
  }
  await pool.connect(diversified).borrow(50_000n * USD, 0, diversified.address, diversified.address);
  await pool.connect(user).deposit(100_000n * USD, user.address);
  await pool.connect(user).supplyCollateral(await ether.getAddress(), 100n * ETHER, user.address, "0x");
  await pool.connect(user).borrow(50_000n * USD, 0, user.address, user.address);

  const flashBorrower = await ethers.deployContract("MockFlashBorrower", [loanAddress, poolAddress]);
  await loan.mint(await flashBorrower.getAddress(), USD);
  await connection.networkHelpers.time.increase(3_600);
  return {
    connection,
    pool,
    admin,
    liquidation,
    oracle,
    loan,
    ether,
    fixedCurve,
    flashBorrower,
    user,
    diversified,
    liquidator,
  };
}

/** Terms of the paced curve in tests. See `PacedCurve`. */
export const PACED = [200, 200, 500, 1_200, { creditSeconds: 1_200, fastPpm: 600, slowTenthPpm: 300, kneeBps: 6_000 }];

/** The same pool with the default curve: an engine tells its collaterals' depth, and two accounts more are like the first. */
export async function pacedPool(connection: NetworkConnection, parts: Parts = {}) {
  const p = await poolInUse(connection, parts);
  const { ethers } = connection;
  const poolAddress = await p.pool.getAddress();
  const ether = await p.ether.getAddress();
  const curve = await ethers.deployContract("PacedCurve", PACED);
  for (const token of await p.pool.collateralList()) {
    await p.admin.setLiquidationCurve(token, await curve.getAddress());
  }
  const risk = await ethers.getContractAt("IPoolRisk", poolAddress);
  const engine = await ethers.deployContract("MockRiskEngine", [poolAddress]);
  await risk.setRiskEngine(await engine.getAddress(), 86_400);
  /** Tells the depth of the market of ETH: the reserve y, in dollars. */
  const refresh = async (reserve = 100_000_000n) => {
    await engine.write(
      ether,
      {
        ...{ liquidationFactorBps: 8_000, borrowFactorBps: 7_500, calm: true, level: 0 },
        ...{ loadingPercent: 100, discountTenBps: 50, grace: false, reserve: reserve * USD },
      },
      { restricted: false, exitFloorShares: 0, exitRefillPerSecond: 0 },
    );
  };
  await refresh();
  const [, , , , second, third, spare] = await ethers.getSigners();
  for (const account of [second, third]) {
    await p.ether.mint(account.address, 200n * ETHER);
    await p.loan.mint(account.address, 1_000_000n * USD);
    for (const token of [p.ether, p.loan]) await token.connect(account).approve(poolAddress, MaxUint256);
    await p.pool.connect(account).supplyCollateral(ether, 100n * ETHER, account.address, "0x");
    await p.pool.connect(account).borrow(50_000n * USD, 0, account.address, account.address);
  }
  await p.admin.setKickTip(10n * USD);
  await p.liquidation.connect(p.liquidator).registerKeeper();
  await connection.networkHelpers.time.increase(3_600);
  return { ...p, refresh, second, third, spare, curve };
}
