import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onActivePools, onOurs, outcome } from "../shared/on-pools.ts";
import { activePool, type DeployedPool } from "../shared/pool-fixtures.ts";

const DAY = 86_400;

/**
 * Governance lowers a liquidation factor, and everybody between the old and the new value is for sale in the same block: the
 * fate that Aave's borrowers were threatened with by each such proposal. `borrower` owes 60,000 against 200,000 at 80 %.
 */
async function lower({ admin, liquidation, borrower, collaterals }: DeployedPool) {
  const [{ address }] = collaterals;
  const changed = await outcome(admin.setCollateralFactors(address, 2_000n, 2_500n, 0n));
  return { changed, kicked: await outcome(liquidation.kick(borrower.address)) };
}

describe("Attack: liquidating healthy accounts by lowering the liquidation factor", () => {
  const DEFENCE = removable("slow factors");

  it("sells them at once in the weak copy; ours refuses to change it so fast", async () => {
    const { ours, weak } = await onActivePools(DEFENCE, lower);
    expect(weak).to.deep.equal({ changed: "done", kicked: "done" });
    expect(ours.changed).to.contain("ConfigRampTooFast");
    expect(ours.kicked).to.contain("LiquidationAccountHealthy");
  });

  it("the guardian is no faster: two points a day, from today's value on, whoever asks and however often", async () => {
    const attack = async ({ pool, admin, guardian, networkHelpers, collaterals }: DeployedPool) => {
      const [{ address }] = collaterals;
      const asGuardian = admin.connect(guardian);
      const results = [await outcome(asGuardian.rampDownLiquidationFactor(address, 2_500n, 0n))];
      const values = [await pool.liquidationFactorBps(address)];
      await asGuardian.rampDownLiquidationFactor(address, 2_500n, 28 * DAY);
      for (let day = 0; day < 5; ++day) {
        await networkHelpers.time.increase(DAY);
        results.push(await outcome(asGuardian.rampDownLiquidationFactor(address, 2_400n - BigInt(day), 0n)));
        values.push(await pool.liquidationFactorBps(address));
      }
      return { results, falls: values.slice(1).map((value, i) => values[i] - value) };
    };
    const ours = await onOurs(DEFENCE, attack, activePool);
    for (const result of ours.results) expect(result).to.contain("ConfigRampTooFast");
    for (const fall of ours.falls) expect(fall).to.be.within(190n, 201n);
  });
});
