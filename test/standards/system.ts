import { expect } from "chai";
import type { BaseContract, ContractTransactionResponse } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import type { IStandardVault, MockERC20, ScriptedAccount } from "../../types/ethers-contracts/index.ts";
import { fixNextBlock } from "../shared/next-block.ts";
import { SHARE_OFFSET } from "../shared/pool-fixtures.ts";
import { withoutAutomine } from "../shared/without-automine.ts";

export const ENTRIES = ["deposit", "mint"] as const;
export const EXITS = ["withdraw", "redeem"] as const;
export const METHODS = [...ENTRIES, ...EXITS];
export type Method = (typeof METHODS)[number];
export type Need = Method | "flashLoan";

export type Account = Awaited<ReturnType<NetworkConnection["ethers"]["getSigners"]>>[number];

/**
 * A vault in some state, and what a suite has to know that no standard says. `holder` has shares, except where the state is
 * "empty"; `holder` and `other` have more of the asset than the vault can take and have approved it; `stranger` has nothing.
 */
export interface System {
  readonly connection: NetworkConnection;
  readonly vault: IStandardVault;
  readonly vaultAddress: string;
  readonly asset: MockERC20;
  readonly assetAddress: string;
  readonly name: string;
  readonly symbol: string;
  /** One whole asset. [base units] */
  readonly unit: bigint;
  readonly holder: Account;
  readonly other: Account;
  readonly stranger: Account;
  /** Runs what a test tells it to when it is called back; has some of the asset, and has approved the vault. */
  readonly receiver: ScriptedAccount;
  readonly receiverAddress: string;
  /** Vault, under an interface that has its own errors. */
  readonly errors: BaseContract;
  /** What one unit more than the limit is refused with. */
  readonly overLimit: Record<Method, string>;
  /** What exits are refused with for want of shares. */
  readonly notOwned: { readonly withdraw: string; readonly redeem: string };
  /** The same for the zero address as receiver of assets. */
  readonly zeroReceiver: string;
  readonly flash: { readonly over: string; readonly refused: string; readonly unsupported: string };
  /** What belongs to the holders of shares as of the next block, added up from elsewhere. [base units] */
  readonly owned: () => Promise<bigint>;
  /** Collects what has been earned up to now. */
  readonly settle: () => Promise<unknown>;
  /** What of it those who leave are not paid (the pool's provision). [base units] */
  readonly withheld: () => Promise<bigint>;
}

/** One sentence of a standard, and how to find out whether it holds. */
export interface Rule {
  readonly name: string;
  /** Entry points without which there is nothing to find out: where their limits are zero, the rule is left out. */
  readonly needs?: readonly Need[];
  readonly check: (system: System) => Promise<void>;
}

export interface Setup {
  readonly load: () => Promise<System>;
  /** Entry points that let nothing through: what is left out must be known beforehand. */
  readonly none?: readonly Need[];
}

/** A test for each rule that has something to say about this state. */
export function describeRules(title: string, rules: readonly Rule[], { load, none = [] }: Setup): void {
  describe(title, () => {
    for (const { name, check, needs = [] } of rules) {
      if (needs.some((method) => none.includes(method))) continue;
      it(name, async () => check(await load()));
    }
  });
}

export function limitOf({ vault }: System, method: Method) {
  return { deposit: vault.maxDeposit, mint: vault.maxMint, withdraw: vault.maxWithdraw, redeem: vault.maxRedeem }[
    method
  ];
}

export function previewOf({ vault }: System, method: Method) {
  return {
    deposit: vault.previewDeposit,
    mint: vault.previewMint,
    withdraw: vault.previewWithdraw,
    redeem: vault.previewRedeem,
  }[method];
}

/** For reading from any address: a signer reads as itself only. */
export function asAnyone({ vault, connection }: System): IStandardVault {
  return vault.connect(connection.ethers.provider);
}

/** What an entry point moves for an amount, by its preview in the next block. */
export async function movedBy(system: System, method: Method, amount: bigint) {
  const answer = await previewOf(system, method)(amount, { blockTag: "pending" });
  const isOfAssets = method === "deposit" || method === "withdraw";
  return { answer, assets: isOfAssets ? amount : answer, shares: isOfAssets ? answer : amount };
}

export type Rounding = "up" | "down";

export function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  return (numerator + (rounding === "up" ? denominator - 1n : 0n)) / denominator;
}

/** Converters as of the next block that share no code with what is tested, with what is withheld left out or not. */
export async function converters(system: System, withheld = 0n) {
  const [owned, supply] = [await system.owned(), await system.vault.totalSupply({ blockTag: "pending" })];
  const assets = owned > withheld ? owned - withheld : 0n;
  return {
    toShares: (amount: bigint, rounding: Rounding) => divide(amount * (supply + SHARE_OFFSET), assets + 1n, rounding),
    toAssets: (shares: bigint, rounding: Rounding) => divide(shares * (assets + 1n), supply + SHARE_OFFSET, rounding),
  };
}

/**
 * An amount that the limit of `method` lets through, ragged, in the unit of the method; so large that rounding is a small
 * part of it wherever the limit allows.
 */
export async function someOf(system: System, method: Method): Promise<bigint> {
  const limit = await limitOf(system, method)(system.holder.address, { blockTag: "pending" });
  expect(limit, `limit of #${method}`).to.be.greaterThan(0);
  const wished = (4_321n * system.unit) / 1_000n + 1n;
  const scaled = method === "deposit" || method === "withdraw" ? wished : wished * SHARE_OFFSET + 7n;
  return scaled * 3n < limit ? scaled : limit / 3n + 1n;
}

/** Fixes the second of the next block, at which previews are read and calls are made. */
export async function inAMoment({ connection }: System): Promise<void> {
  await fixNextBlock(connection, 3);
}

/** Sends transactions that end up in one block, in this order; none may fail. */
export async function inOneBlock(
  { connection }: System,
  sends: readonly (() => Promise<ContractTransactionResponse>)[],
): Promise<void> {
  const sent: ContractTransactionResponse[] = [];
  await withoutAutomine(connection, async () => {
    for (const send of sends) sent.push(await send());
    await connection.networkHelpers.mine();
  });
  const receipts = await Promise.all(sent.map((tx) => tx.wait()));
  expect(new Set(receipts.map((receipt) => receipt?.blockNumber))).to.have.lengthOf(1);
}
