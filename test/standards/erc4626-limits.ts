import { expect } from "chai";

import { PENDING } from "../shared/next-block.ts";
import {
  asAnyone,
  ENTRIES,
  inAMoment,
  limitOf,
  METHODS,
  type Account,
  type Method,
  type Need,
  type Rule,
  type System,
} from "./system.ts";

/** Tried where the limit is zero: a unit of assets, and shares that are worth some. */
const LITTLE: Record<Method, bigint> = { deposit: 1n, mint: 1n, withdraw: 1n, redeem: 10n ** 12n };

/** The call, for the caller's own account. */
export function act({ vault }: System, method: Method, amount: bigint, by: Account) {
  const own = vault.connect(by);
  if (method === "deposit" || method === "mint") return own[method](amount, by.address);
  return own[method](amount, by.address, by.address);
}

function exactRules(method: Method): Rule[] {
  return [
    {
      name: `the limit of #${method} goes through, and a unit more does not`,
      needs: [method],
      check: async (system) => {
        const { vault, holder, errors, overLimit } = system;
        await inAMoment(system);
        const limit = await limitOf(system, method)(holder.address, PENDING);
        expect(limit).to.be.greaterThan(0);
        await expect(act(system, method, limit + 1n, holder)).to.be.revertedWithCustomError(errors, overLimit[method]);
        const isEntry = ENTRIES.some((entry) => entry === method);
        await inAMoment(system); // the refused call may have taken a block
        const again = await limitOf(system, method)(holder.address, PENDING);
        await expect(act(system, method, again, holder)).to.emit(vault, isEntry ? "Deposit" : "Withdraw");
      },
    },
    {
      name: `the limit of #${method} does not depend on who asks`,
      check: async (system) => {
        const { vaultAddress, holder, stranger } = system;
        await inAMoment(system);
        const asked = { ...system, vault: asAnyone(system) };
        const read = (from: string) => limitOf(asked, method)(holder.address, { ...PENDING, from });
        const limit = await read(holder.address);
        for (const from of [stranger.address, vaultAddress]) expect(await read(from)).to.equal(limit);
      },
    },
  ];
}

/** Where nothing may go through, in place of those that need it to. */
export function closedRules(none: readonly Need[] = []): Rule[] {
  return METHODS.filter((method) => none.includes(method)).map((method) => ({
    name: `the limit of #${method} is zero, and a little is refused`,
    check: async (system) => {
      const { holder, errors, overLimit } = system;
      await inAMoment(system);
      expect(await limitOf(system, method)(holder.address, PENDING)).to.equal(0);
      await expect(act(system, method, LITTLE[method], holder)).to.be.revertedWithCustomError(
        errors,
        overLimit[method],
      );
    },
  }));
}

export const LIMITS: readonly Rule[] = [
  ...METHODS.flatMap(exactRules),
  {
    name: "the limits of exits are zero for who has no shares, and those of entries the same for all",
    check: async (system) => {
      const { vault, holder, stranger } = system;
      await inAMoment(system);
      expect(await vault.maxWithdraw(stranger, PENDING)).to.equal(0);
      expect(await vault.maxRedeem(stranger, PENDING)).to.equal(0);
      expect(await vault.maxDeposit(stranger, PENDING)).to.equal(await vault.maxDeposit(holder, PENDING));
      expect(await vault.maxMint(stranger, PENDING)).to.equal(await vault.maxMint(holder, PENDING));
    },
  },
  {
    name: "the limits of exits are worth no more than the owner's shares",
    check: async (system) => {
      const { vault, holder } = system;
      await inAMoment(system);
      const shares = await vault.balanceOf(holder, PENDING);
      expect(await vault.maxRedeem(holder, PENDING)).to.be.at.most(shares);
      expect(await vault.maxWithdraw(holder, PENDING)).to.be.at.most(await vault.previewRedeem(shares, PENDING));
    },
  },
];
