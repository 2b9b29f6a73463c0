import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { PENDING } from "../shared/next-block.ts";
import { SHARE_OFFSET } from "../shared/pool-fixtures.ts";
import {
  asAnyone,
  converters,
  inAMoment,
  METHODS,
  limitOf,
  previewOf,
  type Method,
  type Rounding,
  type Rule,
  type System,
} from "./system.ts";

/** More than fits into the books of a pool, and less than a product of it and a supply that fits a word. */
const LARGE = 2n ** 112n;

/** Ragged on purpose, from nothing to more than there is. [asset base units] */
const amountsOf = ({ unit }: System) => [
  0n,
  1n,
  2n,
  (7n * unit) / 1_000n + 1n,
  (333_333n * unit) / 1_000n + 1n,
  12_345_679n * unit + 5n,
];
/** [shares] */
const sharesOf = (system: System) => amountsOf(system).map((amount) => amount * SHARE_OFFSET + (amount % 1_000_003n));

/** Rounding of what the caller gets, or, up, of what the caller gives. */
const ROUNDING: Record<Method, Rounding> = { deposit: "down", mint: "up", withdraw: "up", redeem: "down" };

function previewRule(method: Method): Rule {
  const [isExit, isOfAssets] = [
    method === "withdraw" || method === "redeem",
    method === "deposit" || method === "withdraw",
  ];
  const rounding = ROUNDING[method];
  return {
    name: `#preview${method[0].toUpperCase()}${method.slice(1)} rounds ${rounding}, to the unit`,
    check: async (system) => {
      await inAMoment(system);
      const { toShares, toAssets } = await converters(system, isExit ? await system.withheld() : 0n);
      const expected = isOfAssets ? toShares : toAssets;
      for (const amount of isOfAssets ? amountsOf(system) : sharesOf(system)) {
        expect(await previewOf(system, method)(amount, PENDING)).to.equal(expected(amount, rounding));
      }
    },
  };
}

export const VIEWS: readonly Rule[] = [
  {
    name: "#asset is the ERC-20 that is lent; shares have six decimals more than it",
    check: async ({ vault, asset, assetAddress }) => {
      expect(await vault.asset()).to.equal(assetAddress);
      expect(await vault.decimals()).to.equal((await asset.decimals()) + 6n);
    },
  },
  {
    name: "#totalAssets counts all that is managed, with what it has earned up to now",
    check: async (system) => {
      await inAMoment(system);
      expect(await system.vault.totalAssets(PENDING)).to.equal(await system.owned());
    },
  },
  {
    name: "no view reverts, for nobody and nothing, the zero address and the vault itself included",
    check: async (system) => {
      const { vault, vaultAddress, holder, stranger } = system;
      await inAMoment(system);
      for (const account of [holder.address, stranger.address, ZeroAddress, vaultAddress]) {
        for (const method of METHODS) {
          expect(await limitOf(system, method)(account, PENDING), `limit of #${method}`).to.be.at.least(0);
        }
      }
      for (const amount of [0n, 1n, LARGE]) {
        for (const method of METHODS) {
          expect(await previewOf(system, method)(amount, PENDING), `preview of #${method}`).to.be.at.least(0);
        }
        expect(await vault.convertToShares(amount, PENDING)).to.be.at.least(0);
        expect(await vault.convertToAssets(amount * SHARE_OFFSET, PENDING)).to.be.at.least(0);
      }
    },
  },
  {
    name: "#convertToShares and #convertToAssets round down, to the unit",
    check: async (system) => {
      await inAMoment(system);
      const { toShares, toAssets } = await converters(system);
      for (const assets of amountsOf(system)) {
        expect(await system.vault.convertToShares(assets, PENDING)).to.equal(toShares(assets, "down"));
      }
      for (const shares of sharesOf(system)) {
        expect(await system.vault.convertToAssets(shares, PENDING)).to.equal(toAssets(shares, "down"));
      }
    },
  },
  {
    name: "#convertTo… do not depend on who asks",
    check: async (system) => {
      const { vaultAddress, holder, stranger, unit } = system;
      const vault = asAnyone(system);
      await inAMoment(system);
      const [assets, shares] = [123n * unit + 1n, 123n * unit * SHARE_OFFSET + 1n];
      const answers = new Set<string>();
      for (const from of [holder.address, stranger.address, ZeroAddress, vaultAddress]) {
        const toShares = await vault.convertToShares(assets, { ...PENDING, from });
        answers.add(`${toShares} ${await vault.convertToAssets(shares, { ...PENDING, from })}`);
      }
      expect([...answers]).to.have.lengthOf(1);
    },
  },
  {
    name: "#convertTo… and #preview… do not depend on limits, balances and pauses",
    check: async (system) => {
      await inAMoment(system);
      const whole = await converters(system);
      const exits = await converters(system, await system.withheld());
      const shares = LARGE * SHARE_OFFSET;
      const { vault } = system;
      expect(await vault.convertToShares(LARGE, PENDING)).to.equal(whole.toShares(LARGE, "down"));
      expect(await vault.convertToAssets(shares, PENDING)).to.equal(whole.toAssets(shares, "down"));
      expect(await vault.previewDeposit(LARGE, PENDING)).to.equal(whole.toShares(LARGE, "down"));
      expect(await vault.previewMint(shares, PENDING)).to.equal(whole.toAssets(shares, "up"));
      expect(await vault.previewWithdraw(LARGE, PENDING)).to.equal(exits.toShares(LARGE, "up"));
      expect(await vault.previewRedeem(shares, PENDING)).to.equal(exits.toAssets(shares, "down"));
    },
  },
  ...METHODS.map(previewRule),
  {
    name: "no round trip gains, by the previews",
    check: async (system) => {
      const { vault } = system;
      await inAMoment(system);
      for (const assets of amountsOf(system)) {
        const got = await vault.previewDeposit(assets, PENDING);
        expect(await vault.previewRedeem(got, PENDING)).to.be.at.most(assets);
        expect(await vault.previewWithdraw(assets, PENDING)).to.be.at.least(got);
        expect(await vault.convertToAssets(await vault.convertToShares(assets, PENDING), PENDING)).to.be.at.most(
          assets,
        );
      }
      for (const shares of sharesOf(system)) {
        const cost = await vault.previewMint(shares, PENDING);
        expect(await vault.previewWithdraw(cost, PENDING)).to.be.at.least(shares);
        expect(await vault.previewRedeem(shares, PENDING)).to.be.at.most(cost);
        expect(await vault.previewDeposit(await vault.previewRedeem(shares, PENDING), PENDING)).to.be.at.most(shares);
      }
    },
  },
];
