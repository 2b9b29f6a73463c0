import { expect } from "chai";

import { BITCOIN, ETHER, setPrice, supply, USD } from "../../shared/borrower-fixtures.ts";
import { expectClose } from "../../shared/expect-close.ts";
import {
  costUp,
  CURVE_SECONDS,
  GRACE_SECONDS,
  loadLiquidation,
  mixedPool,
  salePrice36,
  sinkingPool,
} from "../../shared/liquidation-fixtures.ts";
import { WAD } from "../../shared/pool-fixtures.ts";

/** About 1,450 dollars, with digits that no factor divides. */
const ODD_PRICE = 1_450n * USD * ETHER - 987_654_321n;
/** From 5 % above the liquidation price to a bonus of 10 %. */
const START_WAD = (105n * WAD) / 100n;
const FLOOR_WAD = (WAD * 10n) / 11n + 1n;

async function loadKicked() {
  const p = await loadLiquidation(sinkingPool);
  await p.oracle.setPrice(p.eth.address, ODD_PRICE);
  await p.kick();
  const since = await p.latest();
  /** Sale price if the next block comes this long after the kick. */
  const priceAfter = async (lag: bigint) => {
    await p.time.setNextBlockTimestamp(since + lag);
    return (await p.quote(p.eth.address)).price36;
  };
  return { ...p, since, priceAfter };
}

describe("LiquidationModule: sale by Dutch auction", () => {
  it("charges the liquidation price times what the curve says, rounded against the taker", async () => {
    const p = await loadKicked();
    for (const lag of [1n, 60n, 500n, 1_234n, 1_799n, CURVE_SECONDS]) {
      const factor = await p.dutchCurve.priceFactorWad(lag);
      const price36 = await p.priceAfter(lag);
      expect(price36).to.equal(salePrice36(ODD_PRICE, factor));
      expect(price36 * WAD).to.be.greaterThan(ODD_PRICE * factor); // there was something to round
    }
  });

  it("falls exponentially from a premium to the floor, and stays there for half an hour", async () => {
    const p = await loadKicked();
    const [start, floor] = [1.05, 1 / 1.1];
    for (const lag of [1, 300, 900, 1_500, 1_800, 1_801, 2_700, 3_600]) {
      const ratio = Number(await p.priceAfter(BigInt(lag))) / Number(ODD_PRICE);
      expectClose(ratio, start * (floor / start) ** (Math.min(lag, 1_800) / 1_800), 1e-12);
    }
  });

  it("starts anew, at the premium, when nobody has bought for half an hour at the floor", async () => {
    const p = await loadKicked();
    const restart = CURVE_SECONDS + GRACE_SECONDS + 1n;
    expect(await p.priceAfter(restart - 1n)).to.equal(salePrice36(ODD_PRICE, FLOOR_WAD));
    expect(await p.priceAfter(restart)).to.equal(salePrice36(ODD_PRICE, START_WAD));
    await p.time.setNextBlockTimestamp(p.since + restart);
    await p.take(p.eth.address, ETHER);
    expect(await p.kickedAt()).to.equal(p.since + restart);
    expect(await p.priceAfter(restart + 600n)).to.equal(
      salePrice36(ODD_PRICE, await p.dutchCurve.priceFactorWad(600n)),
    );
  });

  it("starts with the first take where nobody kicked, however long the account has been unhealthy", async () => {
    const p = await loadLiquidation(sinkingPool);
    await p.oracle.setPrice(p.eth.address, ODD_PRICE);
    await p.time.increase(10_000n);
    await p.wait(1n);
    const quote = await p.quote(p.eth.address, ETHER);
    expect(quote).to.deep.equal({
      ...{ amount: ETHER, price36: salePrice36(ODD_PRICE, START_WAD) },
      repay: costUp(ETHER, salePrice36(ODD_PRICE, START_WAD)),
    });
    await p.take(p.eth.address, ETHER);
    expect(await p.kickedAt()).to.equal(await p.latest());
  });

  it("goes on from where it was after a take in part, or a unit more of collateral", async () => {
    const p = await loadKicked();
    await p.time.setNextBlockTimestamp(p.since + 900n);
    await p.take(p.eth.address, ETHER);
    await supply(p, p.eth, 1n);
    expect(await p.kickedAt()).to.equal(p.since);
    expect(await p.priceAfter(1_000n)).to.equal(salePrice36(ODD_PRICE, await p.dutchCurve.priceFactorWad(1_000n)));
  });

  it("keeps its clock through a rise that makes the account healthy, though not by the margin", async () => {
    const p = await loadKicked();
    await setPrice(p, p.eth, 1_520n);
    await p.time.setNextBlockTimestamp(p.since + 400n);
    await expect(p.take(p.eth.address)).to.be.revertedWithCustomError(p.pool, "LiquidationAccountHealthy");
    await p.oracle.setPrice(p.eth.address, ODD_PRICE);
    expect(await p.priceAfter(1_500n)).to.equal(salePrice36(ODD_PRICE, await p.dutchCurve.priceFactorWad(1_500n)));
  });

  for (const [what, pause, lag] of [
    ["goes on where it was when it comes back within an hour of an unkick", 3_600n, 1_007n],
    ["starts anew when it comes back later", 3_601n, 7n],
  ] as const) {
    it(what, async () => {
      const p = await loadKicked();
      await setPrice(p, p.eth, 1_600n);
      await p.time.setNextBlockTimestamp(p.since + 1_000n);
      await p.unkick();
      await p.oracle.setPrice(p.eth.address, ODD_PRICE);
      await p.time.setNextBlockTimestamp(p.since + 1_000n + pause);
      await p.kick();
      await p.wait(7n);
      expect((await p.quote(p.eth.address)).price36).to.equal(
        salePrice36(ODD_PRICE, await p.dutchCurve.priceFactorWad(lag)),
      );
    });
  }

  it("follows the oracle while the clock runs", async () => {
    const p = await loadKicked();
    const lower = ODD_PRICE - (ODD_PRICE * 3n) / 100n;
    await p.oracle.setPrice(p.eth.address, lower);
    expect(await p.priceAfter(900n)).to.equal(salePrice36(lower, await p.dutchCurve.priceFactorWad(900n)));
  });

  it("sells by the liquidation price, not by the borrow price", async () => {
    const p = await loadKicked();
    await p.oracle.setPrices(p.eth.address, ODD_PRICE / 2n, ODD_PRICE);
    expect(await p.priceAfter(CURVE_SECONDS)).to.equal(salePrice36(ODD_PRICE, FLOOR_WAD));
  });

  it("costs each collateral of an account what its own curve says", async () => {
    const p = await loadLiquidation(mixedPool);
    await p.kick();
    const since = await p.latest();
    const fixed = await p.fixedCurve.priceFactorWad(0);
    for (const lag of [5n, 1_000n, 3_000n]) {
      await p.time.setNextBlockTimestamp(since + lag);
      const dutch = await p.dutchCurve.priceFactorWad(lag);
      expect((await p.quote(p.eth.address)).price36).to.equal(salePrice36(1_500n * USD * ETHER, dutch));
      expect((await p.quote(p.btc.address)).price36).to.equal(salePrice36(p.btc.price36, fixed));
    }
  });

  it("restarts the whole account where one collateral's take finds the kick expired", async () => {
    const p = await loadLiquidation(mixedPool);
    await p.kick();
    const expired = (await p.latest()) + CURVE_SECONDS + GRACE_SECONDS + 1n;
    await p.time.setNextBlockTimestamp(expired);
    await p.take(p.btc.address, BITCOIN / 10n);
    expect(await p.kickedAt()).to.equal(expired);
    await p.time.setNextBlockTimestamp(expired + 60n);
    expect((await p.quote(p.eth.address)).price36).to.equal(
      salePrice36(1_500n * USD * ETHER, await p.dutchCurve.priceFactorWad(60n)),
    );
  });
});
