import { expect } from "chai";

import { toWadUp } from "../../../sim/reference/fixed-point.ts";
import { factorAt } from "../../../sim/reference/sale-price.ts";
import { curveTuple } from "../../shared/auction-setup.ts";
import { ETHER, USD } from "../../shared/borrower-fixtures.ts";
import { expectClose } from "../../shared/expect-close.ts";
import {
  CREDIT,
  CURVE,
  depthUnknown,
  loadPaced,
  pacedPair,
  PRICE36,
  RATE,
  RESERVE,
  SECOND,
  TERMS,
} from "../../shared/paced-fixtures.ts";

const DECAY = Math.log(1.02 * 1.05) / 1_200;
const FLOOR = 1 / 1.05;
const curve = (lag: number) => Math.max(FLOOR, 1.02 * Math.exp(-DECAY * Math.max(lag, -120)));

/** Mean of the curve while a sale of so many seconds moves the lag down, by Simpson's rule, piece by piece. */
function meanFrom(lag: number, free: number, span: number): number {
  const edges = [lag - span, -120, 1_200, lag]
    .filter((edge) => edge >= lag - span && edge <= lag)
    .sort((a, b) => a - b);
  let sum = free * curve(lag);
  for (let i = 0; i + 1 < edges.length; ++i) {
    const [from, to] = [edges[i], edges[i + 1]];
    const steps = 200;
    const width = (to - from) / steps;
    for (let n = 0; n <= steps; ++n) {
      const weight = n === 0 || n === steps ? 1 : n % 2 === 0 ? 2 : 4;
      sum += (weight * curve(from + n * width) * width) / 3;
    }
  }
  return sum / (free + span);
}

describe("PacedCurve: price and pace", () => {
  describe("price", () => {
    it("falls from the kick as the curve says, to the floor", async () => {
      const p = await loadPaced(pacedPair);
      const since = await p.kick();
      for (const lag of [1n, 60n, 599n, 1_199n, 1_200n, 1_300n, 2_000n]) {
        await p.at(since + lag);
        const { price36 } = await p.quote(1n);
        const factor = toWadUp(factorAt(TERMS, TERMS.floorWad, lag * 256n));
        const exact = (PRICE36 * factor) / 10n ** 18n;
        // A unit is a tick of the schedule: it cannot cost more than the price a tick earlier.
        expect(price36).to.be.within(exact, exact + (PRICE36 * 230n) / 10n ** 9n);
      }
    });

    it("is the mean of the curve over what is sold: numeric quadrature agrees to 1e-11", async () => {
      const p = await loadPaced(pacedPair);
      const since = await p.kick();
      for (const lag of [30, 400, 1_190, 1_300]) {
        await p.at(since + BigInt(lag));
        for (const seconds of [1, 7, 15, 21]) {
          const { factor, sold } = await p.quote(SECOND * BigInt(seconds));
          expect(sold).to.equal(SECOND * BigInt(seconds));
          // The clock is behind the kick by 1,200 s less the lag: so much is free.
          const free = Math.min(seconds, Math.max(1_200 - lag, 0));
          expectClose(factor, meanFrom(Math.min(lag, 1_200), free, seconds - free), 1e-11);
        }
      }
    });

    it("rises along the curve while the clock catches up, and the next sale begins where that left it", async () => {
      const p = await loadPaced(pacedPair);
      const since = await p.kick();
      await p.at(since + 1_200n);
      // No credit is left over: the clock is where the kick is.
      const seconds = 15n;
      const first = await p.quote(SECOND * seconds);
      expectClose(first.factor, meanFrom(1_200, 0, 15), 1e-11);
      await p.batch([{ account: p.borrower.address, maxCollateral: SECOND * seconds }]);
      const { clockTicks } = await p.sale();
      expect(clockTicks).to.equal((since + seconds) * 256n);
      await p.at(since + 1_201n);
      expectClose((await p.quote(1n)).factor, curve(1_186), 2e-7);
    });

    it("costs the same in two sales as in one, but for roundings", async () => {
      const p = await loadPaced(pacedPair);
      const since = await p.kick();
      for (const lag of [200n, 1_190n, 1_400n]) {
        await p.at(since + lag);
        const [half, whole] = [SECOND * 10n, SECOND * 20n];
        const { repay } = await p.quote(whole);
        const snapshot = await p.networkHelpers.takeSnapshot();
        const before = await p.loan.balanceOf(p.liquidator.address);
        await p.at(since + lag);
        const { address: account } = p.borrower;
        await p.batch([
          { account, maxCollateral: half },
          { account, maxCollateral: whole - half },
        ]);
        const paid = before - (await p.loan.balanceOf(p.liquidator.address));
        expect(paid).to.be.within(repay - 2n, repay + 200n); // a tick of the schedule, rounded up, costs the second sale
        await snapshot.restore();
      }
    });

    it("costs a taker who names no amount no more than the mean of what the sale begins with", async () => {
      const p = await loadPaced(pacedPair);
      const since = await p.kick();
      await p.at(since + 1_200n);
      const open = await p.quote();
      const named = await p.quote(open.sold - 1n);
      expect(open.price36).to.be.greaterThan(named.price36);
      expectClose(open.factor, named.factor, 1e-4);
    });
  });

  describe("schedule", () => {
    it("sells no more than the credit at the price of time, however long nothing was sold", async () => {
      const p = await loadPaced(pacedPair);
      await p.time.increase(7n * 86_400n);
      await p.tell(RESERVE / 16n); // with the backlog of one account, 27 a second: the credit is 32,000
      const since = await p.kick();
      await p.at(since + 1n);
      const { ratePerSecond } = await p.sale();
      const second = (ratePerSecond * 10n ** 36n) / PRICE36;
      expectClose((await p.quote(second * 300n)).factor, curve(1), 1e-12);
      expectClose((await p.quote(second * 1_198n)).factor, curve(1), 1e-12);
      const beyond = await p.quote(second * 1_250n);
      expectClose(beyond.factor, meanFrom(1, 1_199, 51), 1e-7);
      expect(beyond.factor).to.be.greaterThan(curve(1));
      await p.take(second * 1_250n);
      const { clockTicks } = await p.sale();
      expect(clockTicks / 256n).to.equal(since + 1n - 1_200n + 1_250n);
    });

    it("is never more than two minutes ahead, and who buys beyond pays the price there", async () => {
      const p = await loadPaced(pacedPair);
      await p.tell(RESERVE / 256n); // 5 a second, and slowly for want of depth
      const since = await p.kick();
      const { ratePerSecond } = await p.sale();
      await p.at(since + 1n);
      const { factor } = await p.quote(10n * ETHER);
      const seconds = Number(14_500n * USD) / Number(ratePerSecond);
      expectClose(factor, meanFrom(1, 1_199, seconds - 1_199), 1e-6);
      await p.take(10n * ETHER);
      expect((await p.sale()).clockTicks).to.equal((since + 121n) * 256n);
      await p.at(since + 2n);
      expectClose((await p.quote(ETHER)).factor, curve(-120), 1e-5);
      await p.take(ETHER);
      expect((await p.sale()).clockTicks).to.equal((since + 122n) * 256n);
      // Two minutes later it is as if nothing had been ahead.
      await p.at(since + 122n);
      expectClose((await p.quote(1n)).factor, curve(0), 1e-6);
    });

    it("is one for all: what one account's sale took, another's finds taken", async () => {
      const p = await loadPaced(pacedPair);
      const since = await p.kick();
      await p.kick(p.otherBorrower);
      await p.at(since + 1_300n);
      await p.take(SECOND * 20n);
      await p.at(since + 1_301n);
      // The clock stood 1,200 s behind, and moved by 20.
      expectClose((await p.quote(1n, p.otherBorrower)).factor, curve(1_181), 2e-7);
    });

    it("does not jump to a fresh account's kick: its tiny sale leaves everybody's price alone", async () => {
      const p = await loadPaced(pacedPair);
      const since = await p.kick();
      await p.at(since + 900n);
      await p.liquidation.kick(p.otherBorrower.address);
      await p.at(since + 901n);
      await p.take(1_000n, p.otherBorrower);
      await p.at(since + 902n);
      expectClose((await p.quote(1n)).factor, curve(902), 2e-7);
    });
  });

  describe("pace", () => {
    it("is fast up to the knee, slow where the backlog is beyond all measure, y·fast·x³ between", async () => {
      const p = await loadPaced(pacedPair);
      const harness = await p.ethers.deployContract("SaleMathHarness");
      const parameters = curveTuple(CURVE);
      const knee = (RESERVE * 6n) / 10n;
      const rate = async (backlog: bigint) => harness.perSecond(parameters, RESERVE, backlog);
      expect(await rate(0n)).to.equal(RATE);
      expect(await rate(knee)).to.equal(RATE);
      expect(await rate(knee + 1n)).to.be.within(RATE - 2_000n, RATE);
      for (const times of [1.5, 2, 2.5]) {
        expectClose(Number(await rate((knee * BigInt(times * 10)) / 10n)), Number(RATE) / times ** 3, 2);
      }
      // slow ÷ fast = 0.05 at x = 0.368.
      expect(await rate(knee * 3n)).to.equal((RESERVE * 3n) / 100_000n);
      expect(await rate(knee * 1_000_000n)).to.equal((RESERVE * 3n) / 100_000n);
      expect(await harness.perSecond(parameters, 1n, 0n)).to.equal(1);
      expect(await harness.perSecond(parameters, 0n, 0n)).to.equal(0);
    });

    it("follows depth and backlog as they are now", async () => {
      const p = await loadPaced(pacedPair);
      expect((await p.sale()).ratePerSecond).to.equal(RATE);
      await p.kick();
      await p.kick(p.otherBorrower);
      await p.tell(RESERVE / 8n);
      const { ratePerSecond, backlog, reserve } = await p.sale();
      expect([backlog, reserve]).to.deep.equal([240_000n * USD, RESERVE / 8n]);
      expectClose(
        Number(ratePerSecond),
        Number(reserve) * 600e-6 * Math.min(1, (Number(reserve) * 0.6) / 240_000e6) ** 3,
        1,
      );
    });

    it("goes by time alone where no engine has spoken, and where there is no market", async () => {
      for (const [fixture, told] of [
        [depthUnknown, undefined],
        [pacedPair, 0n],
      ] as const) {
        const p = await loadPaced(fixture);
        if (told !== undefined) await p.tell(told);
        const since = await p.kick();
        const state = await p.sale();
        expect([state.ratePerSecond, state.reserve]).to.deep.equal([0n, 0n]);
        await p.at(since + 600n);
        for (const amount of [1n, ETHER, 5n * ETHER]) expectClose((await p.quote(amount)).factor, curve(600), 1e-9);
        await p.take(5n * ETHER);
        expect((await p.sale()).clockTicks).to.equal(0);
        await p.at(since + 601n);
        expectClose((await p.quote(5n * ETHER)).factor, curve(601), 1e-9);
      }
    });
  });

  it("keeps its parameters", async () => {
    const p = await loadPaced(pacedPair);
    const { kind, premiumBps, minBonusBps, maxBonusBps, creditSeconds } = await p.curve.parameters();
    expect([kind, premiumBps, minBonusBps, maxBonusBps, creditSeconds]).to.deep.equal([4n, 200n, 200n, 500n, CREDIT]);
  });
});
