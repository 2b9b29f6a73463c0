import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onActivePools, onOurs, outcome } from "../shared/on-pools.ts";
import { activePool, type DeployedPool } from "../shared/pool-fixtures.ts";

/**
 * An oracle for another quote asset, which does not know the collateral, and therefore says that it is worth nothing. Compound's
 * cETH market (August 2022) stood still for a feed that did not fit.
 */
async function setWrongOracle(p: DeployedPool) {
  const { ethers, admin, pool, liquidation, liquidator, lender, borrower, collaterals, unit } = p;
  const [{ address }] = collaterals;
  const before = await pool.convertToAssets(await pool.balanceOf(lender.address));
  const other = await ethers.deployContract("ConstantPriceOracle", [address]);
  const changed = await outcome(admin.setOracle(await other.getAddress()));
  const sales = liquidation.connect(liquidator);
  const sold = await outcome(sales.take(borrower.address, address, 2n ** 200n, 2n ** 200n, liquidator.address, "0x"));
  const lost = before - (await pool.convertToAssets(await pool.balanceOf(lender.address)));
  return { changed, sold, lost: lost / unit };
}

describe("Attack: governance makes a mistake", () => {
  const DEFENCE = removable("checked parameters");

  it("an oracle that does not fit has healthy accounts sold for nothing in the weak copy, and is refused", async () => {
    const { ours, weak } = await onActivePools(DEFENCE, setWrongOracle);
    expect(weak.changed).to.equal("done");
    expect(weak.sold).to.equal("done"); // for nothing
    expect(weak.lost).to.be.greaterThan(59_000n);
    expect(ours.changed).to.contain("ConfigModuleMismatch");
    expect(ours.sold).to.contain("LiquidationAccountHealthy");
    expect(ours.lost).to.be.at.most(0n);
  });

  it("a reserve factor of 500 % takes what is the lenders' in the weak copy, and is refused", async () => {
    const attack = async ({ pool, admin, networkHelpers }: DeployedPool) => {
      const changed = await outcome(admin.setReserveFactor(50_000n));
      const before = await pool.totalAssets();
      await networkHelpers.time.increase(365 * 86_400);
      await pool.accrue();
      return { changed, earned: (await pool.totalAssets()) - before };
    };
    const { ours, weak } = await onActivePools(DEFENCE, attack);
    expect(weak.changed).to.equal("done");
    expect(weak.earned).to.be.lessThan(0n);
    expect(ours.changed).to.contain("ConfigOutOfRange");
    expect(ours.earned).to.be.greaterThan(0n);
  });

  it("typing errors are refused: what lends more than it liquidates, modules that are none, the pool's own tokens", async () => {
    const attack = async ({ admin, poolAddress, loanAddress, collaterals, dutchCurve, ethers }: DeployedPool) => {
      const [{ address }] = collaterals;
      const curve = await dutchCurve.getAddress();
      const token = await (await ethers.deployContract("MockERC20", ["No price", "NONE", 18])).getAddress();
      const factors = { borrowFactorBps: 7_000n, liquidationFactorBps: 8_000n, supplyCap: 10n ** 20n, curve };
      return [
        await outcome(admin.setCollateralFactors(address, 8_000n, 8_000n, 0n)),
        await outcome(admin.setCollateralFactors(address, 7_500n, 9_900n, 0n)),
        await outcome(admin.setLiquidationTarget(10_100n)),
        await outcome(admin.setFlashFee(10_000n)),
        await outcome(admin.setInterestRateModel(loanAddress)),
        await outcome(admin.setLiquidationCurve(address, ethers.ZeroAddress)),
        await outcome(admin.listCollateral({ token: loanAddress, ...factors })),
        await outcome(admin.listCollateral({ token: poolAddress, ...factors })),
        await outcome(admin.listCollateral({ token, ...factors })),
        await outcome(admin.listCollateral({ token: address, ...factors })),
      ];
    };
    const ours = await onOurs(DEFENCE, attack, activePool);
    for (const result of ours) expect(result).not.to.equal("done");
  });
});
