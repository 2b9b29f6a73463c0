import { MaxUint256, ZeroAddress } from "ethers";

import * as sales from "../../sim/reference/pool-sales.ts";
import { accountOf, type Pool } from "../../sim/reference/pool-state.ts";
import { claimTips, keeperAt, registerKeeper } from "../../sim/reference/pool-tips.ts";
import {
  amountOf,
  attempt,
  chance,
  logarithmic,
  partOf,
  pick,
  receiver,
  somebody,
  toPool,
  type Draw,
  type Drawn,
} from "./pool-deeds.ts";
import { held, isUnhealthy, unhealthy } from "./pool-people.ts";
import { SHOWN } from "./pool-tally.ts";

/** A number that somebody has registered; now and then the next, which nobody has. */
function keeper({ rng, p }: Draw): bigint {
  const registered = p.keepers.length - 1;
  return BigInt(chance(rng, 0.08) ? registered + 1 : 1 + rng.integer(registered));
}

/** Who is owed something, or anybody. */
function creditor(d: Draw): bigint {
  const owed = d.p.owed.flatMap((assets, i) => (assets === 0n ? [] : [BigInt(i)]));
  return owed.length === 0 || chance(d.rng, 0.15) ? keeper(d) : pick(d.rng, owed);
}

const buyer = (d: Draw) => d.as ?? (chance(d.rng, 0.97) ? pick(d.rng, d.world.users) : d.world.stranger);

const limit = ({ rng, world }: Draw) => (chance(rng, 0.95) ? MaxUint256 : logarithmic(rng, 1n, 1_000n * world.unit));

/**
 * @param isSmall After it there is probably more of the account to sell.
 * @param before In the same call.
 */
function order(d: Draw, isSmall = false, before: readonly sales.TakeOrder[] = []): sales.TakeOrder {
  const sold = before.map(({ account }) => account);
  const others = d.world.users.filter((user) => !sold.includes(user) && isUnhealthy(d.p, user));
  const account = before.length === 0 || others.length === 0 ? unhealthy(d) : pick(d.rng, others);
  const { address: token, amount } = held(d, account);
  if (isSmall && chance(d.rng, 0.6)) return { account, token, most: partOf(d.rng, amount, 0.3) + 1n };
  return { account, token, most: chance(d.rng, 0.6) ? MaxUint256 : amountOf(d.rng, amount) };
}

/** Each is drawn from what those before it leave. One that is refused, which would refuse all, is mostly left out. */
function orders(d: Draw): sales.TakeOrder[] {
  const list: sales.TakeOrder[] = [];
  const payer = d.world.users[1]; // has enough of everything
  const count = chance(d.rng, 0.03) ? 0 : pick(d.rng, [1, 2, 2, 3, 4]);
  let p: Pool = d.p;
  while (list.length < count) {
    const next = order({ ...d, p }, list.length + 1 < count, list);
    const after = attempt(p, (q) => sales.takeBatch(q, payer, [next], MaxUint256, payer));
    if (after === undefined && list.length !== 0 && chance(d.rng, 0.85)) break;
    list.push(next);
    p = after ?? p;
  }
  return list;
}

/** What liquidators and keepers do. */
export const SALE_DEEDS: Record<string, (d: Draw) => Drawn> = {
  kick: (d) => {
    const [caller, account] = [somebody(d), unhealthy(d)];
    if (chance(d.rng, 0.35)) return toPool(d, caller, "kick", [account], (p) => sales.kick(p, account));
    const number = chance(d.rng, 0.15) ? 0n : keeper(d);
    const { address } = held(d, account);
    return toPool(d, caller, "kickFor", [account, address, number], (p) => sales.kick(p, account, number));
  },
  unkick: (d) => {
    const kicked = d.world.users.filter((user) => accountOf(d.p, user).kickedAt !== 0n);
    const account = kicked.length === 0 || chance(d.rng, 0.2) ? somebody(d) : pick(d.rng, kicked);
    return toPool(d, somebody(d), "unkick", [account], (p) => sales.unkick(p, account));
  },
  mark: (d) => {
    const account = unhealthy(d);
    return toPool(d, somebody(d), "mark", [account], (p) => sales.mark(p, account));
  },
  take: (d) => {
    const [caller, to] = [buyer(d), receiver(d)];
    const [{ account, token, most }, maxRepay] = [order(d), limit(d)];
    return toPool(d, caller, "take", [account, token, most, maxRepay, to, d.script?.data ?? "0x"], (p) => {
      const { amount, repay } = sales.take(p, caller, { account, token, most }, maxRepay, to, d.script?.during);
      return [amount, repay];
    });
  },
  takeBatch: (d) => {
    const [caller, to] = [buyer(d), receiver(d)];
    const [list, maxRepay] = [orders(d), limit(d)];
    const told = list.map(({ account, token, most }) => [account, token, most]);
    const drawn = toPool(d, caller, "takeBatch", [told, maxRepay, to, d.script?.data ?? "0x"], (p) => {
      const { amounts, repay } = sales.takeBatch(p, caller, list, maxRepay, to, d.script?.during);
      return [64n, repay, BigInt(amounts.length), ...amounts];
    });
    const accounts = new Set(list.map(({ account }) => account)).size;
    return { ...drawn, shows: accounts > 1 ? SHOWN.accounts : list.length > 1 ? SHOWN.parts : undefined };
  },
  registerKeeper: (d) => {
    const caller = somebody(d);
    return toPool(d, caller, "registerKeeper", [], (p) => [registerKeeper(p, caller)]);
  },
  claimTips: (d) => {
    const [number, to] = [creditor(d), receiver(d)];
    const owner = keeperAt(d.p, number);
    const caller = d.as ?? (owner !== ZeroAddress && chance(d.rng, 0.85) ? owner : somebody(d));
    return toPool(d, caller, "claimTips", [number, to], (p) => [claimTips(p, caller, number, to)]);
  },
};
