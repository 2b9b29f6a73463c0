import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { deployAttack, UNSEEN, type Attack, type Weakness } from "../shared/attack-fixtures.ts";
import { removable } from "../shared/defences.ts";
import { outcome } from "../shared/on-pools.ts";
import { ETHER, USD } from "../shared/risk-fixtures.ts";

removable("market depth");

/** Of the collateral, out of nothing; worth two billion dollars at its price. */
const FORGED = 1_000_000n * ETHER;
/** What others have lent in all. [dollars] */
const LENT = 100_000_000n;

/** `deployAttack`, where more has been lent than the market of the collateral holds: 60 million on either side. */
async function largePool(connection: NetworkConnection, weakness?: Weakness) {
  const a = await deployAttack(connection, weakness);
  const { loan, pool, lender } = a;
  const more = LENT * USD - (await pool.totalAssets());
  await loan.mint(lender.address, more);
  await pool.connect(lender).deposit(more, lender.address);
  await a.attack(await a.pokes(), UNSEEN);
  return a;
}

/**
 * rsETH (April 2026): a bridge was made to mint collateral that nothing backs, without end, at a price that every oracle confirmed. Whatever
 * the price, no more is lent on one account than what its market could still take.
 */
async function borrowAll(a: Attack) {
  await a.attack([await a.supply(FORGED)]);
  const { cash } = await a.pool.totals();
  const most = (await a.pool.borrowCapacityOf(a.attackerAddress)) / USD;
  const [, reserve] = await a.liquidity.depthAndReserveOf(a.eth.address);
  return { all: await outcome(a.attack([await a.borrow(cash)])), most, reserve: reserve / USD };
}

describe("Attack: borrowing everything on collateral made out of nothing", () => {
  const on = async <T>(attack: (a: Attack) => Promise<T>, weakness?: Weakness) => {
    const connection = await network.create();
    try {
      return await attack(await largePool(connection, weakness));
    } finally {
      await connection.close();
    }
  };

  it("empties a pool that takes every market for deep; ours lends half of what the market holds", async () => {
    const [ours, weak] = [await on(borrowAll), await on(borrowAll, "boundless depth")];
    expect(weak.all).to.equal("done");
    expect(ours.all).to.contain("PoolBorrowTestFailed");
    expect(ours.reserve).to.be.within(55_000_000n, 60_000_000n); // as measured in the market
    expect(ours.most).to.be.within(1n, ours.reserve / 2n);
  });

  it("a supply cap bounds what all accounts together can bring", async () => {
    const refused = await on(async (a) => {
      await a.admin.setCollateralSupplyCap(a.eth.address, 1_000n * ETHER);
      return [await outcome(a.attack([await a.supply(1_000n * ETHER)])), await outcome(a.attack([await a.supply(1n)]))];
    });
    expect(refused[0]).to.equal("done");
    expect(refused[1]).to.contain("PoolSupplyCapExceeded");
  });
});
