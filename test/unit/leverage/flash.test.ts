import { expect } from "chai";

import { NEVER, NO_PERMISSION, USDC, WAD } from "../../shared/leverage-fixtures.ts";
import {
  BOUGHT,
  EQUITY,
  EXPOSURE,
  increase,
  loadFrictionless,
  loadOpened,
  LOAN,
  positionOf,
} from "../../shared/leverage-orders.ts";
import { SET_OPERATOR } from "../../shared/typed-data.ts";

describe("LeverageRouter: flash", () => {
  describe("#open", () => {
    it("reverts when the deadline has passed", async () => {
      const f = await loadFrictionless();
      await expect(f.asLooper.open(f.market, { ...increase, deadline: 1n }, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterDeadlinePassed")
        .withArgs(1n, (time: bigint) => time > 1n);
    });

    it("reverts when the account owes already", async () => {
      const f = await loadOpened();
      const { shares } = await positionOf(f);
      await expect(f.asLooper.open(f.market, increase, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterPositionExists")
        .withArgs(f.looper.address, shares);
    });

    it("reverts when the router is not the account's operator", async () => {
      const f = await loadFrictionless();
      await expect(f.asOther.open(f.market, increase, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterNotOperator")
        .withArgs(f.poolAddress, f.other.address);
    });

    it("reverts when there is nothing to buy", async () => {
      const f = await loadFrictionless();
      await expect(
        f.asLooper.open(f.market, { ...increase, collateralToBuy: 0n }, NO_PERMISSION),
      ).to.be.revertedWithCustomError(f.router, "RouterZeroAmount");
    });

    it("reverts when the route has no venue, or not one token fewer than venues", async () => {
      const f = await loadFrictionless();
      for (const [venues, middle] of [
        [[], []],
        [[f.venueAddress], [f.usdcAddress]],
        [[f.venueAddress, f.venueAddress], []],
      ]) {
        await expect(f.asLooper.open({ ...f.market, venues, middle }, increase, NO_PERMISSION))
          .to.be.revertedWithCustomError(f.router, "RouterRouteInvalid")
          .withArgs(venues.length, middle.length);
      }
    });

    it("reverts when the purchase costs more than the limit, by one unit", async () => {
      const f = await loadFrictionless();
      await expect(f.asLooper.open(f.market, { ...increase, maxLoanIn: LOAN - 1n }, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterLoanInTooHigh")
        .withArgs(LOAN - 1n, LOAN);
    });

    it("reverts when the pool's borrow test fails", async () => {
      const f = await loadFrictionless();
      const order = { ...increase, collateralToBuy: 9n * EQUITY, maxLoanIn: 10n * LOAN };
      await expect(f.asLooper.open(f.market, order, NO_PERMISSION)).to.be.revertedWithCustomError(
        f.pool,
        "PoolBorrowTestFailed",
      );
    });

    it("reaches the exposure of five rounds at 80 %, to the unit, in one swap", async () => {
      const f = await loadFrictionless();
      expect(EXPOSURE).to.equal(3_689_280_000_000_000_000n);
      await expect(f.asLooper.open(f.market, increase, NO_PERMISSION))
        .to.emit(f.router, "LeverageIncreased")
        .withArgs(f.looper.address, f.poolAddress, f.wethAddress, EQUITY, BOUGHT, LOAN);
      const position = await positionOf(f);
      expect(position.collateral).to.equal(36_892_800_000_000_000_000n);
      expect(position.debt).to.equal(LOAN);
      expect(position.wallet).to.equal(1_000n * WAD - EQUITY);
    });

    it("takes the permission by signature, and does not mind if somebody submitted it first", async () => {
      for (const submittedFirst of [false, true]) {
        const f = await loadFrictionless();
        const domain = {
          ...{ name: "Breakwater USDC", version: "1" },
          ...{ chainId: (await f.ethers.provider.getNetwork()).chainId, verifyingContract: f.poolAddress },
        };
        const [owner, operator] = [f.other.address, f.routerAddress];
        const values = { owner, operator, approved: true, nonce: await f.pool.nonces(owner), deadline: NEVER };
        const signature = await f.other.signTypedData(domain, SET_OPERATOR, values);
        if (submittedFirst) await f.pool.setOperatorWithSig(owner, operator, true, NEVER, signature);
        await f.asOther.open(f.market, increase, { deadline: NEVER, signature });
        expect(await f.pool.collateralOf(owner, f.wethAddress)).to.equal(EQUITY + BOUGHT);
        expect(await f.pool.isOperator(owner, operator)).to.equal(true);
      }
    });

    it("passes a signature of somebody else on to the pool, which refuses it", async () => {
      const f = await loadFrictionless();
      const signature = `0x${"11".repeat(65)}`;
      await expect(f.asOther.open(f.market, increase, { deadline: NEVER, signature }))
        .to.be.revertedWithCustomError(f.pool, "PoolSignatureInvalid")
        .withArgs(f.other.address);
    });
  });

  describe("#increase", () => {
    it("adds to a position, without new equity too", async () => {
      const f = await loadOpened();
      const more = { ...increase, collateralIn: 0n, collateralToBuy: WAD, maxLoanIn: 2_000n * USDC };
      await f.asLooper.increase(f.market, more, NO_PERMISSION);
      const position = await positionOf(f);
      expect(position.collateral).to.equal(EQUITY + BOUGHT + WAD);
      expect(position.debt).to.be.closeTo(LOAN + 2_000n * USDC, 1_000n); // some seconds of interest
    });

    it("gives what strangers left in the router to the caller", async () => {
      const f = await loadFrictionless();
      await f.usdc.mint(f.routerAddress, 7n);
      await f.weth.mint(f.routerAddress, 5n);
      await f.asLooper.increase(f.market, increase, NO_PERMISSION);
      const position = await positionOf(f);
      expect(position.collateral).to.equal(EQUITY + BOUGHT);
      expect(position.wallet).to.equal(1_000n * WAD - EQUITY + 5n);
      expect(await f.usdc.balanceOf(f.looper.address)).to.equal(7n);
    });
  });

  describe("#reduce", () => {
    const reduce = { loanToRepay: 2_000n * USDC, maxCollateralIn: WAD, collateralToWithdraw: 0n, deadline: NEVER };

    it("reverts when there is nothing to repay", async () => {
      const f = await loadOpened();
      await expect(
        f.asLooper.reduce(f.market, { ...reduce, loanToRepay: 0n }, NO_PERMISSION),
      ).to.be.revertedWithCustomError(f.router, "RouterZeroAmount");
    });

    it("reverts when the sale costs more collateral than the limit, by one unit", async () => {
      const f = await loadOpened();
      await expect(f.asLooper.reduce(f.market, { ...reduce, maxCollateralIn: WAD - 1n }, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterCollateralInTooHigh")
        .withArgs(WAD - 1n, WAD);
    });

    it("reverts when the router is no longer operator", async () => {
      const f = await loadOpened();
      await f.pool.connect(f.looper).setOperator(f.routerAddress, false);
      await expect(f.asLooper.reduce(f.market, reduce, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterNotOperator")
        .withArgs(f.poolAddress, f.looper.address);
    });

    it("repays with collateral sold, and hands out more on request", async () => {
      const f = await loadOpened();
      const before = await positionOf(f);
      const withdrawing = { ...reduce, collateralToWithdraw: WAD / 10n };
      await expect(f.asLooper.reduce(f.market, withdrawing, NO_PERMISSION))
        .to.emit(f.router, "LeverageReduced")
        .withArgs(f.looper.address, f.poolAddress, f.wethAddress, WAD, 2_000n * USDC, WAD / 10n);
      const position = await positionOf(f);
      expect(position.collateral).to.equal(before.collateral - WAD - WAD / 10n);
      expect(position.wallet).to.equal(before.wallet + WAD / 10n);
      expect(position.debt).to.be.closeTo(before.debt - 2_000n * USDC, 1_000n);
    });
  });

  describe("#close", () => {
    it("reverts when there is no debt", async () => {
      const f = await loadFrictionless();
      await expect(f.asLooper.close(f.market, 1n, NEVER, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterNoDebt")
        .withArgs(f.looper.address);
    });

    it("reverts when the debt costs more collateral than the limit", async () => {
      const f = await loadOpened();
      await expect(f.asLooper.close(f.market, WAD, NEVER, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterCollateralInTooHigh")
        .withArgs(WAD, (needed: bigint) => needed >= BOUGHT);
    });

    it("leaves no debt, not even dust, after interest", async () => {
      const f = await loadOpened();
      const { networkHelpers } = f.connection;
      await networkHelpers.time.increase(90 * 86_400);
      await f.asLooper.close(f.market, 2n * BOUGHT, NEVER, NO_PERMISSION);
      const position = await positionOf(f);
      expect(position.shares).to.equal(0n);
      expect(position.collateral).to.equal(0n);
      expect(position.wallet).to.be.lessThan(1_000n * WAD);
      expect(position.wallet).to.be.greaterThan(999n * WAD); // interest of a quarter
      expect((await f.pool.totals()).debtShares).to.equal(0n);
    });
  });
});
