import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { ETHER } from "../shared/gas-fixture.ts";
import { onBoth, type Sales } from "../shared/sale-fixtures.ts";

/**
 * Aave's CRV position (November 2022): at a bonus that is the same for all, each liquidation of an account that is nearly under water
 * takes more value than debt, lowers its health, and ends in bad debt. 51,500 of collateral against 50,000.
 */
async function liquidateInSteps(p: Sales) {
  await p.refresh(1_000_000_000n); // a market in which a sale moves nothing
  await p.liquidation.kick(p.user.address);
  await p.time.increase(1_400); // at the lowest price of the curve
  await p.setPrice(515n);
  const health = async () => {
    const { debt, collateralValue } = await p.pool.healthOf(p.user.address);
    return Number(collateralValue) / Number(debt);
  };
  const before = await health();
  for (let step = 0; step < 3; ++step) await p.take(p.user, 20n * ETHER);
  return (await health()) / before;
}

describe("Attack: liquidating at a bonus that makes the account worse", () => {
  it("lowers its cover with every step in the weak copy; ours gives no more than what still heals", async () => {
    const { ours, weak } = await onBoth(removable("guard of health"), liquidateInSteps);
    expect(weak).to.be.lessThan(0.98);
    expect(ours).to.be.greaterThan(0.9999);
  });
});
