import { expect } from "chai";

import { exposureWad, NO_PERMISSION, PRICE36, USDC, WAD } from "../../shared/leverage-fixtures.ts";
import {
  BOUGHT,
  EQUITY,
  increase,
  loadFrictionless,
  loadOpened,
  LOAN,
  LTV,
  positionOf,
  roundsDown,
  roundsUp,
} from "../../shared/leverage-orders.ts";

describe("LeverageRouter: rounds", () => {
  describe("#increaseByRounds", () => {
    it("reverts when rounds, loan-to-value or limit are out of range", async () => {
      const f = await loadFrictionless();
      for (const rounds of [0n, 51n]) {
        await expect(f.asLooper.increaseByRounds(f.market, { ...roundsUp, rounds }, NO_PERMISSION))
          .to.be.revertedWithCustomError(f.router, "RouterRoundsOutOfRange")
          .withArgs(rounds, 1n, 50n);
      }
      for (const ltvWad of [0n, WAD]) {
        await expect(f.asLooper.increaseByRounds(f.market, { ...roundsUp, ltvWad }, NO_PERMISSION))
          .to.be.revertedWithCustomError(f.router, "RouterLtvOutOfRange")
          .withArgs(ltvWad, WAD - 1n);
      }
      await expect(
        f.asLooper.increaseByRounds(f.market, { ...roundsUp, limitPrice36: 0n }, NO_PERMISSION),
      ).to.be.revertedWithCustomError(f.router, "RouterZeroAmount");
    });

    it("reverts when the position is beyond the loan-to-value already", async () => {
      const f = await loadOpened();
      const order = { ...roundsUp, collateralIn: 0n, ltvWad: WAD / 2n };
      await expect(f.asLooper.increaseByRounds(f.market, order, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterTargetReached")
        .withArgs(36_892_800_000n, (debt: bigint) => debt >= LOAN);
    });

    it("reverts when a round is filled worse than the limit price", async () => {
      const f = await loadFrictionless();
      const limitPrice36 = (PRICE36 * 99n) / 100n;
      const loan = (EQUITY * LTV * PRICE36) / WAD / 10n ** 36n;
      await expect(f.asLooper.increaseByRounds(f.market, { ...roundsUp, limitPrice36 }, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterCollateralOutTooLow")
        .withArgs((loan * 10n ** 36n) / limitPrice36, (loan * 10n ** 36n) / PRICE36);
    });

    it("reverts above the borrow factor of the pool", async () => {
      const f = await loadFrictionless();
      await expect(
        f.asLooper.increaseByRounds(f.market, { ...roundsUp, ltvWad: (9n * WAD) / 10n }, NO_PERMISSION),
      ).to.be.revertedWithCustomError(f.pool, "PoolBorrowTestFailed");
    });

    it("reaches (1 − l^(n+1))/(1 − l): 3.68928 at 80 % after five rounds", async () => {
      const f = await loadFrictionless();
      await f.asLooper.increaseByRounds(f.market, roundsUp, NO_PERMISSION);
      const position = await positionOf(f);
      expect(position.collateral).to.equal(36_892_800_000_000_000_000n);
      expect(position.debt).to.equal(LOAN);
    });

    it("follows the formula for other rounds and ratios, to the rounding of the loan asset", async () => {
      for (const [ltvWad, rounds] of [
        [(7n * WAD) / 10n, 1],
        [(7n * WAD) / 10n, 8],
        [(333n * WAD) / 1_000n, 4],
        [(81n * WAD) / 100n, 20],
      ] as const) {
        const f = await loadFrictionless();
        await f.asLooper.increaseByRounds(f.market, { ...roundsUp, ltvWad, rounds }, NO_PERMISSION);
        const expected = (EQUITY * exposureWad(ltvWad, rounds)) / WAD;
        const unit = 10n ** 36n / PRICE36; // collateral that one unit of the loan asset buys
        expect((await positionOf(f)).collateral).to.be.closeTo(expected, 3n * unit);
      }
    });
  });

  describe("#reduceByRounds", () => {
    it("reverts when rounds or limit are out of range", async () => {
      const f = await loadOpened();
      await expect(f.asLooper.reduceByRounds(f.market, { ...roundsDown, rounds: 0n }, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterRoundsOutOfRange")
        .withArgs(0n, 1n, 50n);
      await expect(
        f.asLooper.reduceByRounds(f.market, { ...roundsDown, limitPrice36: 0n }, NO_PERMISSION),
      ).to.be.revertedWithCustomError(f.router, "RouterZeroAmount");
    });

    it("reverts when the debt is at its target already", async () => {
      const f = await loadFrictionless();
      await expect(f.asLooper.reduceByRounds(f.market, roundsDown, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterTargetReached")
        .withArgs(0n, 0n);
    });

    it("reverts when the rounds do not suffice", async () => {
      const f = await loadOpened();
      await expect(f.asLooper.reduceByRounds(f.market, { ...roundsDown, rounds: 2n }, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterDebtLeft")
        .withArgs(0n, (debt: bigint) => debt > 0n && debt < LOAN);
    });

    it("reverts when a round is filled worse than the limit price", async () => {
      const f = await loadOpened();
      const order = { ...roundsDown, limitPrice36: (PRICE36 * 101n) / 100n };
      await expect(f.asLooper.reduceByRounds(f.market, order, NO_PERMISSION)).to.be.revertedWithCustomError(
        f.router,
        "RouterLoanOutTooLow",
      );
    });

    it("reverts when the borrow test leaves nothing to take out", async () => {
      const f = await loadOpened();
      await f.oracle.setPrice(f.wethAddress, (PRICE36 * 85n) / 100n);
      await expect(f.asLooper.reduceByRounds(f.market, roundsDown, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterNothingToWithdraw")
        .withArgs(
          f.looper.address,
          (capacity: bigint) => capacity < LOAN,
          (debt: bigint) => debt >= LOAN,
        );
    });

    it("closes round by round, without dust, and returns the equity", async () => {
      const f = await loadOpened();
      await f.asLooper.reduceByRounds(f.market, roundsDown, NO_PERMISSION);
      const position = await positionOf(f);
      expect(position.shares).to.equal(0n);
      expect(position.collateral).to.equal(0n);
      expect(position.wallet).to.be.closeTo(1_000n * WAD, WAD / 10_000n); // seconds of interest
    });

    it("stops at a target debt", async () => {
      const f = await loadOpened();
      await f.asLooper.reduceByRounds(f.market, { ...roundsDown, targetDebt: LOAN / 2n }, NO_PERMISSION);
      const position = await positionOf(f);
      expect(position.debt).to.be.closeTo(LOAN / 2n, 1n);
      // every unit of debt was paid with its worth of collateral
      expect(position.collateral).to.be.closeTo(EQUITY + BOUGHT / 2n, WAD / 10_000n);
      expect(position.wallet).to.be.closeTo(1_000n * WAD - EQUITY, WAD / 10_000n);
    });

    it("keeps above the pool's minimum debt on the way", async () => {
      const f = await loadFrictionless();
      await f.admin.setMinDebt(15_000n * USDC);
      await f.asLooper.open(f.market, { ...increase, collateralToBuy: 10n * WAD }, NO_PERMISSION);
      await f.asLooper.reduceByRounds(f.market, roundsDown, NO_PERMISSION);
      expect((await positionOf(f)).shares).to.equal(0n);
    });
  });
});
