import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";

import type { Rule, System } from "./system.ts";

const MUCH = 10n ** 9n;

/** As `transfer` and `transferFrom` do it, the latter with as much allowance as it takes. */
const WAYS = {
  transfer: async ({ vault, holder }: System, to: string, value: bigint) => vault.connect(holder).transfer(to, value),
  transferFrom: async ({ vault, holder, stranger }: System, to: string, value: bigint) => {
    await vault.connect(holder).approve(stranger.address, value);
    return vault.connect(stranger).transferFrom(holder.address, to, value);
  },
};

function moveRules(method: keyof typeof WAYS): Rule[] {
  const move = WAYS[method];
  return [
    {
      name: `#${method} reverts when the sender has a share less`,
      check: async (system) => {
        const { vault, holder, other } = system;
        const held = await vault.balanceOf(holder);
        await expect(move(system, other.address, held + 1n))
          .to.be.revertedWithCustomError(vault, "ERC20InsufficientBalance")
          .withArgs(holder.address, held, held + 1n);
      },
    },
    {
      name: `#${method} reverts when the receiver is the zero address`,
      check: async (system) => {
        await expect(move(system, ZeroAddress, 1n))
          .to.be.revertedWithCustomError(system.vault, "ERC20InvalidReceiver")
          .withArgs(ZeroAddress);
      },
    },
    {
      name: `#${method} moves exactly the value, leaves the supply, and emits Transfer`,
      check: async (system) => {
        const { vault, holder, other, connection } = system;
        const supply = await vault.totalSupply();
        const tx = await move(system, other.address, MUCH);
        await expect(tx).to.emit(vault, "Transfer").withArgs(holder.address, other.address, MUCH);
        await expect(tx).to.changeTokenBalances(connection.ethers, vault, [holder, other], [-MUCH, MUCH]);
        expect(await vault.totalSupply()).to.equal(supply);
      },
    },
    {
      name: `#${method} moves all that the sender has`,
      check: async (system) => {
        const { vault, holder, stranger } = system;
        const held = await vault.balanceOf(holder);
        await move(system, stranger.address, held);
        expect(await vault.balanceOf(holder)).to.equal(0);
        expect(await vault.balanceOf(stranger)).to.equal(held);
      },
    },
    {
      name: `#${method} of nothing is a transfer like any other, and emits Transfer`,
      check: async (system) => {
        const { vault, holder, stranger } = system;
        await expect(move(system, stranger.address, 0n))
          .to.emit(vault, "Transfer")
          .withArgs(holder.address, stranger.address, 0);
      },
    },
    {
      name: `#${method} to oneself changes no balance, and emits Transfer`,
      check: async (system) => {
        const { vault, holder } = system;
        const [held, supply] = [await vault.balanceOf(holder), await vault.totalSupply()];
        await expect(move(system, holder.address, held))
          .to.emit(vault, "Transfer")
          .withArgs(holder.address, holder.address, held);
        expect(await vault.balanceOf(holder)).to.equal(held);
        expect(await vault.totalSupply()).to.equal(supply);
      },
    },
  ];
}

/** ERC-20, with the errors of ERC-6093. */
export const ERC20: readonly Rule[] = [
  {
    name: "#name, #symbol and #decimals are told",
    check: async ({ vault, asset, name, symbol }) => {
      expect(await vault.name()).to.equal(name);
      expect(await vault.symbol()).to.equal(symbol);
      expect(await vault.decimals()).to.equal((await asset.decimals()) + 6n);
    },
  },
  {
    name: "#balanceOf and #allowance are zero for those who have nothing, the zero address included",
    check: async ({ vault, holder, stranger }) => {
      for (const account of [stranger.address, ZeroAddress]) {
        expect(await vault.balanceOf(account)).to.equal(0);
        expect(await vault.allowance(account, holder)).to.equal(0);
      }
      expect(await vault.balanceOf(holder)).to.be.greaterThan(MUCH);
    },
  },
  {
    name: "#totalSupply is what the holders have",
    check: async ({ vault, holder, other }) => {
      expect(await vault.totalSupply()).to.equal((await vault.balanceOf(holder)) + (await vault.balanceOf(other)));
    },
  },
  ...moveRules("transfer"),
  ...moveRules("transferFrom"),
  {
    name: "#transfer, #approve and #transferFrom answer true",
    check: async ({ vault, holder, other }) => {
      expect(await vault.connect(holder).transfer.staticCall(other.address, 1)).to.equal(true);
      expect(await vault.connect(holder).approve.staticCall(other.address, 1)).to.equal(true);
      await vault.connect(holder).approve(other.address, 1);
      expect(await vault.connect(other).transferFrom.staticCall(holder.address, other.address, 1)).to.equal(true);
    },
  },
  {
    name: "#approve reverts for the zero address",
    check: async ({ vault, holder }) => {
      await expect(vault.connect(holder).approve(ZeroAddress, 1))
        .to.be.revertedWithCustomError(vault, "ERC20InvalidSpender")
        .withArgs(ZeroAddress);
    },
  },
  {
    name: "#approve sets the allowance, also one that there is, and emits Approval",
    check: async ({ vault, holder, stranger }) => {
      for (const value of [100n, 40n, MaxUint256, 0n]) {
        await expect(vault.connect(holder).approve(stranger.address, value))
          .to.emit(vault, "Approval")
          .withArgs(holder.address, stranger.address, value);
        expect(await vault.allowance(holder, stranger)).to.equal(value);
        expect(await vault.allowance(stranger, holder)).to.equal(0);
      }
    },
  },
  {
    name: "#approve asks for no balance",
    check: async ({ vault, stranger, other }) => {
      await vault.connect(stranger).approve(other.address, MUCH);
      expect(await vault.allowance(stranger, other)).to.equal(MUCH);
    },
  },
  {
    name: "#transferFrom reverts when the allowance is a share short",
    check: async ({ vault, holder, stranger }) => {
      await vault.connect(holder).approve(stranger.address, MUCH - 1n);
      await expect(vault.connect(stranger).transferFrom(holder.address, stranger.address, MUCH))
        .to.be.revertedWithCustomError(vault, "ERC20InsufficientAllowance")
        .withArgs(stranger.address, MUCH - 1n, MUCH);
    },
  },
  {
    name: "#transferFrom asks the owner for an allowance too",
    check: async ({ vault, holder, stranger }) => {
      await expect(vault.connect(holder).transferFrom(holder.address, stranger.address, 1))
        .to.be.revertedWithCustomError(vault, "ERC20InsufficientAllowance")
        .withArgs(holder.address, 0, 1);
    },
  },
  {
    name: "#transferFrom uses the spender's allowance by the value, and nobody else's",
    check: async ({ vault, holder, other, stranger }) => {
      const asHolder = vault.connect(holder);
      await asHolder.approve(stranger.address, MUCH);
      await asHolder.approve(other.address, MUCH);
      await vault.connect(stranger).transferFrom(holder.address, other.address, 60);
      expect(await vault.allowance(holder, stranger)).to.equal(MUCH - 60n);
      expect(await vault.allowance(holder, other)).to.equal(MUCH);
    },
  },
  {
    name: "#transferFrom leaves an infinite allowance as it is",
    check: async ({ vault, holder, stranger }) => {
      await vault.connect(holder).approve(stranger.address, MaxUint256);
      await vault.connect(stranger).transferFrom(holder.address, stranger.address, MUCH);
      expect(await vault.allowance(holder, stranger)).to.equal(MaxUint256);
    },
  },
  {
    name: "#transferFrom that fails for want of shares uses no allowance",
    check: async ({ vault, stranger, other }) => {
      await vault.connect(stranger).approve(other.address, 5);
      await expect(vault.connect(other).transferFrom(stranger.address, other.address, 5))
        .to.be.revertedWithCustomError(vault, "ERC20InsufficientBalance")
        .withArgs(stranger.address, 0, 5);
      expect(await vault.allowance(stranger, other)).to.equal(5);
    },
  },
];
