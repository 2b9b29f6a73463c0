import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { removable } from "../shared/defences.ts";
import { ETHER } from "../shared/gas-fixture.ts";
import { onBoth, USD, type Sales } from "../shared/sale-fixtures.ts";

const TIP = 10n * USD;

/** The attacker kicks his own account for a tip, buys of it himself, and fetches the tip. What it brought him. */
async function tipOneself(p: Sales) {
  const attacker = p.third;
  const sales = p.liquidation.connect(attacker);
  await sales.registerKeeper();
  await p.pool.accrue();
  const before = await p.wealth(attacker);
  await sales.kickFor(attacker.address, ZeroAddress, 2);
  await p.take(attacker, ETHER, attacker);
  await sales.claimTips(2, attacker.address);
  return (await p.wealth(attacker)) - before;
}

describe("Attack: living on tips, and liquidating oneself", () => {
  it("who kicks and buys his own gains a tip in the weak copy, and nothing", async () => {
    const { ours, weak } = await onBoth(removable("tips are charged"), tipOneself);
    expect(weak).to.be.greaterThan(TIP - USD); // some seconds' interest
    expect(ours).to.be.at.most(0n);
    expect(ours).to.be.greaterThan(-USD);
  });

  it("buying of one's own at any discount that heals brings nothing", async () => {
    const { ours } = await onBoth(removable("tips are charged"), async (p) => {
      const gains: bigint[] = [];
      for (const wait of [1, 300, 600, 900, 1_200]) {
        const snapshot = await p.connection.networkHelpers.takeSnapshot();
        await p.liquidation.kick(p.third.address);
        await p.time.increase(wait);
        await p.pool.accrue();
        const before = await p.wealth(p.third);
        await p.take(p.third, ETHER, p.third);
        gains.push((await p.wealth(p.third)) - before);
        await snapshot.restore();
      }
      return gains;
    });
    for (const gain of ours) expect(gain).to.be.within(-USD, 0n);
  });

  it("kicks that lead to no sale bring nothing, however many", async () => {
    const { ours } = await onBoth(removable("tips are charged"), async (p) => {
      for (let round = 0; round < 5; ++round) {
        for (const { address } of [p.user, p.second, p.third]) {
          await p.liquidation.connect(p.liquidator).kickFor(address, ZeroAddress, 1);
        }
        await p.time.increase(3_601); // the kicks expire
      }
      return (await p.liquidation.keeperOf(1)).owed;
    });
    expect(ours).to.equal(0n);
  });

  it("one sale pays once", async () => {
    const { ours } = await onBoth(removable("tips are charged"), async (p) => {
      await p.liquidation.connect(p.liquidator).kickFor(p.user.address, ZeroAddress, 1);
      for (let i = 0; i < 3; ++i) await p.take(p.user, ETHER);
      return (await p.liquidation.keeperOf(1)).owed;
    });
    expect(ours).to.equal(TIP);
  });
});
