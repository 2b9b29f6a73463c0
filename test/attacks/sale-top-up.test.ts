import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { ETHER } from "../shared/gas-fixture.ts";
import { HEALED, onBoth, UNHEALTHY, type Sales } from "../shared/sale-fixtures.ts";

/**
 * Every ten minutes the account touches the health at which it may be taken off sale, and falls again: by a top-up that is
 * taken out again elsewhere, or a price that jumps.
 */
async function touchHealth(p: Sales) {
  await p.liquidation.kick(p.user.address);
  for (let round = 0; round < 3; ++round) {
    await p.time.increase(600);
    await p.setPrice(HEALED);
    await p.liquidation.unkick(p.user.address);
    await p.setPrice(UNHEALTHY);
    await p.liquidation.kick(p.user.address);
  }
  return (await p.quote(p.user, 10n ** 18n)).factor;
}

/** Every ten minutes the owner adds one unit of collateral, and has himself kicked again. */
async function addUnits(p: Sales) {
  const { address } = p.user;
  await p.liquidation.kick(address);
  const { kickedAt } = await p.pool.accountOf(address);
  const refused: string[] = [];
  for (let round = 0; round < 3; ++round) {
    await p.time.increase(600);
    await p.pool.connect(p.user).supplyCollateral(p.collateral, 1n, address, "0x");
    await p.liquidation.unkick(address).catch((error: unknown) => refused.push(String(error)));
    await p.liquidation.kick(address).catch((error: unknown) => refused.push(String(error)));
  }
  const isSame = (await p.pool.accountOf(address)).kickedAt === kickedAt;
  return { factor: (await p.quote(p.user, ETHER)).factor, isSame, refused: refused.join() };
}

describe("Attack: being healthy for a moment, so that the price starts anew", () => {
  it("keeps the account dear for ever in the weak copy; with us its price goes on falling", async () => {
    const { ours, weak } = await onBoth(removable("memory of the price"), touchHealth);
    expect(weak).to.be.greaterThan(1.019);
    expect(ours).to.be.lessThan(0.99);
  });

  it("one unit more of collateral does so in a copy that takes it for a new beginning, and changes nothing at all", async () => {
    const { ours, weak } = await onBoth(removable("top-ups reset nothing"), addUnits);
    expect(weak.factor).to.be.greaterThan(1.019);
    expect(weak.isSame).to.equal(false);
    expect(ours.factor).to.be.lessThan(0.96); // the floor
    expect(ours.isSame).to.equal(true);
    expect(ours.refused).to.match(/(LiquidationStillUnhealthy[^]*LiquidationAlreadyKicked[^]*){3}/);
  });
});
