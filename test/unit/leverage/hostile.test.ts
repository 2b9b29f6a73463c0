import { expect } from "chai";
import { AbiCoder, ZeroAddress } from "ethers";

import { leftBehind, NEVER, NO_PERMISSION, WAD } from "../../shared/leverage-fixtures.ts";
import {
  BOUGHT,
  increase,
  loadFrictionless,
  loadOpened,
  LOAN,
  roundsDown,
  roundsUp,
} from "../../shared/leverage-orders.ts";

/** As in HostileSwapPool. */
const Trick = { SkipCallback: 1, ReplaceData: 2, CallBackTwice: 3, Reenter: 4, Overcharge: 5, Undersell: 6 };

describe("LeverageRouter: hostile parts", () => {
  describe("#uniswapV3SwapCallback", () => {
    it("refuses everybody outside a swap", async () => {
      const f = await loadFrictionless();
      for (const caller of [f.looper, f.other]) {
        await expect(f.router.connect(caller).uniswapV3SwapCallback(1n, -1n, "0x"))
          .to.be.revertedWithCustomError(f.router, "RouterCallbackUnexpected")
          .withArgs(caller.address);
      }
      await expect(f.venue.callBackUninvited(f.routerAddress, 1n, -1n, "0x"))
        .to.be.revertedWithCustomError(f.router, "RouterCallbackUnexpected")
        .withArgs(f.venueAddress);
    });

    it("refuses a venue that puts a victim's account into the data", async () => {
      const f = await loadOpened();
      const order = AbiCoder.defaultAbiCoder().encode(
        ["tuple(bool,address,address,address,address,uint256,uint256,uint256,uint256)"],
        [[false, f.looper.address, f.poolAddress, f.wethAddress, f.usdcAddress, WAD, 1n, 0n, 2n ** 200n]],
      );
      const step = AbiCoder.defaultAbiCoder().encode(
        ["tuple(tuple(address[],address[]),uint256,bytes)"],
        [[[[f.venueAddress], [f.wethAddress, f.usdcAddress]], 0n, order]],
      );
      await f.venue.set(Trick.ReplaceData, ZeroAddress, step);
      await f.pool.connect(f.other).setOperator(f.routerAddress, true);
      await expect(f.asOther.increase(f.market, increase, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterCallbackUnexpected")
        .withArgs(f.venueAddress);
    });

    it("refuses a second callback of the same swap, and misses the first", async () => {
      const f = await loadFrictionless();
      await f.venue.set(Trick.CallBackTwice, ZeroAddress, "0x");
      await expect(f.asLooper.open(f.market, increase, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterCallbackUnexpected")
        .withArgs(f.venueAddress);
      await f.venue.set(Trick.SkipCallback, ZeroAddress, "0x");
      await expect(f.asLooper.open(f.market, increase, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterCallbackMissing")
        .withArgs(f.venueAddress);
      await expect(f.asLooper.increaseByRounds(f.market, roundsUp, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterCallbackMissing")
        .withArgs(f.venueAddress);
    });
  });

  describe("against hostile parts", () => {
    it("cannot be re-entered from a swap", async () => {
      const f = await loadFrictionless();
      for (const payload of [
        f.router.interface.encodeFunctionData("open", [f.market, increase, NO_PERMISSION]),
        f.router.interface.encodeFunctionData("close", [f.market, WAD, NEVER, NO_PERMISSION]),
        f.router.interface.encodeFunctionData("reduceByRounds", [f.market, roundsDown, NO_PERMISSION]),
      ]) {
        await f.venue.set(Trick.Reenter, f.routerAddress, payload);
        await expect(f.asLooper.open(f.market, increase, NO_PERMISSION)).to.be.revertedWithCustomError(
          f.router,
          "ReentrancyGuardReentrantCall",
        );
      }
    });

    it("holds a venue to the caller's limit", async () => {
      const f = await loadFrictionless();
      await f.venue.set(Trick.Overcharge, ZeroAddress, "0x");
      await expect(f.asLooper.open(f.market, increase, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterLoanInTooHigh")
        .withArgs(LOAN, 2n * LOAN);
    });

    it("refuses a venue that delivers less than was bought", async () => {
      const f = await loadOpened();
      await f.venue.set(Trick.Undersell, ZeroAddress, "0x");
      await expect(f.asLooper.close(f.market, 2n * BOUGHT, NEVER, NO_PERMISSION)).to.revert(f.ethers);
      await expect(
        f.asLooper.increaseByRounds(f.market, { ...roundsUp, ltvWad: (81n * WAD) / 100n }, NO_PERMISSION),
      ).to.be.revertedWithCustomError(f.router, "RouterCollateralOutTooLow");
      // covered by a donation, the shortfall is still seen
      await f.weth.mint(f.routerAddress, 10n * WAD);
      const more = { ...increase, collateralIn: 0n, collateralToBuy: WAD / 10n };
      await expect(f.asLooper.increase(f.market, more, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterSwapIncomplete")
        .withArgs(f.venueAddress, WAD / 10n, WAD / 20n);
    });

    it("leaves no allowance with a lending pool that did not use it", async () => {
      const f = await loadFrictionless();
      const lazy = await f.ethers.deployContract("LazyLendingPool", [f.usdcAddress]);
      const lazyAddress = await lazy.getAddress();
      await f.usdc.mint(lazyAddress, LOAN);
      await f.asLooper.increase({ ...f.market, pool: lazyAddress }, increase, NO_PERMISSION);
      expect(await leftBehind([f.usdc, f.weth], f.routerAddress, [lazyAddress])).to.equal(0n);
      expect(await f.weth.balanceOf(f.looper.address)).to.equal(1_000n * WAD + BOUGHT); // all of it came back
    });

    it("acts for the caller only: nobody can close another's position", async () => {
      const f = await loadOpened();
      await f.pool.connect(f.other).setOperator(f.routerAddress, true);
      await expect(f.asOther.close(f.market, 2n * BOUGHT, NEVER, NO_PERMISSION))
        .to.be.revertedWithCustomError(f.router, "RouterNoDebt")
        .withArgs(f.other.address);
    });
  });
});
