import { expect } from "chai";
import { ZeroAddress, ZeroHash } from "ethers";

import { PENDING } from "../shared/next-block.ts";
import { BPS } from "../shared/pool-fixtures.ts";
import { answersOf, callOf, scriptOf } from "../shared/scripts.ts";
import { divide, inAMoment, type Need, type Rule, type System } from "./system.ts";

/** What both systems charge. */
export const FLASH_FEE_BPS = 9n;

const feeOf = (amount: bigint) => divide(amount * FLASH_FEE_BPS, BPS, "up");

/** Sent by somebody else than the receiver. */
function flash({ vault, holder, assetAddress, receiverAddress }: System, amount: bigint, data = "0x") {
  return vault.connect(holder).flashLoan(receiverAddress, assetAddress, amount, data);
}

/** A part of what can be lent, ragged so that the fee is rounded. */
async function some({ vault, assetAddress }: System) {
  const amount = (await vault.maxFlashLoan(assetAddress)) / 3n + 1n;
  expect(amount).to.be.greaterThan(1);
  return { amount, fee: feeOf(amount) };
}

/** Calls that the receiver makes while it has the loan. */
async function whileLent({ asset, vaultAddress, receiverAddress, stranger }: System) {
  return {
    reads: scriptOf([
      await callOf(asset, "balanceOf", [receiverAddress]),
      await callOf(asset, "balanceOf", [vaultAddress]),
    ]),
    approves: async (value: bigint) => scriptOf([await callOf(asset, "approve", [vaultAddress, value])]),
    /** Gives away what it has, and is lent, but for `value`. */
    keeps: async (value: bigint, lent: bigint) => {
      const given = (await asset.balanceOf(receiverAddress)) + lent - value;
      return scriptOf([await callOf(asset, "transfer", [stranger.address, given])]);
    },
  };
}

const QUOTES: readonly Rule[] = [
  {
    name: "#maxFlashLoan is zero for every other token, and does not revert",
    check: async ({ vault, vaultAddress, stranger }) => {
      for (const token of [vaultAddress, stranger.address, ZeroAddress]) {
        expect(await vault.maxFlashLoan(token)).to.equal(0);
      }
    },
  },
  {
    name: "#flashFee reverts for every other token",
    check: async ({ vault, vaultAddress, stranger, errors, flash: { unsupported } }) => {
      for (const token of [vaultAddress, stranger.address, ZeroAddress]) {
        await expect(vault.flashFee(token, 1)).to.be.revertedWithCustomError(errors, unsupported).withArgs(token);
      }
    },
  },
  {
    name: "#flashFee is rounded up to the unit, also beyond what can be lent",
    check: async ({ vault, assetAddress, unit }) => {
      for (const amount of [0n, 1n, 10_000n, 10_001n, 123n * unit + 1n, 2n ** 200n]) {
        expect(await vault.flashFee(assetAddress, amount)).to.equal(feeOf(amount));
      }
    },
  },
];

const REFUSED: readonly Rule[] = [
  {
    name: "#flashLoan reverts for every other token",
    check: async ({ vault, vaultAddress, holder, receiverAddress, errors, flash: { unsupported } }) => {
      await expect(vault.connect(holder).flashLoan(receiverAddress, vaultAddress, 1, "0x"))
        .to.be.revertedWithCustomError(errors, unsupported)
        .withArgs(vaultAddress);
    },
  },
  {
    name: "#flashLoan reverts for a unit more than the maximum",
    check: async (system) => {
      const max = await system.vault.maxFlashLoan(system.assetAddress);
      await expect(flash(system, max + 1n)).to.be.revertedWithCustomError(system.errors, system.flash.over);
    },
  },
  {
    name: "#flashLoan reverts when the receiver does not answer as the standard says",
    needs: ["flashLoan"],
    check: async (system) => {
      const { receiver, receiverAddress, errors } = system;
      await receiver.setFlashAnswer(ZeroHash);
      await expect(flash(system, 1_000n))
        .to.be.revertedWithCustomError(errors, system.flash.refused)
        .withArgs(receiverAddress);
    },
  },
  {
    name: "#flashLoan reverts when the receiver is no contract",
    needs: ["flashLoan"],
    check: async ({ vault, holder, other, assetAddress, connection }) => {
      const attempt = vault.connect(holder).flashLoan(other.address, assetAddress, 1_000, "0x");
      await expect(attempt).to.be.revertedWithoutReason(connection.ethers);
    },
  },
  {
    name: "#flashLoan reverts when the receiver has a unit less than loan and fee",
    needs: ["flashLoan"],
    check: async (system) => {
      const { asset, receiverAddress } = system;
      const { amount, fee } = await some(system);
      const { keeps } = await whileLent(system);
      await expect(flash(system, amount, await keeps(amount + fee - 1n, amount)))
        .to.be.revertedWithCustomError(asset, "ERC20InsufficientBalance")
        .withArgs(receiverAddress, amount + fee - 1n, amount + fee);
    },
  },
  {
    name: "#flashLoan reverts when the receiver has approved a unit less than both, whatever the caller has approved",
    needs: ["flashLoan"],
    check: async (system) => {
      const { asset, vaultAddress } = system;
      const { amount, fee } = await some(system);
      const { approves } = await whileLent(system);
      await expect(flash(system, amount, await approves(amount + fee - 1n)))
        .to.be.revertedWithCustomError(asset, "ERC20InsufficientAllowance")
        .withArgs(vaultAddress, amount + fee - 1n, amount + fee);
    },
  },
];

const LENT: readonly Rule[] = [
  {
    name: "#flashLoan lends the maximum",
    needs: ["flashLoan"],
    check: async (system) => {
      const { asset, vaultAddress, connection } = system;
      const max = await system.vault.maxFlashLoan(system.assetAddress);
      await expect(await flash(system, max)).to.changeTokenBalances(
        connection.ethers,
        asset,
        [vaultAddress],
        [feeOf(max)],
      );
    },
  },
  {
    name: "#flashLoan answers true",
    needs: ["flashLoan"],
    check: async ({ vault, holder, receiverAddress, assetAddress }) => {
      const asHolder = vault.connect(holder);
      expect(await asHolder.flashLoan.staticCall(receiverAddress, assetAddress, 1_000, "0x")).to.equal(true);
    },
  },
  {
    name: "#flashLoan calls back once, with who asked, token, amount, fee and data as they are",
    needs: ["flashLoan"],
    check: async (system) => {
      const { holder, vaultAddress, assetAddress, receiver } = system;
      const { amount, fee } = await some(system);
      for (const data of ["0x", (await whileLent(system)).reads]) {
        const tx = await flash(system, amount, data);
        const seen = [holder.address, assetAddress, amount, fee, data] as const;
        const call = receiver.interface.encodeFunctionData("onFlashLoan", [...seen]);
        await expect(tx).to.emit(receiver, "CalledBack").withArgs(vaultAddress, call);
        const logs = (await tx.wait())?.logs ?? [];
        const called = logs.filter((log) => receiver.interface.parseLog(log)?.name === "CalledBack");
        expect(called).to.have.lengthOf(1);
      }
    },
  },
  {
    name: "#flashLoan has sent the amount when it calls back, and nothing else",
    needs: ["flashLoan"],
    check: async (system) => {
      const { asset, vaultAddress, receiver, receiverAddress } = system;
      const { amount } = await some(system);
      const [had, held] = [await asset.balanceOf(receiverAddress), await asset.balanceOf(vaultAddress)];
      const tx = await flash(system, amount, (await whileLent(system)).reads);
      expect((await answersOf(receiver, tx)).map(BigInt)).to.deep.equal([had + amount, held - amount]);
    },
  },
  {
    name: "#flashLoan takes loan and fee from the receiver, by its allowance and to the unit",
    needs: ["flashLoan"],
    check: async (system) => {
      const { asset, vaultAddress, receiverAddress, holder, connection } = system;
      const { amount, fee } = await some(system);
      const { approves } = await whileLent(system);
      const tx = await flash(system, amount, await approves(amount + fee + 5n));
      await expect(tx).to.changeTokenBalances(
        connection.ethers,
        asset,
        [vaultAddress, receiverAddress, holder],
        [fee, -fee, 0n],
      );
      expect(await asset.allowance(receiverAddress, vaultAddress)).to.equal(5);
    },
  },
  {
    name: "#flashLoan of nothing calls back and costs nothing",
    needs: ["flashLoan"],
    check: async (system) => {
      const { asset, vaultAddress, receiver, connection } = system;
      const tx = await flash(system, 0n);
      await expect(tx).to.emit(receiver, "CalledBack");
      await expect(tx).to.changeTokenBalances(connection.ethers, asset, [vaultAddress], [0n]);
    },
  },
  {
    name: "#flashLoan leaves its fee to those who hold shares, in the same block",
    needs: ["flashLoan"],
    check: async (system) => {
      const { vault } = system;
      const { amount, fee } = await some(system);
      // A pool's interest of the last seconds is that of its use after the fee: a loan does not collect it.
      await system.settle();
      await inAMoment(system);
      const [owned, supply] = [await system.owned(), await vault.totalSupply(PENDING)];
      await flash(system, amount);
      const missing = owned + fee - (await vault.totalAssets());
      expect(missing).to.be.within(0n, fee / 1_000_000n);
      expect(await vault.totalSupply()).to.equal(supply);
    },
  },
];

/** ERC-3156. */
export const ERC3156: readonly Rule[] = [...QUOTES, ...REFUSED, ...LENT];

/** Where nothing can be lent, in place of those that need it to. */
export function closedFlash(none: readonly Need[] = []): Rule[] {
  if (!none.includes("flashLoan")) return [];
  return [
    {
      name: "#maxFlashLoan is zero",
      check: async ({ vault, assetAddress }) => {
        expect(await vault.maxFlashLoan(assetAddress)).to.equal(0);
      },
    },
  ];
}
