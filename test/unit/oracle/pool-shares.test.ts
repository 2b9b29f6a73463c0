import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { deployAccessManager, expectWithinBps, Status } from "../../shared/oracle-fixtures.ts";

const WAD = 10n ** 18n;

const FLAT_RATE = {
  basePerYearWad: 0n,
  slopeToKinkPerYearWad: WAD / 10n,
  slopeAboveKinkPerYearWad: WAD,
  kinkWad: (9n * WAD) / 10n,
  criticalUtilisationWad: (95n * WAD) / 100n,
  surchargeFloorPerYearWad: WAD / 100n,
  surchargeCapPerYearWad: 100n * WAD,
  doublingSeconds: 43_200n,
};

/** A real pool's share, in an oracle for another pool of the same loan asset, whose transfers call back. */
async function shareOfLendingPool(connection: NetworkConnection) {
  const { ethers } = connection;
  const [governor, lender] = await ethers.getSigners();
  const authority = await deployAccessManager(governor);
  const token = await ethers.deployContract("HookERC20", [6]);
  const tokenAddress = await token.getAddress();
  const placeholder = await ethers.deployContract("ConstantPriceOracle", [tokenAddress]);
  const pool = await ethers.deployContract("LendingPool", [
    {
      asset: tokenAddress,
      name: "Breakwater HOOK",
      symbol: "bwHOOK",
      authority,
      oracle: await placeholder.getAddress(),
      interestRateModel: await (await ethers.deployContract("KinkedRateModel", [FLAT_RATE])).getAddress(),
      liquidationModule: await (await ethers.deployContract("LiquidationModule", [tokenAddress])).getAddress(),
      adminModule: await (await ethers.deployContract("PoolAdminModule", [tokenAddress])).getAddress(),
      riskModule: await (await ethers.deployContract("PoolRiskModule", [tokenAddress])).getAddress(),
    },
  ]);
  const poolAddress = await pool.getAddress();
  await token.mint(lender.address, 10n ** 12n);
  await token.connect(lender).approve(poolAddress, MaxUint256);
  await pool.connect(lender).deposit(10n ** 12n, lender.address);
  const oracle = await ethers.deployContract("PriceOracle", [tokenAddress, authority]);
  await oracle.setShare(poolAddress, 10);
  const reader = await ethers.deployContract("TransferHookReader");
  await token.mint(await reader.getAddress(), 10n ** 9n);
  /** Calls the oracle while the pool pulls a deposit. */
  const callInsideDeposit = async (data: string) =>
    reader.depositAndCall(poolAddress, 1n, await oracle.getAddress(), data);
  return { ethers, lender, pool, poolAddress, oracle, reader, callInsideDeposit };
}

describe("PriceOracle: the share of a Breakwater pool", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  const loadPool = () => connection.networkHelpers.loadFixture(shareOfLendingPool);

  it("is priced at what the pool pays for it, in its own decimals", async () => {
    const { oracle, pool, poolAddress, lender } = await loadPool();
    const held = await pool.balanceOf(lender.address);
    const value = (held * (await oracle.liquidationPrice(poolAddress))) / 10n ** 36n;
    expectWithinBps(value, await pool.convertToAssets(held), 0.001);
  });

  it("has no price from within a change of that pool: every read, and a poke, reverts", async () => {
    const { oracle, poolAddress, callInsideDeposit } = await loadPool();
    for (const name of ["borrowPrice", "liquidationPrice", "liquidationPriceOrLast", "poke"] as const) {
      await connection.networkHelpers.time.increase(12); // or a poke would be too soon to do anything
      await expect(callInsideDeposit(oracle.interface.encodeFunctionData(name as "poke", [poolAddress])), name)
        .to.be.revertedWithCustomError(oracle, "OracleShareUnavailable")
        .withArgs(poolAddress, Status.Locked);
    }
  });

  it("shows the lock in the diagnostics, which do not revert", async () => {
    const { oracle, poolAddress, reader, callInsideDeposit } = await loadPool();
    await callInsideDeposit(oracle.interface.encodeFunctionData("sourcesOf", [poolAddress]));
    const [sources] = oracle.interface.decodeFunctionResult("sourcesOf", await reader.answer());
    expect(sources[0].status).to.equal(Status.Locked);
    expect((await oracle.sourcesOf(poolAddress))[0].status).to.equal(Status.Ok);
  });
});
