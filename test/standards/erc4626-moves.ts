import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";

import { PENDING } from "../shared/next-block.ts";
import { act } from "./erc4626-limits.ts";
import { ENTRIES, EXITS, inAMoment, inOneBlock, movedBy, someOf, type Rule, type System } from "./system.ts";

type Entry = (typeof ENTRIES)[number];
type Exit = (typeof EXITS)[number];

/** An amount for the next block, and what that moves. */
async function planned(system: System, method: Entry | Exit) {
  await inAMoment(system);
  const amount = await someOf(system, method);
  return { amount, ...(await movedBy(system, method, amount)) };
}

function entryRules(method: Entry): Rule[] {
  const needs = [method];
  return [
    {
      name: `#${method} reverts when the receiver is the zero address`,
      needs,
      check: async (system) => {
        const { amount } = await planned(system, method);
        await expect(system.vault.connect(system.holder)[method](amount, ZeroAddress))
          .to.be.revertedWithCustomError(system.vault, "ERC20InvalidReceiver")
          .withArgs(ZeroAddress);
      },
    },
    {
      name: `#${method} reverts when the caller has approved a unit too little, or has it not`,
      needs,
      check: async (system) => {
        const { vault, vaultAddress, asset, stranger } = system;
        const { amount, assets } = await planned(system, method);
        await asset.mint(stranger.address, assets - 1n);
        await asset.connect(stranger).approve(vaultAddress, MaxUint256);
        const attempt = () => vault.connect(stranger)[method](amount, stranger.address);
        await expect(attempt()).to.be.revertedWithCustomError(asset, "ERC20InsufficientBalance");
        await asset.mint(stranger.address, 100n * assets);
        await asset.connect(stranger).approve(vaultAddress, assets / 2n);
        await expect(attempt()).to.be.revertedWithCustomError(asset, "ERC20InsufficientAllowance");
      },
    },
    {
      name: `#${method} does what its preview said in the same block, and answers it`,
      needs,
      check: async (system) => {
        const { vault, vaultAddress, asset, other, stranger, connection } = system;
        const { amount, answer, assets, shares } = await planned(system, method);
        expect(await vault.connect(other)[method].staticCall(amount, stranger.address, PENDING)).to.equal(answer);
        const tx = await vault.connect(other)[method](amount, stranger.address);
        const { ethers } = connection;
        await expect(tx).to.changeTokenBalances(ethers, asset, [other, vaultAddress], [-assets, assets]);
        await expect(tx).to.changeTokenBalances(ethers, vault, [other, stranger], [0n, shares]);
      },
    },
    {
      name: `#${method} emits Deposit: who paid, who has the shares, assets, shares`,
      needs,
      check: async (system) => {
        const { vault, other, stranger } = system;
        const { amount, assets, shares } = await planned(system, method);
        const tx = await vault.connect(other)[method](amount, stranger.address);
        await expect(tx).to.emit(vault, "Deposit").withArgs(other.address, stranger.address, assets, shares);
        await expect(tx).to.emit(vault, "Transfer").withArgs(ZeroAddress, stranger.address, shares);
      },
    },
    {
      name: `#${method} adds to the assets what was paid, and makes nobody else's shares worth less`,
      needs,
      check: async (system) => {
        const { vault, holder, other } = system;
        const { amount, assets } = await planned(system, method);
        const [owned, held] = [await system.owned(), await vault.balanceOf(holder)];
        const worth = await vault.convertToAssets(held, PENDING);
        await vault.connect(other)[method](amount, other.address);
        expect(await vault.totalAssets()).to.equal(owned + assets);
        expect(await vault.convertToAssets(held)).to.be.at.least(worth);
      },
    },
  ];
}

function exitRules(method: Exit): Rule[] {
  const needs = [method];
  const byStranger = ({ vault, holder, stranger, other }: System, amount: bigint) =>
    vault.connect(stranger)[method](amount, other.address, holder.address);
  return [
    {
      name: `#${method} reverts when the receiver is the zero address`,
      needs,
      check: async (system) => {
        const { vault, holder, errors, zeroReceiver } = system;
        const { amount } = await planned(system, method);
        await expect(vault.connect(holder)[method](amount, ZeroAddress, holder.address)).to.be.revertedWithCustomError(
          errors,
          zeroReceiver,
        );
      },
    },
    {
      name: `#${method} reverts when the owner has not enough shares`,
      needs,
      check: async (system) => {
        const { amount } = await planned(system, method);
        await expect(act(system, method, amount, system.stranger)).to.be.revertedWithCustomError(
          system.errors,
          system.notOwned[method],
        );
      },
    },
    {
      name: `#${method} by a third party takes as many shares as were approved, and not one more`,
      needs: [method, "redeem"],
      check: async (system) => {
        const { vault, holder, stranger } = system;
        const allowed = await someOf(system, "redeem");
        await vault.connect(holder).approve(stranger.address, allowed);
        /** The most that the allowance is enough for, in the next block. */
        const most = async () => {
          await inAMoment(system);
          return method === "redeem" ? allowed : vault.previewRedeem(allowed, PENDING);
        };
        const tooMuch = (await most()) + 1n;
        const { shares: missing } = await movedBy(system, method, tooMuch);
        await expect(byStranger(system, tooMuch))
          .to.be.revertedWithCustomError(vault, "ERC20InsufficientAllowance")
          .withArgs(stranger.address, allowed, missing);
        const amount = await most();
        const { shares } = await movedBy(system, method, amount);
        await byStranger(system, amount);
        expect(await vault.allowance(holder, stranger)).to.equal(allowed - shares);
      },
    },
    {
      name: `#${method} leaves an infinite allowance as it is`,
      needs,
      check: async (system) => {
        const { vault, holder, stranger } = system;
        await vault.connect(holder).approve(stranger.address, MaxUint256);
        const { amount } = await planned(system, method);
        await byStranger(system, amount);
        expect(await vault.allowance(holder, stranger)).to.equal(MaxUint256);
      },
    },
    {
      name: `#${method} does what its preview said in the same block, and answers it`,
      needs,
      check: async (system) => {
        const { vault, vaultAddress, asset, holder, other, connection } = system;
        const { amount, answer, assets, shares } = await planned(system, method);
        const asHolder = vault.connect(holder);
        expect(await asHolder[method].staticCall(amount, other.address, holder.address, PENDING)).to.equal(answer);
        const tx = await asHolder[method](amount, other.address, holder.address);
        const { ethers } = connection;
        await expect(tx).to.changeTokenBalances(ethers, asset, [vaultAddress, holder, other], [-assets, 0n, assets]);
        await expect(tx).to.changeTokenBalances(ethers, vault, [holder, other], [-shares, 0n]);
      },
    },
    {
      name: `#${method} emits Withdraw: who called, who is paid, whose shares, assets, shares`,
      needs,
      check: async (system) => {
        const { vault, asset, holder, other, stranger, connection } = system;
        await vault.connect(holder).approve(stranger.address, MaxUint256);
        const { amount, assets, shares } = await planned(system, method);
        const tx = await byStranger(system, amount);
        await expect(tx)
          .to.emit(vault, "Withdraw")
          .withArgs(stranger.address, other.address, holder.address, assets, shares);
        await expect(tx).to.emit(vault, "Transfer").withArgs(holder.address, ZeroAddress, shares);
        await expect(tx).to.changeTokenBalances(connection.ethers, asset, [stranger, other], [0n, assets]);
      },
    },
    {
      name: `#${method} takes from the assets what it pays, and makes nobody else's shares worth less`,
      needs,
      check: async (system) => {
        const { vault, holder } = system;
        const { amount, assets } = await planned(system, method);
        const [owned, whole] = [await system.owned(), (await vault.totalSupply()) / 7n];
        const worth = await vault.convertToAssets(whole, PENDING);
        await act(system, method, amount, holder);
        expect(await vault.totalAssets()).to.equal(owned - assets);
        expect(await vault.convertToAssets(whole)).to.be.at.least(worth);
      },
    },
  ];
}

/** In and out in one block, and what is left is worth no more than what there was. */
function roundTrip(entry: Entry, exit: Exit): Rule {
  return {
    name: `#${entry} and #${exit} in one block gain nothing`,
    needs: [entry, exit],
    check: async (system) => {
      const { vault, asset, other } = system;
      const { amount, shares } = await planned(system, entry);
      const before =
        (await asset.balanceOf(other)) + (await vault.convertToAssets(await vault.balanceOf(other), PENDING));
      const back = exit === "redeem" ? shares : await vault.previewRedeem(shares, PENDING);
      await inOneBlock(system, [() => act(system, entry, amount, other), () => act(system, exit, back, other)]);
      const after = (await asset.balanceOf(other)) + (await vault.convertToAssets(await vault.balanceOf(other)));
      expect(after).to.be.at.most(before);
    },
  };
}

export const MOVES: readonly Rule[] = [
  ...ENTRIES.flatMap(entryRules),
  ...EXITS.flatMap(exitRules),
  ...ENTRIES.flatMap((entry) => EXITS.map((exit) => roundTrip(entry, exit))),
];
