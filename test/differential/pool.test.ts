import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { divUp } from "../../sim/reference/fixed-point.ts";
import { SPEC, type Rules } from "../../sim/reference/pool-rules.ts";
import { Divergence } from "../shared/auction-compare.ts";
import { PoolChain } from "../shared/pool-chain.ts";
import { KINDS, PoolSequence } from "../shared/pool-sequence.ts";
import { PoolTally, STATES } from "../shared/pool-tally.ts";
import { poolWorld, type PoolWorld } from "../shared/pool-world.ts";

/** Sequences; `npm run pool:differential` runs five hundred. */
const COUNT = Number(process.env.POOL_SEQUENCES ?? 26);
const FIRST = Number(process.env.POOL_FIRST ?? 0);
/** From so many on nothing that can happen may be missing. */
const ENOUGH = 26;
/** A wrong model is found out within so many. */
const CANARY_COUNT = 26;

/** Cannot be refused. */
const ALWAYS_DONE = [
  "accrue",
  "setOperator",
  "price",
  "fresh",
  "instruct",
  "setPoolCaps",
  "setKickTip",
  "breakRates",
  "registerKeeper",
];

describe("Pool against its model", function () {
  this.timeout(3_600_000);
  let connection: NetworkConnection;
  let chain: PoolChain;
  let worlds: PoolWorld[];

  before(async () => {
    connection = await network.create();
    worlds = [await poolWorld(connection, 6n), await poolWorld(connection, 18n)];
    chain = await PoolChain.connect(connection);
    await chain.remember();
  });
  after(() => connection.close());

  /** @returns The first seed at which they part, with what was different and all that was done before. */
  async function compare(first: number, count: number, tally: PoolTally, rules?: Rules): Promise<string | undefined> {
    for (let seed = first; seed < first + count; ++seed) {
      await chain.goBack();
      try {
        await new PoolSequence(chain, worlds[seed % worlds.length], `pool-${seed}`, tally, rules).run();
      } catch (error) {
        if (!(error instanceof Divergence)) throw error;
        return `seed ${seed}, ${error.message}`;
      }
    }
    return undefined;
  }

  it(`agrees over ${COUNT} random sequences`, async () => {
    const tally = new PoolTally();
    const divergence = await compare(FIRST, COUNT, tally);
    if (divergence !== undefined) expect.fail(divergence);
    if (process.env.POOL_SEQUENCES !== undefined) report(tally);
    if (COUNT < ENOUGH) return;
    // Nothing was left out: every deed was done, and refused if it can be.
    for (const kind of KINDS) {
      expect(tally.done.get(kind) ?? 0, `${kind}: done`).to.be.greaterThan(0);
      if (!ALWAYS_DONE.includes(kind)) expect(tally.refused.get(kind) ?? 0, `${kind}: refused`).to.be.greaterThan(0);
    }
    for (const state of STATES) expect(tally.states.get(state) ?? 0, state).to.be.greaterThan(0);
  });

  const canaries: readonly [what: string, rules: Partial<Rules>][] = [
    ["rounds shares for a deposit up", { sharesForDeposit: SPEC.sharesForWithdrawal }],
    ["rounds what shares cost down", { assetsForMint: SPEC.assetsForRedemption }],
    ["rounds shares for a withdrawal down", { sharesForWithdrawal: SPEC.sharesForDeposit }],
    ["rounds what shares bring up", { assetsForRedemption: SPEC.assetsForMint }],
    ["rounds debt down", { debtOf: SPEC.assetsForShares }],
    ["rounds shares of a loan down", { sharesForLoan: SPEC.sharesForRepayment }],
    ["rounds what borrowed shares bring up", { assetsForShares: SPEC.debtOf }],
    ["rounds shares of a repayment up", { sharesForRepayment: SPEC.sharesForLoan }],
    ["rounds interest down", { interest: (...of) => floorOf(SPEC.interest(...of)) }],
    ["rounds the reserves' part up", { reservesPart: (interest, bps) => divUp(interest * bps, 10_000n) }],
    ["rounds the flash fee down", { flashFee: (amount, bps) => (amount * bps) / 10_000n }],
    ["rounds capacity up", { capacity: (value, bps) => divUp(value * bps, 10_000n) }],
    ["lets a unit more be unwound", { staying: (held, left, debt) => (held * left) / debt }],
    ["makes the calls of a multicall in the reverse order", { callsInTurn: (calls) => [...calls].reverse() }],
    ["sells the orders of a batch in the reverse order", { ordersInTurn: (orders) => [...orders].reverse() }],
    ["takes a payment before it calls back", { payment: (callBack, pull) => [pull, callBack].forEach((act) => act()) }],
    ["lets a nonce serve twice", { nonceAfter: (nonce) => nonce }],
    ["has lenders bear losses before reserves", { loss: (lost) => ({ byReserves: 0n, byLenders: lost }) }],
  ];
  for (const [what, rules] of canaries) {
    it(`finds out a model that ${what}`, async () => {
      const divergence = await compare(0, CANARY_COUNT, new PoolTally(), { ...SPEC, ...rules });
      expect(divergence).to.match(/^seed \d+, step \d/);
    });
  }
});

/** A unit less, where there is any. */
const floorOf = (amount: bigint) => (amount === 0n ? 0n : amount - 1n);

function report({ steps, views, done, refused, errors, states }: PoolTally): void {
  console.log(`${steps} steps, ${views} views`);
  console.table(Object.fromEntries(KINDS.map((kind) => [kind, { done: done.get(kind), refused: refused.get(kind) }])));
  console.log(Object.fromEntries([...errors].sort()));
  console.log(Object.fromEntries(states));
}
