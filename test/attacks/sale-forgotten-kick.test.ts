import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { HEALED, onBoth, UNHEALTHY, type Sales } from "../shared/sale-fixtures.ts";

/** A wick: kicked, healthy again before anybody bought, forgotten. Two days later the account is unhealthy for a moment. */
async function waitForNextWick(p: Sales) {
  await p.liquidation.kick(p.user.address);
  await p.setPrice(HEALED + 50n);
  await p.time.increase(2 * 86_400);
  await p.pool.accrue();
  await p.setPrice(UNHEALTHY);
  await p.refresh();
  return (await p.quote(p.user, 10n ** 18n)).factor;
}

describe("Attack: waiting for kicks that were forgotten", () => {
  it("sells at the floor at once in the weak copy, and from the start again", async () => {
    const { ours, weak } = await onBoth(removable("kicks expire"), waitForNextWick);
    expect(weak).to.be.lessThan(0.99);
    expect(ours).to.be.greaterThan(1.019);
  });
});
