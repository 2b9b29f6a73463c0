import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { network } from "hardhat";

import { isRemoved, removable } from "../shared/defences.ts";
import { ETHER } from "../shared/gas-fixture.ts";
import { outcome } from "../shared/on-pools.ts";
import { loadSales, USD, type Sales } from "../shared/sale-fixtures.ts";

const DEFENCE = removable("market depth");
/** Reserve of the collateral's market, as the engine measured it. [dollars] */
const THIN = 100_000n;
/** What an engine says that takes every market for deep. [dollars] */
const BOUNDLESS = 10n ** 15n;

/**
 * rsETH (April 2026): a bridge was made to mint collateral that nothing backs, without end, at a price that every oracle confirmed. Whatever
 * the price, no more is lent on one account than what its market could still take.
 */
async function mintAndBorrow(p: Sales, reserve: bigint) {
  await p.setPrice(2_000n);
  await p.refresh(reserve);
  const forger = p.spare;
  await p.ether.mint(forger.address, 100_000n * ETHER);
  await p.ether.connect(forger).approve(await p.pool.getAddress(), MaxUint256);
  const asForger = p.pool.connect(forger);
  await asForger.supplyCollateral(p.collateral, 100_000n * ETHER, forger.address, "0x");
  const { cash } = await p.pool.totals();
  const all = await outcome(asForger.borrow(cash, 0, forger.address, forger.address));
  const most = await p.pool.borrowCapacityOf(forger.address);
  return { all, most: most / USD };
}

describe("Attack: borrowing everything on collateral made out of nothing", () => {
  it("empties a pool that takes every market for deep; ours lends half of what the market holds", async () => {
    const run = async (reserve: bigint) => {
      const connection = await network.create();
      try {
        return await mintAndBorrow(await loadSales(connection), reserve);
      } finally {
        await connection.close();
      }
    };
    const [ours, weak] = [await run(isRemoved(DEFENCE) ? BOUNDLESS : THIN), await run(BOUNDLESS)];
    expect(weak.all).to.equal("done");
    expect(ours.all).to.contain("PoolBorrowTestFailed");
    expect(ours.most).to.be.within(1n, THIN / 2n);
  });

  it("a supply cap bounds what all accounts together can bring", async () => {
    const connection = await network.create();
    try {
      const p = await loadSales(connection);
      await p.admin.setCollateralSupplyCap(p.collateral, 1_000n * ETHER);
      await p.ether.mint(p.spare.address, 1_000n * ETHER);
      await p.ether.connect(p.spare).approve(await p.pool.getAddress(), MaxUint256);
      const values = [p.collateral, 1_000n * ETHER, p.spare.address, "0x"] as const;
      expect(await outcome(p.pool.connect(p.spare).supplyCollateral(...values))).to.contain("PoolSupplyCapExceeded");
    } finally {
      await connection.close();
    }
  });
});
