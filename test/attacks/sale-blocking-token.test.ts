import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";

import { removable } from "../shared/defences.ts";
import { ETHER, price36 } from "../shared/gas-fixture.ts";
import { onBoth, type Sales } from "../shared/sale-fixtures.ts";

/** The keeper who kicked can receive no loan assets: he is on a block list, or is a contract whose hook reverts. */
async function blockKeeper(p: Sales) {
  const { address } = p.second;
  await p.liquidation.connect(p.second).registerKeeper();
  await p.liquidation.connect(p.second).kickFor(p.user.address, ZeroAddress, 2);
  const loan = await p.connection.ethers.getContractAt("BlocklistERC20", await p.loan.getAddress());
  await loan.setBlocked(address, true);
  return p.take(p.user, ETHER).then(() => "sold", String);
}

/**
 * The owner adds a dollar's worth of a collateral whose transfers stop: it has a list, and the pool comes onto it. What came of the
 * sale of what else he has, of that of the blocked one, and of that once it may move again.
 */
async function blockCollateral(p: Sales) {
  const { address } = p.user;
  const pool = await p.pool.getAddress();
  const token = await p.connection.ethers.deployContract("BlocklistERC20", [18]);
  const collateral = await token.getAddress();
  await p.oracle.setPrice(collateral, price36(1n, 18n));
  await p.admin.listCollateral({
    ...{ token: collateral, borrowFactorBps: 7_000n, liquidationFactorBps: 7_500n },
    ...{ supplyCap: 2n ** 112n - 1n, curve: await p.curve.getAddress() },
  });
  await token.mint(address, ETHER);
  await token.connect(p.user).approve(pool, ETHER);
  await p.pool.connect(p.user).supplyCollateral(collateral, ETHER, address, "0x");
  await token.setBlocked(pool, true);

  await p.setPrice(400n); // it owes more than all is worth: everything is for sale
  await p.liquidation.kick(address);
  await p.time.increase(900);
  const takeBlocked = () =>
    p.liquidation
      .connect(p.liquidator)
      .take(address, collateral, MaxUint256, MaxUint256, p.liquidator.address, "0x")
      .then(() => "sold", String);
  const sold = await p.take(p.user).then(() => "sold", String);
  const blocked = await takeBlocked();
  const left = await p.pool.collateralOf(address, p.collateral);
  await token.setBlocked(pool, false);
  return { sold, blocked, left, unblocked: await takeBlocked(), debt: await p.pool.debtOf(address) };
}

describe("Attack: a tip that nobody can receive", () => {
  it("keeps the account from being sold in the weak copy, and only itself from being fetched", async () => {
    const { ours, weak } = await onBoth(removable("tips are fetched"), blockKeeper, { blocklist: true });
    expect(weak).to.contain("Blocked");
    expect(ours).to.equal("sold");
  });
});

describe("Attack: a collateral that does not move", () => {
  it("keeps all else of the account from being sold in the weak copy, and with us only itself, as long as it lasts", async () => {
    const { ours, weak } = await onBoth(removable("one collateral at a time"), blockCollateral);
    expect(weak.sold).to.contain("Blocked");
    expect(weak.left).to.equal(100n * ETHER);
    expect(ours.sold).to.equal("sold");
    expect(ours.blocked).to.contain("Blocked");
    expect([ours.left, ours.unblocked, ours.debt]).to.deep.equal([0n, "sold", 0n]);
  });
});
