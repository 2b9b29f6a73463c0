import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { ETHER } from "../shared/gas-fixture.ts";
import { onBoth, type Sales } from "../shared/sale-fixtures.ts";

const SMALL = ETHER / 4n;

/**
 * `second` has been for sale for 15 minutes and is cheap by now. The attacker has his own account kicked and buys a little of
 * it: at a premium, but he pays it to himself.
 */
async function washTiny(p: Sales) {
  await p.liquidation.kick(p.second.address);
  await p.time.increase(900);
  const before = (await p.quote(p.second, SMALL)).factor;
  await p.liquidation.kick(p.third.address);
  await p.take(p.third, SMALL, p.third);
  return { before, after: (await p.quote(p.second, SMALL)).factor };
}

/** He buys all that he may of it: more than the schedule sells in many minutes. */
async function washMuch(p: Sales) {
  await p.refresh(20_000n); // 12 dollars a second at most
  await p.liquidation.kick(p.third.address);
  await p.take(p.third, undefined, p.third);
  await p.liquidation.kick(p.second.address);
  await p.time.increase(600);
  return (await p.quote(p.second, SMALL)).factor;
}

describe("Attack: buying one's own collateral so that nobody else's is sold", () => {
  it("a tiny purchase puts the price of others back to its start in the weak copy, and hardly moves it", async () => {
    const { ours, weak } = await onBoth(removable("clock moves by what is sold"), washTiny);
    expect(weak.before).to.be.lessThan(1);
    expect(weak.after).to.be.greaterThan(1.019);
    expect(ours.before).to.be.lessThan(1);
    expect(ours.after).to.be.lessThan(ours.before + 0.001);
  });

  it("a large one keeps others dear for long in the weak copy, and for two minutes at most", async () => {
    const { ours, weak } = await onBoth(removable("clock hardly ahead"), washMuch);
    expect(weak).to.be.greaterThan(1.02);
    expect(ours).to.be.lessThan(1);
  });
});
