import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { BITCOIN, ETHER, setPrice, USD } from "../../shared/borrower-fixtures.ts";
import { costUp, loadLiquidation, mixedPool, OWED, sinkingPool } from "../../shared/liquidation-fixtures.ts";

describe("LiquidationModule: dust", () => {
  describe("#take", () => {
    it("takes the whole debt where less than the minimum would be left", async () => {
      const p = await loadLiquidation(sinkingPool);
      await p.admin.setLiquidationCurve(p.eth.address, await p.fixedCurve.getAddress());
      const partial = await p.quote(p.eth.address);
      const left = OWED - partial.repay;
      await p.admin.setMinDebt(left);
      expect(await p.quote(p.eth.address)).to.deep.equal(partial);
      await p.admin.setMinDebt(left + 1n);
      const whole = await p.quote(p.eth.address);
      expect(whole.repay).to.equal(OWED);
      expect(whole.amount).to.equal((OWED * 10n ** 36n) / whole.price36);
      await p.take(p.eth.address);
      expect(await p.pool.debtOf(p.borrower.address)).to.equal(0);
      expect(await p.kickedAt()).to.equal(0);
    });

    it("takes the whole collateral where a rest would be worth less than the minimum", async () => {
      const p = await loadLiquidation(mixedPool);
      await setPrice(p, p.eth, 1_400n);
      const { repay, amount, price36 } = await p.quote(p.btc.address);
      const rest = costUp(BITCOIN - amount, price36);
      expect(rest).to.be.lessThan(OWED - repay); // or the whole debt would be sold for
      for (const [minimum, sold, paid] of [
        [rest, amount, repay],
        [rest + 1n, BITCOIN, costUp(BITCOIN, price36)],
      ]) {
        await p.admin.setMinDebt(minimum);
        expect(await p.quote(p.btc.address)).to.deep.equal({ amount: sold, repay: paid, price36 });
      }
    });

    // 120,000 owed, sold at a fixed bonus of 5 %. `cost`: what the taker is ready to pay. [dollars]
    for (const { what, dollars, target, minimum, dust, fine } of [
      // 44,000 would heal; what may be bought starts at the minimum
      { what: "is dust itself", dollars: 1_450n, target: 10_400n, minimum: 1_000n, dust: 999n, fine: 1_001n },
      // 138,095 on sale, and all of the debt: 72,222 would heal, but leave less than the minimum
      {
        what: "would leave dust of debt",
        dollars: 1_475n,
        target: 12_000n,
        minimum: 50_000n,
        dust: 80_000n,
        fine: 69_999n,
      },
      // 114,285 on sale: all of it must go
      {
        what: "would leave dust of collateral",
        dollars: 1_200n,
        target: 10_400n,
        minimum: 9_000n,
        dust: 107_000n,
        fine: 105_000n,
      },
    ]) {
      it(`reverts when the taker's limit ${what}, and not for ${fine} dollars' worth`, async () => {
        const p = await loadLiquidation(sinkingPool);
        await p.admin.setLiquidationCurve(p.eth.address, await p.fixedCurve.getAddress());
        await p.admin.setLiquidationTarget(target);
        await p.admin.setMinDebt(minimum * USD);
        await setPrice(p, p.eth, dollars);
        const { amount, price36 } = await p.quote(p.eth.address);
        const worth = (cost: bigint) => (cost * USD * 10n ** 36n) / price36;
        await expect(p.take(p.eth.address, worth(dust)))
          .to.be.revertedWithCustomError(p.pool, "LiquidationDust")
          .withArgs(worth(dust), amount);
        await p.take(p.eth.address, worth(fine));
        expect(await p.pool.debtOf(p.borrower.address)).to.equal(OWED - costUp(worth(fine), price36));
      });
    }

    it("asks for at least what the taker offers, whatever that is: any limit above the sale is one", async () => {
      const p = await loadLiquidation(sinkingPool);
      const { amount } = await p.quote(p.eth.address, MaxUint256);
      for (const limit of [amount, amount + 1n, 100n * ETHER, 101n * ETHER]) {
        expect((await p.quote(p.eth.address, limit)).amount).to.equal(amount);
      }
    });
  });
});
