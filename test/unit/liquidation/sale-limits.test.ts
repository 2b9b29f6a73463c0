import { expect } from "chai";

import { ETHER, USD } from "../../shared/borrower-fixtures.ts";
import { KEEP, riskUpdate } from "../../shared/auction-setup.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { loadPaced, OWED, pacedPair, RESERVE, SECOND, type Paced } from "../../shared/paced-fixtures.ts";

/** Where the curve of `pacedPair` begins and ends. */
const [START, FLOOR] = [1.02, 1 / 1.05];
/** What a tick more or less of the schedule changes. */
const TICK = 3e-7;
const HOUR = 3_600n;

describe("Sales, to the second and to the unit", () => {
  describe("an engine's grace period after an outage", () => {
    async function inGrace() {
      const p = await loadPaced(pacedPair);
      await p.engine.write(p.eth.address, { ...riskUpdate(0, RESERVE, 100n), grace: true }, KEEP);
      return p;
    }
    for (const [entry, start] of [
      ["kick", (p: Paced) => p.liquidation.kick(p.borrower.address)],
      ["take", (p: Paced) => p.take(ETHER)],
    ] as const) {
      it(`spares an account from ${entry} down to a health factor of 0.95, and not a unit below`, async () => {
        const p = await inGrace();
        await p.oracle.setPrice(p.eth.address, 1_425n * USD * ETHER); // 114,000 = 95 % of 120,000
        await expect(start(p))
          .to.be.revertedWithCustomError(p.pool, "LiquidationInGrace")
          .withArgs(p.borrower.address, (OWED * 95n) / 100n, OWED);
        await p.oracle.setPrice(p.eth.address, 1_425n * USD * ETHER - 10n ** 16n); // a unit less
        await start(p);
      });
    }
  });

  it("others' sales keep a kick alive for six hours, and not a second longer", async () => {
    const p = await loadPaced(pacedPair);
    const since = await p.kick();
    // The schedule never lags by more than its credit of twenty minutes: at the last of these it is beyond six hours.
    for (let lag = 2_000n; lag <= 6n * HOUR + 1_400n; lag += 2_100n) {
      await p.at(since + lag);
      await p.take(SECOND, p.otherBorrower);
    }
    expect((await p.sale()).clockTicks / 256n).to.be.greaterThan(since + 6n * HOUR);
    const last = since + 6n * HOUR + 3_000n;
    await p.at(last);
    expectClose((await p.quote(1n)).factor, FLOOR, TICK);
    await expect(p.liquidation.kick(p.borrower.address)).to.be.revertedWithCustomError(
      p.pool,
      "LiquidationAlreadyKicked",
    );
    await p.at(last + 1n);
    expectClose((await p.quote(1n)).factor, START, TICK);
    await p.liquidation.kick(p.borrower.address);
  });
});
