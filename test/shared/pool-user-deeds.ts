import { MaxUint256, ZeroAddress } from "ethers";

import { debtOf, reduceDebt } from "../../sim/reference/debt.ts";
import { divUp, less, minimum } from "../../sim/reference/fixed-point.ts";
import { allowanceOf, approve, balanceOf, transfer, transferFrom } from "../../sim/reference/ledger.ts";
import * as borrower from "../../sim/reference/pool-borrower.ts";
import * as lender from "../../sim/reference/pool-lender.ts";
import { healthOf } from "../../sim/reference/pool-risk.ts";
import { accountOf, accrued, type Books, type Pool } from "../../sim/reference/pool-state.ts";
import {
  amountOf,
  chance,
  logarithmic,
  pick,
  receiver,
  somebody,
  token,
  toPool,
  type Draw,
  type Drawn,
} from "./pool-deeds.ts";
import { actingFor, creditworthy, debtor, held, owner } from "./pool-people.ts";

/** Of lenders' shares and loan assets. */
const LENDING = 300_000n;

function assetsToLend(d: Draw, caller: string): bigint {
  const { rng, p, world } = d;
  const roll = rng.next();
  if (roll < 0.06) return amountOf(rng, balanceOf(p.tokens.get(world.asset)!, caller));
  if (roll < 0.16) return amountOf(rng, lender.maxDeposit(p));
  return amountOf(rng, LENDING * world.unit);
}

/** By assets or by shares; now and then by both. */
function byEither({ rng }: Draw, assets: bigint, shares: bigint): borrower.Moved {
  if (chance(rng, 0.02)) return { assets, shares };
  return chance(rng, 0.5) ? { assets, shares: 0n } : { assets: 0n, shares };
}

/** Debt after so many shares of it were repaid. */
function leftAfter(b: Books, owned: bigint, shares: bigint): bigint {
  const after = { ...b };
  reduceDebt(after, debtOf(b, shares), shares);
  return owned === shares ? 0n : debtOf(after, owned - shares);
}

const moved = ({ assets, shares }: borrower.Moved) => [assets, shares];

export const USER_DEEDS: Record<string, (d: Draw) => Drawn> = {
  deposit: (d) => {
    const [caller, to] = [somebody(d), receiver(d)];
    const assets = assetsToLend(d, caller);
    return toPool(d, caller, "deposit", [assets, to], (p) => [lender.deposit(p, caller, assets, to)]);
  },
  mint: (d) => {
    const [caller, to] = [somebody(d), receiver(d)];
    const shares = (assetsToLend(d, caller) % 2n ** 230n) * 10n ** 6n + BigInt(d.rng.integer(1e6));
    return toPool(d, caller, "mint", [shares, to], (p) => [lender.mint(p, caller, shares, to)]);
  },
  withdraw: (d) => {
    const [from, to] = [owner(d), receiver(d)];
    const caller = actingFor(d, from);
    const all = lender.convertToAssets(d.p, balanceOf(d.p.shares, from));
    const assets = amountOf(d.rng, chance(d.rng, 0.7) ? lender.maxWithdraw(d.p, from) : all);
    return toPool(d, caller, "withdraw", [assets, to, from], (p) => [lender.withdraw(p, caller, assets, to, from)]);
  },
  redeem: (d) => {
    const [from, to] = [owner(d), receiver(d)];
    const caller = actingFor(d, from);
    const all = balanceOf(d.p.shares, from);
    const shares = amountOf(d.rng, chance(d.rng, 0.6) ? lender.maxRedeem(d.p, from) : all);
    return toPool(d, caller, "redeem", [shares, to, from], (p) => [lender.redeem(p, caller, shares, to, from)]);
  },
  transfer: (d) => {
    const [from, to] = [owner(d), receiver(d)];
    const all = balanceOf(d.p.shares, from);
    const shares = chance(d.rng, 0.1) ? all + 1n : amountOf(d.rng, all);
    return toPool(d, from, "transfer", [to, shares], (p) => {
      transfer(p.shares, from, to, shares);
      return [true];
    });
  },
  approve: (d) => {
    const [from, to] = [owner(d), chance(d.rng, 0.2) ? ZeroAddress : receiver(d)];
    const shares = chance(d.rng, 0.2) ? MaxUint256 : amountOf(d.rng, balanceOf(d.p.shares, from));
    return toPool(d, from, "approve", [to, shares], (p) => {
      approve(p.shares, from, to, shares);
      return [true];
    });
  },
  transferFrom: (d) => {
    const [from, to] = [owner(d), receiver(d)];
    const allowed = d.world.users.filter((user) => allowanceOf(d.p.shares, from, user) !== 0n);
    const spender = d.as ?? (allowed.length === 0 || chance(d.rng, 0.2) ? somebody(d) : pick(d.rng, allowed));
    const most = minimum(allowanceOf(d.p.shares, from, spender), balanceOf(d.p.shares, from));
    const shares = amountOf(d.rng, most === 0n ? balanceOf(d.p.shares, from) : most);
    return toPool(d, spender, "transferFrom", [from, to, shares], (p) => {
      transferFrom(p.shares, spender, from, to, shares);
      return [true];
    });
  },
  supplyCollateral: (d) => {
    const caller = somebody(d);
    const account = actingFor(d, caller);
    // Most have a favourite, so that there are accounts of one collateral and of several.
    const favourite = d.world.collaterals[d.world.users.indexOf(account) % d.world.collaterals.length];
    const { address, unit } = favourite !== undefined && chance(d.rng, 0.6) ? favourite : token(d);
    const all = balanceOf(d.p.tokens.get(address)!, caller);
    const amount = amountOf(d.rng, chance(d.rng, 0.95) ? 20n * unit * (unit === 10n ** 6n ? 1_000n : 1n) : all);
    return toPool(d, caller, "supplyCollateral", [address, amount, account, d.script?.data ?? "0x"], (p) =>
      borrower.supplyCollateral(p, caller, address, amount, account, d.script?.during),
    );
  },
  withdrawCollateral: (d) => {
    const account = somebody(d);
    const [caller, to] = [actingFor(d, account), receiver(d)];
    const { address, amount: all } = held(d, account);
    const amount = amountOf(d.rng, chance(d.rng, 0.5) ? all : all / 10n);
    return toPool(d, caller, "withdrawCollateral", [address, amount, account, to], (p) =>
      borrower.withdrawCollateral(p, caller, address, amount, account, to),
    );
  },
  borrow: (d) => {
    const { rng, p } = d;
    const account = creditworthy(d);
    const [caller, to] = [actingFor(d, account), receiver(d)];
    const { borrowCapacity, debt } = healthOf(p, account);
    const room = minimum(less(borrowCapacity, debt), chance(rng, 0.8) ? p.cash : borrowCapacity);
    const assets = amountOf(rng, chance(rng, 0.9) ? room : LENDING * d.world.unit);
    const b = accrued(p);
    const shares = chance(rng, 0.5) ? assets : (assets * (b.debtShares + 1n)) / (b.debtAssets + 1n);
    const wanted = byEither(d, assets, shares % (MaxUint256 + 1n));
    return toPool(d, caller, "borrow", [wanted.assets, wanted.shares, account, to], (q) =>
      moved(borrower.borrow(q, caller, wanted, account, to)),
    );
  },
  repay: (d) => {
    const [caller, account] = [somebody(d), debtor(d)];
    const { shares } = accountOf(d.p, account);
    const part = chance(d.rng, 0.5) ? 1n : 10n;
    const wanted = byEither(d, amountOf(d.rng, debtOf(accrued(d.p), shares) / part), amountOf(d.rng, shares / part));
    return toPool(d, caller, "repay", [wanted.assets, wanted.shares, account, d.script?.data ?? "0x"], (p) =>
      moved(borrower.repay(p, caller, wanted, account, d.script?.during)),
    );
  },
  unwind: (d) => {
    const { rng, p } = d;
    const account = debtor(d);
    const [caller, to] = [actingFor(d, account), receiver(d)];
    const { shares: owned } = accountOf(p, account);
    const shares = chance(rng, 0.2) ? owned : amountOf(rng, owned);
    const { address, amount: all } = held(d, account);
    const b = accrued(p);
    const assets = minimum(debtOf(b, shares), MaxUint256);
    const wanted = chance(rng, 0.3) ? { assets, shares: 0n } : { assets: 0n, shares };
    // What may be taken out, or just may not.
    const most =
      shares > owned || shares === 0n ? all : less(all, divUp(all * leftAfter(b, owned, shares), debtOf(b, owned)));
    const amount = chance(rng, 0.6) ? most + BigInt(rng.integer(2)) : amountOf(rng, most);
    const args = [wanted.assets, wanted.shares, address, amount, account, to, d.script?.data ?? "0x"];
    return toPool(d, caller, "unwind", args, (q) =>
      moved(borrower.unwind(q, caller, wanted, address, amount, account, to, d.script?.during)),
    );
  },
  accrue: (d) => toPool(d, somebody(d), "accrue", [], borrower.accrue),
  setOperator: (d) => {
    const [from, to, approved] = [
      d.as ?? pick(d.rng, d.world.users),
      somebody({ ...d, as: undefined }),
      chance(d.rng, 0.5),
    ];
    return toPool(d, from, "setOperator", [to, approved], (p) => borrower.setOperator(p, from, to, approved));
  },
  flashLoan: (d) => {
    const { rng, p, world } = d;
    const { asset } = world;
    const borrowing = d.script === undefined ? world.flashBorrower : world.contract;
    const lent = chance(rng, 0.93) ? asset : world.collaterals[0].address;
    const amount = amountOf(rng, chance(rng, 0.5) ? p.cash : minimum(p.cash, 1_000n * world.unit));
    return toPool(d, somebody(d), "flashLoan", [borrowing, lent, amount, d.script?.data ?? "0x"], (q) => {
      lender.flashLoan(q, borrowing, lent, amount, d.script?.during);
      return [true];
    });
  },
  donate: (d) => {
    const { rng, p, world } = d;
    const from = somebody(d);
    const to = chance(rng, 0.6) ? world.pool : world.flashBorrower;
    const { address, unit } = chance(rng, 0.6) ? { address: world.asset, unit: world.unit } : token(d);
    const all = balanceOf(p.tokens.get(address)!, from);
    const amount = chance(rng, 0.1) ? all + 1n : minimum(logarithmic(rng, 1n, 100n * unit), all + 1n);
    const give = (q: Pool) => {
      transfer(q.tokens.get(address)!, from, to, amount);
      return [true];
    };
    return toPool(d, from, "transfer", [to, amount], give, address);
  },
};
