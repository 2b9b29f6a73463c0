import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";
import { network } from "hardhat";

import { expectNothingLeft, USD } from "../../shared/flash-fixtures.ts";
import { deployBeside, hostileFirst, hostileLast, nextSale } from "../../shared/hostile-flash-fixtures.ts";
import { leftBehind } from "../../shared/leverage-fixtures.ts";

/** As in HostileSwapPool. */
const Trick = { None: 0, SkipCallback: 1, ReplaceData: 2, CallBackTwice: 3, Reenter: 4, Overcharge: 5, Undersell: 6 };
for (const [side, fixture] of [
  ["collateral is token0", hostileFirst],
  ["collateral is token1", hostileLast],
] as const) {
  describe(`FlashLiquidator, hostile parts: ${side}`, () => {
    const load = async () => (await network.getOrCreate()).networkHelpers.loadFixture(fixture);

    describe("#onTake", () => {
      it("refuses everybody while nothing is under way", async () => {
        const s = await load();
        for (const caller of [s.stranger, s.governor]) {
          await expect(s.flash.connect(caller).onTake(s.btc.account, s.btc.collateral, 1n, 0n, s.loanData))
            .to.be.revertedWithCustomError(s.flash, "FlashLiquidatorCallbackUnexpected")
            .withArgs(caller.address);
        }
      });

      it("refuses a venue that poses as the lending pool", async () => {
        const s = await load();
        const { account, collateral } = s.btc;
        const payload = s.flash.interface.encodeFunctionData("onTake", [account, collateral, 1n, 0n, s.loanData]);
        await s.venue.set(Trick.Reenter, s.flashAddress, payload);
        await expect(s.liquidate())
          .to.be.revertedWithCustomError(s.flash, "FlashLiquidatorCallbackUnexpected")
          .withArgs(s.venueAddress);
      });
    });

    describe("#uniswapV3SwapCallback", () => {
      it("refuses everybody while nothing is under way", async () => {
        const s = await load();
        await expect(s.flash.uniswapV3SwapCallback(1n, -1n, s.loanData))
          .to.be.revertedWithCustomError(s.flash, "FlashLiquidatorCallbackUnexpected")
          .withArgs(s.stranger.address);
        await expect(s.venue.callBackUninvited(s.flashAddress, 1n, -1n, s.loanData))
          .to.be.revertedWithCustomError(s.flash, "FlashLiquidatorCallbackUnexpected")
          .withArgs(s.venueAddress);
      });

      it("refuses another venue while a swap is under way", async () => {
        const s = await load();
        const other = await s.ethers.deployContract("HostileSwapPool", [s.btc.collateral, s.loanAddress, 1n]);
        const payload = other.interface.encodeFunctionData("callBackUninvited", [s.flashAddress, 1n, -1n, s.loanData]);
        await s.venue.set(Trick.Reenter, await other.getAddress(), payload);
        await expect(s.liquidate())
          .to.be.revertedWithCustomError(s.flash, "FlashLiquidatorCallbackUnexpected")
          .withArgs(await other.getAddress());
      });

      it("refuses the venue once the call is over, within the same transaction too", async () => {
        const s = await load();
        await s.hostile.set({ amount: 0n, repay: 0n, pulled: 0n, callbacks: 0n, data: "0x" }); // never comes to the swap
        const script = await s.ethers.deployContract("ScriptedAccount");
        const late: [string, bigint, bigint, string] = [s.flashAddress, 1n, -1n, s.loanData];
        const calls = [
          { target: s.flashAddress, data: s.flash.interface.encodeFunctionData("liquidate", s.hostileArgs) },
          { target: s.venueAddress, data: s.venue.interface.encodeFunctionData("callBackUninvited", late) },
        ];
        await expect(script.run(calls))
          .to.be.revertedWithCustomError(s.flash, "FlashLiquidatorCallbackUnexpected")
          .withArgs(s.venueAddress);
      });

      it("pays a venue that claims nothing nothing", async () => {
        const s = await load();
        const payload = s.flash.interface.encodeFunctionData("uniswapV3SwapCallback", [0n, -1n, s.loanData]);
        await s.venue.set(Trick.Reenter, s.flashAddress, payload);
        const [sold, repaid] = await nextSale(s);
        await s.liquidate();
        const proceeds = (sold * s.btc.price * USD) / s.btc.unit;
        expect(await s.loan.balanceOf(s.stranger)).to.be.closeTo(proceeds - repaid, 1n);
      });
    });

    describe("a hostile venue", () => {
      it("cannot re-enter", async () => {
        const s = await load();
        const payload = s.flash.interface.encodeFunctionData("liquidate", s.realArgs);
        await s.venue.set(Trick.Reenter, s.flashAddress, payload);
        await expect(s.liquidate()).to.be.revertedWithCustomError(s.flash, "ReentrancyGuardReentrantCall");
      });

      it("is caught when it takes nothing in", async () => {
        const s = await load();
        await s.venue.set(Trick.SkipCallback, ZeroAddress, "0x");
        const [sold] = await nextSale(s);
        await expect(s.liquidate())
          .to.be.revertedWithCustomError(s.flash, "FlashLiquidatorSwapIncomplete")
          .withArgs(sold, 0n);
      });

      it("cannot charge more than was bought, be it in one callback or two", async () => {
        const s = await load();
        for (const trick of [Trick.Overcharge, Trick.CallBackTwice]) {
          await s.venue.set(trick, ZeroAddress, "0x");
          const [sold] = await nextSale(s);
          const [held, asked] = trick === Trick.Overcharge ? [sold, 2n * sold] : [0n, sold];
          await expect(s.liquidate())
            .to.be.revertedWithCustomError(s.btc.token, "ERC20InsufficientBalance")
            .withArgs(s.flashAddress, held, asked);
        }
      });

      it("is caught when it charges more and a donation pays for it", async () => {
        const s = await load();
        await s.btc.token.mint(s.flashAddress, 10n * s.btc.unit);
        await s.venue.set(Trick.Overcharge, ZeroAddress, "0x");
        const [sold] = await nextSale(s);
        await expect(s.liquidate())
          .to.be.revertedWithCustomError(s.flash, "FlashLiquidatorSwapIncomplete")
          .withArgs(sold, 2n * sold);
      });

      it("is caught when it delivers too little", async () => {
        const s = await load();
        await s.venue.set(Trick.Undersell, ZeroAddress, "0x");
        const [sold, repaid] = await nextSale(s);
        // Its price is token1 per token0, and the inverse of it is rounded.
        const proceeds = (sold * s.btc.price * USD) / s.btc.unit / 2n;
        await expect(s.liquidate())
          .to.be.revertedWithCustomError(s.flash, "FlashLiquidatorProfitTooLow")
          .withArgs(repaid, (actual: bigint) => actual - proceeds <= 1n && proceeds - actual <= 1n);
      });

      it("gets no other token than the one it sells for", async () => {
        const s = await load();
        await s.venue.set(Trick.ReplaceData, ZeroAddress, s.loanData);
        const [sold] = await nextSale(s);
        await expect(s.liquidate()).to.be.revertedWithCustomError(s.venue, "SwapUnpaid").withArgs(sold, 0n);
      });
    });

    describe("a hostile lending pool", () => {
      const terms = { amount: 10n ** 8n, repay: 40_000n * USD, pulled: 0n, callbacks: 1n };

      it("is left no allowance by pulling less than it said", async () => {
        const s = await load();
        for (const pulled of [0n, 1n, terms.repay - 1n, terms.repay]) {
          const before = await s.loan.balanceOf(s.stranger);
          await s.hostile.set({ ...terms, pulled, data: s.loanData });
          await s.liquidateHostile();
          const profit = (await s.loan.balanceOf(s.stranger)) - before;
          // One bitcoin at 52,000, through a price whose inverse is rounded.
          expect(profit).to.be.closeTo(52_000n * USD - pulled, 1n);
          expect(await leftBehind([s.loan, s.btc.token], s.flashAddress, [s.hostilePool])).to.equal(0n);
          await expect(s.hostile.grab(s.loanAddress, s.flashAddress, 1n))
            .to.be.revertedWithCustomError(s.loan, "ERC20InsufficientAllowance")
            .withArgs(s.hostilePool, 0n, 1n);
        }
      });

      it("is left no allowance by naming another token in its callback", async () => {
        const s = await load();
        // It says that it lends something worthless, and has lent what it wants to be approved for.
        const junk = await deployBeside(s);
        const hostile = await s.ethers.deployContract("HostileTakePool", [await junk.getAddress()]);
        const hostilePool = await hostile.getAddress();
        await s.btc.token.mint(hostilePool, s.btc.unit);
        for (const token of [junk, s.loan]) await token.mint(s.flashAddress, terms.repay);
        await hostile.set({ ...terms, data: s.loanData });
        const { account, collateral } = s.btc;
        await s.flash.liquidate(hostilePool, account, collateral, MaxUint256, s.venueAddress, 0n);
        for (const token of [junk, s.loan]) expect(await token.allowance(s.flashAddress, hostilePool)).to.equal(0n);
      });

      it("cannot call back twice", async () => {
        const s = await load();
        await s.hostile.set({ ...terms, callbacks: 2n, data: s.loanData });
        await expect(s.liquidateHostile()).to.be.revertedWithoutReason(s.ethers);
      });

      it("cannot pull more than it said", async () => {
        const s = await load();
        await s.hostile.set({ ...terms, pulled: terms.repay + 1n, data: s.loanData });
        await expect(s.liquidateHostile())
          .to.be.revertedWithCustomError(s.loan, "ERC20InsufficientAllowance")
          .withArgs(s.hostilePool, terms.repay, terms.repay + 1n);
      });

      it("is refused what the proceeds do not cover", async () => {
        const s = await load();
        await s.hostile.set({ ...terms, repay: 60_000n * USD, data: s.loanData });
        await expect(s.liquidateHostile())
          .to.be.revertedWithCustomError(s.flash, "FlashLiquidatorProfitTooLow")
          .withArgs(60_000n * USD, (proceeds: bigint) => proceeds <= 52_000n * USD && proceeds >= 51_999n * USD);
      });

      it("leaves nothing behind for the next caller, who is served as if nothing had happened", async () => {
        const s = await load();
        await s.hostile.set({ ...terms, data: s.loanData });
        await s.liquidateHostile();
        const before = await s.loan.balanceOf(s.stranger);
        const [sold, repaid] = await nextSale(s);
        await s.liquidate();
        const proceeds = (sold * s.btc.price * USD) / s.btc.unit;
        expect((await s.loan.balanceOf(s.stranger)) - before).to.be.closeTo(proceeds - repaid, 1n);
        await expectNothingLeft(s);
      });
    });
  });
}
