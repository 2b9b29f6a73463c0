import { multicall } from "../../sim/reference/pool-calls.ts";
import type { Pool } from "../../sim/reference/pool-state.ts";
import type { Word } from "./pool-compare.ts";
import { attempt, chance, pick, somebody, toPool, type Draw, type Drawn, type Script } from "./pool-deeds.ts";
import { SALE_DEEDS } from "./pool-sale-deeds.ts";
import { SIGNED_DEEDS } from "./pool-signed-deeds.ts";
import { SHOWN } from "./pool-tally.ts";
import { USER_DEEDS } from "./pool-user-deeds.ts";

type Kinds = Record<string, (d: Draw) => Drawn>;

const SINGLE: Kinds = { ...USER_DEEDS, ...SALE_DEEDS, ...SIGNED_DEEDS };
/** What goes together. */
const TOGETHER = [
  ["supplyCollateral", "borrow"],
  ["supplyCollateral", "supplyCollateral", "borrow"],
  ["repay", "withdrawCollateral"],
  ["deposit", "supplyCollateral", "borrow"],
  ["redeem", "deposit"],
  ["repay", "borrow"],
  ["borrow", "deposit"],
  ["kick", "take"],
  ["take", "take"],
  ["unwind", "withdrawCollateral"],
  ["permit", "transferFrom"],
  ["take", "mark"],
  ["setOperator", "accrue"],
  ["withdraw", "repay"],
  ["registerKeeper", "kick", "take", "claimTips"],
];

/** A deed of one kind by one caller. */
function by(d: Draw, caller: string, kind: string): Drawn {
  for (;;) {
    const drawn = SINGLE[kind]({ ...d, as: caller });
    if (drawn.from === caller) return drawn;
  }
}

/** A list of what several calls have answered. */
function listOf(answers: readonly (readonly Word[])[]): Word[] {
  const heads: Word[] = [];
  const tails: Word[] = [];
  for (const words of answers) {
    heads.push(BigInt(32 * (answers.length + tails.length)));
    tails.push(BigInt(32 * words.length), ...words);
  }
  return [32n, BigInt(answers.length), ...heads, ...tails];
}

function several(d: Draw): readonly string[] {
  if (chance(d.rng, 0.75)) return pick(d.rng, TOGETHER);
  const kinds = Object.keys(SINGLE).filter((kind) => kind !== "donate"); // which is no call to the pool
  return Array.from({ length: d.rng.integer(5) }, () => pick(d.rng, kinds));
}

/** Kinds of which the caller is called back between the books and his payment, and what he may do then. */
const CALLED_BACK = {
  supplyCollateral: ["borrow", "supplyCollateral", "withdrawCollateral", "deposit", "redeem", "donate"],
  repay: ["withdrawCollateral", "borrow", "deposit", "redeem", "take", "donate"],
  unwind: ["withdrawCollateral", "borrow", "redeem", "deposit", "supplyCollateral", "repay"],
  take: ["supplyCollateral", "borrow", "take", "redeem", "deposit", "repay", "claimTips"],
  takeBatch: ["supplyCollateral", "borrow", "take", "redeem", "deposit", "unkick"],
  flashLoan: ["deposit", "repay", "take", "supplyCollateral", "withdraw", "borrow"],
};

/** One call of the contract when it is called back, drawn from how things stand then. Mostly it is one that is done. */
function inside(d: Draw, p: Pool, kinds: readonly string[]): Drawn {
  for (let tries = 5; ; --tries) {
    const kind = pick(d.rng, chance(d.rng, 0.85) ? kinds : Object.keys(SINGLE));
    const inner = by({ ...d, p }, d.world.contract, kind);
    if (tries === 0 || chance(d.rng, 0.15) || attempt(p, inner.apply) !== undefined) return inner;
  }
}

/** The contract's own call, of which it is called back. */
function withCall(d: Draw, kind: string, kinds: readonly string[]): Drawn {
  for (let tries = 3; ; --tries) {
    // The same deed twice: once to see what it leads to.
    const seed = `${kind} ${d.p.now} ${tries}`;
    const outside = (script: Script) => SINGLE[kind]({ ...d, rng: d.rng.fork(seed), as: d.world.contract, script });
    const looks = (p: Pool) => void (inner = inside(d, p, kinds));
    let inner: Drawn | undefined;
    attempt(d.p, outside({ data: "0x01", during: looks }).apply);
    if (inner === undefined) {
      if (tries > 0 && chance(d.rng, 0.8)) continue;
      looks(d.p);
    }
    const { to, data, apply, told } = inner!;
    const script = d.chain.encode("run", [[[to, data]]]);
    const drawn = outside({ data: `0x${script.slice(10)}`, during: (p) => void apply(p) });
    return { ...drawn, told: `${drawn.told} with ${told}` };
  }
}

/** Calls within calls. */
export const JOINT_DEEDS: Kinds = {
  multicall: (d) => {
    const caller = somebody(d);
    const calls: Drawn[] = [];
    let { p } = d;
    for (const kind of several(d)) {
      const drawn = by({ ...d, p }, caller, kind);
      const after = attempt(p, drawn.apply);
      // Most are done.
      if (after === undefined && chance(d.rng, 0.5)) continue;
      calls.push(drawn);
      p = after ?? p;
    }
    const made = toPool(d, caller, "multicall", [calls.map(({ data }) => data)], (q) => {
      const answers = multicall(
        q,
        calls.map(({ apply }) => apply),
      );
      return listOf(answers.map((words) => words ?? []));
    });
    const shows = calls.length > 1 ? SHOWN.calls : undefined;
    return { ...made, shows, told: `multicall(${calls.map(({ told }) => told).join("; ")})` };
  },
  ...Object.fromEntries(
    Object.entries(CALLED_BACK).map(([kind, kinds]) => [`${kind}, called back`, (d: Draw) => withCall(d, kind, kinds)]),
  ),
};
