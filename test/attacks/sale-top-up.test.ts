import { expect } from "chai";

import { removable } from "../shared/defences.ts";
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

describe("Attack: being healthy for a moment, so that the price starts anew", () => {
  it("keeps the account dear for ever in the weak copy; with us its price goes on falling", async () => {
    const { ours, weak } = await onBoth(removable("memory of the price"), touchHealth);
    expect(weak).to.be.greaterThan(1.019);
    expect(ours).to.be.lessThan(0.99);
  });

  it("one unit more of collateral changes nothing at all", async () => {
    const { ours } = await onBoth(removable("memory of the price"), async (p) => {
      await p.liquidation.kick(p.user.address);
      const { kickedAt } = await p.pool.accountOf(p.user.address);
      await p.time.increase(600);
      await p.pool.connect(p.user).supplyCollateral(p.collateral, 1n, p.user.address, "0x");
      const unkicked = await p.liquidation.unkick(p.user.address).catch((error: unknown) => String(error));
      return { unkicked, isSame: (await p.pool.accountOf(p.user.address)).kickedAt === kickedAt };
    });
    expect(ours.unkicked).to.contain("LiquidationStillUnhealthy");
    expect(ours.isSame).to.equal(true);
  });
});
