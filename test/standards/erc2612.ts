import { expect } from "chai";
import { MaxUint256, TypedDataEncoder, ZeroAddress, ZeroHash } from "ethers";
import { network } from "hardhat";

import { mirroredSignature } from "../shared/typed-data.ts";
import { domainOf, permission, refusedAsForged, sign, submit } from "./permits.ts";
import type { Rule } from "./system.ts";

/** The chain on which code is put as if it had split off. */
const OTHER_CHAIN = { name: "chainB", id: 31_338n } as const;

const REFUSED: readonly Rule[] = [
  {
    name: "#permit reverts a second after the deadline",
    check: async (system) => {
      const granted = await permission(system);
      const signature = await sign(system, granted);
      await system.connection.networkHelpers.time.setNextBlockTimestamp(granted.deadline + 1n);
      await expect(submit(system, granted, signature))
        .to.be.revertedWithCustomError(system.vault, "ERC2612ExpiredSignature")
        .withArgs(granted.deadline);
    },
  },
  {
    name: "#permit reverts when somebody else signed, the spender included",
    check: async (system) => {
      const granted = await permission(system);
      for (const signer of [system.stranger, system.other]) {
        await refusedAsForged(system, granted, await sign(system, granted, signer));
      }
    },
  },
  {
    name: "#permit reverts when anything but what is submitted was signed",
    check: async (system) => {
      const granted = await permission(system);
      for (const changes of [
        { owner: system.other.address },
        { spender: system.other.address },
        { value: granted.value + 1n },
        { nonce: 1n },
        { nonce: MaxUint256 },
        { deadline: granted.deadline + 1n },
      ]) {
        await refusedAsForged(system, granted, await sign(system, { ...granted, ...changes }));
      }
    },
  },
  {
    name: "#permit reverts when it was signed for another contract, chain, name or version",
    check: async (system) => {
      const granted = await permission(system);
      for (const changed of [
        { verifyingContract: system.assetAddress },
        { chainId: OTHER_CHAIN.id },
        { name: system.symbol },
        { version: "2" },
      ]) {
        await refusedAsForged(system, granted, await sign(system, granted, system.holder, changed));
      }
    },
  },
  {
    name: "#permit reverts on replay, also after the allowance was taken back",
    check: async (system) => {
      const { vault, holder, stranger } = system;
      const granted = await permission(system);
      const signature = await sign(system, granted);
      await submit(system, granted, signature);
      await refusedAsForged(system, granted, signature);
      await vault.connect(holder).approve(stranger.address, 0);
      await refusedAsForged(system, granted, signature);
      expect(await vault.allowance(holder, stranger)).to.equal(0);
    },
  },
  {
    name: "#permit reverts for the zero address as owner, whatever the signature",
    check: async (system) => {
      const granted = { ...(await permission(system)), owner: ZeroAddress };
      const signature = await sign(system, granted);
      for (const nobody of [
        { v: 29, r: signature.r, s: signature.s },
        { v: 27, r: ZeroHash, s: ZeroHash },
      ]) {
        await expect(submit(system, granted, nobody)).to.be.revertedWithCustomError(
          system.vault,
          "ECDSAInvalidSignature",
        );
      }
      await refusedAsForged(system, granted, signature);
    },
  },
  {
    name: "#permit reverts for the zero address as spender",
    check: async (system) => {
      const granted = { ...(await permission(system)), spender: ZeroAddress };
      await expect(submit(system, granted, await sign(system, granted)))
        .to.be.revertedWithCustomError(system.vault, "ERC20InvalidSpender")
        .withArgs(ZeroAddress);
    },
  },
  {
    name: "#permit reverts for the mirrored signature (high s), and for other values of v",
    check: async (system) => {
      const granted = await permission(system);
      const signature = await sign(system, granted);
      const mirrored = mirroredSignature(signature);
      await expect(submit(system, granted, mirrored))
        .to.be.revertedWithCustomError(system.vault, "ECDSAInvalidSignatureS")
        .withArgs(mirrored.s);
      const { r, s } = signature;
      for (const v of [0, 1, 26, 29]) {
        await expect(submit(system, granted, { v, r, s })).to.be.revertedWithCustomError(
          system.vault,
          "ECDSAInvalidSignature",
        );
      }
    },
  },
  {
    name: "#permit reverts for owners with code: the standard knows keys only",
    check: async (system) => {
      const granted = { ...(await permission(system)), owner: system.assetAddress };
      await refusedAsForged(system, granted, await sign(system, granted));
    },
  },
  {
    name: "#permit that fails uses no nonce and changes no allowance",
    check: async (system) => {
      const { vault, holder, stranger } = system;
      await vault.connect(holder).approve(stranger.address, 7);
      const granted = await permission(system);
      await refusedAsForged(system, granted, await sign(system, granted, system.other));
      expect(await vault.nonces(holder)).to.equal(0);
      expect(await vault.allowance(holder, stranger)).to.equal(7);
      await submit(system, granted, await sign(system, granted));
    },
  },
];

const GRANTED: readonly Rule[] = [
  {
    name: "#permit sets the allowance, uses the nonce and emits Approval, whoever submits it",
    check: async (system) => {
      const { vault, holder, stranger } = system;
      await vault.connect(holder).approve(stranger.address, 5);
      for (const [index, value] of [1_000n, 0n, MaxUint256].entries()) {
        const granted = { ...(await permission(system)), value, nonce: BigInt(index) };
        await expect(submit(system, granted, await sign(system, granted)))
          .to.emit(vault, "Approval")
          .withArgs(holder.address, stranger.address, value);
        expect(await vault.allowance(holder, stranger)).to.equal(value);
        expect(await vault.nonces(holder)).to.equal(index + 1);
      }
    },
  },
  {
    name: "#permit counts in the second of the deadline, and for ever with the largest one",
    check: async (system) => {
      const granted = await permission(system);
      const signature = await sign(system, granted);
      await system.connection.networkHelpers.time.setNextBlockTimestamp(granted.deadline);
      await submit(system, granted, signature);
      const forever = { ...granted, nonce: 1n, deadline: MaxUint256 };
      await submit(system, forever, await sign(system, forever));
      expect(await system.vault.nonces(system.holder)).to.equal(2);
    },
  },
  {
    name: "#permit asks for no shares, and every owner has nonces of its own",
    check: async (system) => {
      const { vault, holder, other, stranger } = system;
      const granted = { ...(await permission(system)), owner: stranger.address, spender: other.address };
      await submit(system, granted, await sign(system, granted, stranger));
      expect(await vault.allowance(stranger, other)).to.equal(granted.value);
      expect(await vault.nonces(stranger)).to.equal(1);
      expect(await vault.nonces(holder)).to.equal(0);
    },
  },
  {
    name: "#permit that somebody else was faster to submit has done its work all the same",
    check: async (system) => {
      const { vault, holder, stranger, other } = system;
      const granted = await permission(system);
      const signature = await sign(system, granted);
      await submit(system, granted, signature);
      await refusedAsForged(system, granted, signature);
      await vault.connect(stranger).transferFrom(holder.address, other.address, granted.value);
      expect(await vault.allowance(holder, stranger)).to.equal(0);
    },
  },
];

const DOMAIN: readonly Rule[] = [
  {
    name: "#DOMAIN_SEPARATOR is what anyone computes from name, version, chain and address",
    check: async (system) => {
      const expected = TypedDataEncoder.hashDomain(await domainOf(system));
      expect(await system.vault.DOMAIN_SEPARATOR()).to.equal(expected);
    },
  },
  {
    name: "#eip712Domain tells these four, and no salt nor extension (ERC-5267)",
    check: async (system) => {
      const { name, version, chainId, verifyingContract } = await domainOf(system);
      const told = await system.vault.eip712Domain();
      expect([...told]).to.deep.equal(["0x0f", name, version, chainId, verifyingContract, ZeroHash, []]);
    },
  },
  {
    name: "after a split of the chain, signatures count on their own side only",
    check: async (system) => {
      const { vault, vaultAddress, connection } = system;
      const granted = { ...(await permission(system)), deadline: MaxUint256 };
      const fork = await network.create(OTHER_CHAIN.name);
      try {
        const code = await connection.ethers.provider.getCode(vaultAddress);
        await fork.networkHelpers.setCode(vaultAddress, code);
        const [sender] = await fork.ethers.getSigners();
        const copy = { ...system, connection: fork, vault: vault.connect(sender), other: sender };
        const there = TypedDataEncoder.hashDomain(await domainOf(copy));
        expect(await copy.vault.DOMAIN_SEPARATOR()).to.equal(there);
        expect((await copy.vault.eip712Domain()).chainId).to.equal(OTHER_CHAIN.id);
        await refusedAsForged(copy, granted, await sign(system, granted));
        await submit(copy, granted, await sign(copy, granted));
        expect(await copy.vault.allowance(granted.owner, granted.spender)).to.equal(granted.value);
      } finally {
        await fork.close();
      }
    },
  },
];

/** ERC-2612 and its domain (EIP-712, ERC-5267). */
export const ERC2612: readonly Rule[] = [...REFUSED, ...GRANTED, ...DOMAIN];
