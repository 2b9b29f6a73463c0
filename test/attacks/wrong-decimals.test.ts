import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onPools, outcome } from "../shared/on-pools.ts";
import { answer8, Status } from "../shared/oracle-fixtures.ts";
import { feedAlonePool, type OraclePool } from "../shared/oracle-pool.ts";

/**
 * Morpho's PAXG market (October 2024): a price off by a power of ten because somebody took the wrong decimals; 350 dollars bought
 * 230,000. Here the feed is replaced behind its proxy by one of 18 decimals. There is no second source, and the attacker waits until
 * the slow average has followed: nothing but the number of decimals speaks against the answer.
 */
async function borrowOnDust({ pool, otherBorrower, collaterals, unit, sources, networkHelpers }: OraclePool) {
  const [{ address, unit: whole }] = collaterals;
  await sources.feed.redenominate(18);
  for (let poke = 0; poke < 12; ++poke) {
    await networkHelpers.time.increase(600);
    await sources.feed.setAnswer(2_000n * 10n ** 18n);
    await sources.usdcFeed.setAnswer(answer8(1));
    await sources.oracle.poke(address);
  }
  const self = otherBorrower.address;
  await pool.connect(otherBorrower).supplyCollateral(address, whole / 100n, self, "0x");
  const lent = await outcome(pool.connect(otherBorrower).borrow(39_000n * unit, 0, self, self));
  const [{ status }] = await sources.oracle.sourcesOf(address);
  return { lent, status };
}

describe("Attack: borrowing on a price with the wrong decimals", () => {
  it("takes 39,000 for 20 from the weak copy; ours asks the feed for its decimals, and believes it no more", async () => {
    const { ours, weak } = await onPools(removable("decimals asked again"), borrowOnDust, feedAlonePool);
    expect(weak).to.deep.equal({ lent: "done", status: Status.Ok });
    expect(ours.lent).to.contain("OracleInsufficientSources");
    expect(ours.status).to.equal(Status.WrongDecimals);
  });
});
