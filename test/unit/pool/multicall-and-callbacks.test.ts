import { expect } from "chai";
import { AbiCoder } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { ROLES } from "../../../ignition/modules/roles.ts";
import { activePool, scriptedPool } from "../../shared/pool-fixtures.ts";
import { answersOf, callOf, scriptOf } from "../../shared/scripts.ts";

const HOUR = 3_600n;

describe("LendingPool: batches and callbacks", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  describe("#multicall", () => {
    const load = () => connection.networkHelpers.loadFixture(activePool);

    it("reverts when ether is sent along, as everything else does", async () => {
      const { ethers, pool, poolAddress: to, lender } = await load();
      const deposit = pool.interface.encodeFunctionData("deposit", [1_000n, lender.address]);
      const batch = pool.interface.encodeFunctionData("multicall", [[deposit]]);
      for (const data of [batch, deposit, "0x", "0x12345678"]) {
        await expect(lender.sendTransaction({ to, data, value: 1 })).to.be.revertedWithoutReason(ethers);
      }
    });

    it("reverts with the error of the step that failed, and nothing remains of the others", async () => {
      const { pool, otherBorrower, collaterals } = await load();
      const [{ address: token, unit }, account] = [collaterals[0], otherBorrower.address];
      const batch = [
        pool.interface.encodeFunctionData("supplyCollateral", [token, unit, account, "0x"]),
        pool.interface.encodeFunctionData("withdrawCollateral", [token, unit + 1n, account, account]),
      ];
      await expect(pool.connect(otherBorrower).multicall(batch))
        .to.be.revertedWithCustomError(pool, "PoolCollateralInsufficient")
        .withArgs(account, token, unit, unit + 1n);
      expect(await pool.collateralOf(otherBorrower, token)).to.equal(0);
      expect(await pool.collateralsOf(otherBorrower)).to.deep.equal([]);
    });

    it("reverts for a function that nobody has", async () => {
      const { pool, lender } = await load();
      await expect(pool.connect(lender).multicall(["0x12345678"]))
        .to.be.revertedWithCustomError(pool, "AccessManagedUnauthorized")
        .withArgs(lender.address);
    });

    it("gives no rights that the caller has not", async () => {
      const { pool, poolAddress, admin, guardian, borrower, lender, collaterals } = await load();
      const [from, to] = [borrower.address, lender.address];
      const withdraw = pool.interface.encodeFunctionData("withdrawCollateral", [collaterals[0].address, 1n, from, to]);
      await expect(pool.connect(lender).multicall([withdraw]))
        .to.be.revertedWithCustomError(pool, "PoolUnauthorized")
        .withArgs(lender.address, borrower.address);
      // Nor does the pool itself, which is what executes the steps.
      for (const caller of [lender, guardian]) {
        const fee = admin.interface.encodeFunctionData("setFlashFee", [1]);
        const nested = pool.interface.encodeFunctionData("multicall", [[fee]]);
        await expect(pool.connect(caller).multicall([nested]))
          .to.be.revertedWithCustomError(pool, "AccessManagedUnauthorized")
          .withArgs(caller.address);
      }
      expect(await pool.isOperator(borrower, poolAddress)).to.equal(false);
    });

    it("does not shorten a governor's delay", async () => {
      const { ethers, pool, poolAddress, admin, manager, stranger } = await load();
      await manager.getFunction("grantRole").send(ROLES.governor, stranger.address, HOUR);
      const fee = admin.interface.encodeFunctionData("setFlashFee", [1]);
      const operation = ethers.keccak256(
        AbiCoder.defaultAbiCoder().encode(["address", "address", "bytes"], [stranger.address, poolAddress, fee]),
      );
      await expect(pool.connect(stranger).multicall([fee]))
        .to.be.revertedWithCustomError(manager, "AccessManagerNotScheduled")
        .withArgs(operation);
    });

    it("answers every step, as the same caller, through the modules too", async () => {
      const { pool, admin, liquidation, governor, otherBorrower, collaterals, unit, loan } = await load();
      const [token, account] = [collaterals[0].address, otherBorrower.address];
      const batch = [
        pool.interface.encodeFunctionData("supplyCollateral", [token, collaterals[0].unit, account, "0x"]),
        pool.interface.encodeFunctionData("borrow", [1_000n * unit, 0, account, account]),
        pool.interface.encodeFunctionData("collateralOf", [account, token]),
      ];
      const [, borrowed, held] = await pool.connect(otherBorrower).multicall.staticCall(batch);
      const before = await loan.balanceOf(account);
      await expect(pool.connect(otherBorrower).multicall(batch)).to.emit(pool, "Borrowed");
      const [assets, shares] = pool.interface.decodeFunctionResult("borrow", borrowed);
      expect(assets).to.equal(1_000n * unit);
      expect(shares).to.be.closeTo(await pool.debtSharesOf(account), 10n); // seconds of interest between the two
      expect(BigInt(held)).to.equal(collaterals[0].unit);
      expect((await loan.balanceOf(account)) - before).to.equal(1_000n * unit);

      const feeBps = admin.interface.encodeFunctionData("setFlashFee", [7]);
      await expect(pool.connect(governor).multicall([feeBps]))
        .to.emit(pool, "FlashFeeSet")
        .withArgs(7);
      const kick = liquidation.interface.encodeFunctionData("kick", [account]);
      await expect(pool.multicall([kick])).to.be.revertedWithCustomError(pool, "LiquidationAccountHealthy");
    });
  });

  describe("callbacks", () => {
    const load = () => connection.networkHelpers.loadFixture(scriptedPool);
    const RATE = [10n ** 15n] as const; // shares, in `convertToAssets`

    describe("#supplyCollateral", () => {
      it("reverts when data is given and the caller is no contract", async () => {
        const { ethers, pool, borrower, collaterals } = await load();
        await expect(
          pool.connect(borrower).supplyCollateral(collaterals[0].address, 1, borrower.address, "0x01"),
        ).to.be.revertedWithoutReason(ethers);
      });

      it("reverts, callback and all, when the caller cannot pay afterwards", async () => {
        const { pool, poolAddress, account, accountAddress, collaterals } = await load();
        const [{ token, address, unit }] = collaterals;
        const script = scriptOf([
          await callOf(pool, "borrow", [1_000_000n, 0, accountAddress, accountAddress]),
          await callOf(token, "approve", [poolAddress, unit - 1n]),
        ]);
        await expect(account.run([await callOf(pool, "supplyCollateral", [address, unit, accountAddress, script])]))
          .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
          .withArgs(poolAddress, unit - 1n, unit);
        expect(await pool.debtSharesOf(accountAddress)).to.equal(0);
      });

      it("reverts when the callback adds the same token: the pool would take one payment for two", async () => {
        const { pool, account, accountAddress, collaterals } = await load();
        const [{ address, unit }] = collaterals;
        const booked = (await pool.collateralConfig(address)).totalSupplied;
        const inner = await callOf(pool, "supplyCollateral", [address, unit, accountAddress, "0x"]);
        const outer = [address, unit, accountAddress, scriptOf([inner])];
        await expect(account.run([await callOf(pool, "supplyCollateral", outer)]))
          .to.be.revertedWithCustomError(pool, "PoolTokenRebased")
          .withArgs(address, booked + 2n * unit, booked + unit);
      });

      it("is not called back without data", async () => {
        const { pool, account, accountAddress, collaterals } = await load();
        const values = [collaterals[0].address, 1n, accountAddress, "0x"];
        await expect(account.run([await callOf(pool, "supplyCollateral", values)])).not.to.emit(account, "CalledBack");
      });

      it("calls the caller, not the account, when the books are settled and open for use", async () => {
        const { pool, poolAddress, account, accountAddress, borrower, collaterals, unit } = await load();
        const [{ token, address, unit: one }] = collaterals;
        await account.run([await callOf(token, "transfer", [borrower.address, await token.balanceOf(accountAddress)])]);
        await pool.connect(borrower).setOperator(accountAddress, true);
        const script = scriptOf([
          await callOf(pool, "locked"),
          await callOf(pool, "collateralOf", [borrower.address, address]),
          await callOf(pool, "convertToAssets", RATE),
          await callOf(pool, "borrow", [1_000n * unit, 0, borrower.address, accountAddress]),
          await callOf(token, "mint", [accountAddress, one]), // as if bought with the loan
        ]);
        const tx = await account.run([
          await callOf(pool, "supplyCollateral", [address, one, borrower.address, script]),
        ]);
        const call = account.interface.encodeFunctionData("onSupplyCollateral", [address, one, script]);
        await expect(tx).to.emit(account, "CalledBack").withArgs(poolAddress, call);
        const at = { blockTag: (await tx.wait())?.blockNumber };
        const [locked, held, rate] = (await answersOf(account, tx)).slice(0, 3).map(BigInt);
        expect(locked).to.equal(0);
        expect(held).to.equal(await pool.collateralOf(borrower, address));
        expect(rate).to.equal(await pool.convertToAssets(...RATE, at));
      });
    });

    describe("#repay", () => {
      it("reverts when data is given and the caller is no contract", async () => {
        const { ethers, pool, borrower } = await load();
        await expect(pool.connect(borrower).repay(1_000n, 0, borrower.address, "0x01")).to.be.revertedWithoutReason(
          ethers,
        );
      });

      it("reverts, callback and all, when the caller cannot pay afterwards", async () => {
        const { pool, poolAddress, loan, account, accountAddress, borrower, collaterals } = await load();
        await pool.connect(borrower).setOperator(accountAddress, true);
        const out = [collaterals[0].address, collaterals[0].unit, borrower.address, accountAddress];
        const script = scriptOf([
          await callOf(pool, "withdrawCollateral", out),
          await callOf(loan, "approve", [poolAddress, 999_999n]),
        ]);
        await expect(account.run([await callOf(pool, "repay", [1_000_000n, 0, borrower.address, script])]))
          .to.be.revertedWithCustomError(loan, "ERC20InsufficientAllowance")
          .withArgs(poolAddress, 999_999n, 1_000_000n);
      });

      it("calls the caller when the debt is gone: its collateral can pay for it", async () => {
        const { pool, poolAddress, loan, account, accountAddress, borrower, collaterals } = await load();
        await pool.connect(borrower).setOperator(accountAddress, true);
        const shares = await pool.debtSharesOf(borrower);
        const all = [collaterals[0].address, 100n * collaterals[0].unit, borrower.address, accountAddress];
        const script = scriptOf([
          await callOf(pool, "locked"),
          await callOf(pool, "debtOf", [borrower.address]),
          await callOf(pool, "convertToAssets", RATE),
          await callOf(pool, "withdrawCollateral", all),
        ]);
        const tx = await account.run([await callOf(pool, "repay", [0, shares, borrower.address, script])]);
        const receipt = await tx.wait();
        const repaid = (await pool.queryFilter(pool.filters.Repaid, receipt?.blockNumber))[0].args.assets;
        const call = account.interface.encodeFunctionData("onRepay", [repaid, script]);
        await expect(tx).to.emit(account, "CalledBack").withArgs(poolAddress, call);
        const [locked, debt, rate] = (await answersOf(account, tx)).slice(0, 3).map(BigInt);
        expect([locked, debt]).to.deep.equal([0n, 0n]);
        expect(rate).to.equal(await pool.convertToAssets(...RATE, { blockTag: receipt?.blockNumber }));
        await expect(tx).to.emit(loan, "Transfer").withArgs(accountAddress, poolAddress, repaid);
        expect(await pool.collateralsOf(borrower)).to.deep.equal([]);
      });
    });
  });
});
