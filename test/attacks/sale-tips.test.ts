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

/** He has 51,500 against 50,000, in a market that takes it all, and buys it himself at any time. What each of these brought him. */
async function buyOneself(p: Sales) {
  await p.refresh(1_000_000_000n);
  await p.setPrice(515n);
  const gains: bigint[] = [];
  for (const wait of [1, 300, 600, 900, 1_200]) {
    const snapshot = await p.connection.networkHelpers.takeSnapshot();
    await p.liquidation.kick(p.third.address);
    await p.time.increase(wait);
    await p.pool.accrue();
    const before = await p.wealth(p.third);
    await p.take(p.third, undefined, p.third);
    gains.push((await p.wealth(p.third)) - before);
    await snapshot.restore();
  }
  return gains;
}

/** The attacker kicks everybody whenever he can, and waits until it is forgotten. What he gained, and the pool paid. */
async function spamKicks(p: Sales) {
  const attacker = p.liquidator;
  const sales = p.liquidation.connect(attacker);
  const cash = async () => (await p.pool.totals()).cash;
  const before = [await p.wealth(attacker), await cash()];
  for (let round = 0; round < 5; ++round) {
    for (const { address } of [p.user, p.second, p.third]) await sales.kickFor(address, ZeroAddress, 1);
    await p.time.increase(3_601); // the kicks expire
  }
  const claimed = await sales.claimTips(1, attacker.address).then(() => "paid", String);
  return { claimed, gain: (await p.wealth(attacker)) - before[0], paid: before[1] - (await cash()) };
}

/** The attacker kicks an account and buys a piece of it three times. What he is owed, and what the owner was charged. */
async function tipThrice(p: Sales) {
  const attacker = p.liquidator;
  await p.liquidation.connect(attacker).kickFor(p.user.address, ZeroAddress, 1);
  await p.pool.accrue();
  const [debt, held] = [await p.pool.debtOf(p.user.address), await p.loan.balanceOf(attacker.address)];
  for (let i = 0; i < 3; ++i) await p.take(p.user, ETHER);
  const repaid = held - (await p.loan.balanceOf(attacker.address));
  const charged = (await p.pool.debtOf(p.user.address)) + repaid - debt;
  return { owed: (await p.liquidation.keeperOf(1)).owed, charged };
}

describe("Attack: living on tips, and liquidating oneself", () => {
  it("who kicks and buys his own gains a tip in the weak copy, and nothing", async () => {
    const { ours, weak } = await onBoth(removable("tips are charged"), tipOneself);
    expect(weak).to.be.greaterThan(TIP - USD); // some seconds' interest
    expect(ours).to.be.at.most(0n);
    expect(ours).to.be.greaterThan(-USD);
  });

  it("who buys his own at the lowest price leaves a loss to lenders in the weak copy; ours brings nothing at any", async () => {
    const { ours, weak } = await onBoth(removable("guard of health"), buyOneself);
    expect(weak[4]).to.be.greaterThan(900n * USD);
    for (const gain of ours) expect(gain).to.be.within(-USD, 0n);
  });

  it("kicks that lead to no sale bring a tip each in the weak copy, at lenders' expense, and nothing", async () => {
    const { ours, weak } = await onBoth(removable("tips wait for a sale"), spamKicks);
    expect(weak).to.deep.equal({ claimed: "paid", gain: 15n * TIP, paid: 15n * TIP });
    expect(ours.claimed).to.contain("LiquidationNothingToClaim");
    expect([ours.gain, ours.paid]).to.deep.equal([0n, 0n]);
  });

  it("a sale in three pieces pays, and costs its owner, three tips in the weak copy, and one", async () => {
    const { ours, weak } = await onBoth(removable("one tip a sale"), tipThrice);
    for (const [result, tips] of [[weak, 3n * TIP] as const, [ours, TIP] as const]) {
      expect(result.owed).to.equal(tips);
      expect(result.charged).to.be.within(tips, tips + USD / 10n); // some seconds' interest
    }
  });
});
