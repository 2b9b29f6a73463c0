import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { maximum } from "../../sim/reference/fixed-point.ts";
import {
  applyRisk,
  factorAt,
  loadingAt,
  POOL,
  riskOf,
  type PoolLimits,
  type PoolRules,
  type PoolUpdate,
  type RiskUpdate,
} from "../../sim/reference/risk-pool.ts";
import { createRng, type Rng } from "../../sim/rng.ts";
import { logarithmic, whole } from "../shared/auction-actions.ts";
import { Divergence, expectSame } from "../shared/auction-compare.ts";
import { rampIn, rampOf } from "../shared/risk-events.ts";
import { RiskChain, type Contact } from "../shared/risk-chain.ts";
import { expectFields, FIRST, firstDivergence, judge, Seen, sequences, textOf } from "../shared/risk-compare.ts";
import { ungovernedRiskPool } from "../shared/risk-fixtures.ts";
import { START, ungoverned } from "../shared/risk-setup.ts";
import { deployProbe } from "../shared/risk-volatility-world.ts";

const COUNT = sequences(25);
const CANARY_COUNT = 40;
const STEPS = 60;
/** Says nothing of the pool as a whole. */
const KEEP = { restricted: false, exitFloorShares: 2n ** 136n - 1n, exitRefillPerSecond: 0n };

describe("A pool's side of its engine against its reference", function () {
  this.timeout(3_600_000);
  let connection: NetworkConnection;
  let chain: RiskChain;
  let probe: string;
  let token: string;
  let engine: Contact;
  let risk: Contact;

  before(async () => {
    connection = await network.create();
    const p = await ungovernedRiskPool(connection);
    const mock = await connection.ethers.deployContract("MockRiskEngine", [p.poolAddress]);
    chain = await RiskChain.connect(connection, ["PoolRiskModule"]);
    engine = await chain.contact("MockRiskEngine", await mock.getAddress());
    risk = await chain.contact("IPoolRisk", p.poolAddress);
    token = p.eth.address;
    probe = await deployProbe(connection, p.authority);
    await chain.remember();
  });
  after(() => connection.close());

  /** An engine that says anything, as often as it likes. */
  async function run(seed: number, seen: Seen, rules: PoolRules): Promise<void> {
    await chain.goBack();
    const rng = createRng(`pool-${seed}`);
    const maxAge = rng.next() < 0.5 ? whole(rng, 40_000, 86_400) : logarithmic(rng, 60, 86_400);
    let now = START;
    await chain.run(probe, [risk.call("setRiskEngine", engine.address, maxAge)], now);
    const limits: PoolLimits = {
      ...{ maxAge, restricted: false, limited: false, floorShares: 0n, refill: 0n, floorAt: 0n },
    };
    const c = ungoverned(0);
    for (let step = 0; step < STEPS; ++step) {
      now += pauseOf(rng);
      const update = randomUpdate(rng, factorAt(c, now));
      const pool = rng.next() < 0.5 ? undefined : randomPoolUpdate(rng, limits, now);
      const told = pool === undefined ? KEEP : poolTuple(pool);
      const calls = [engine.call("write", token, update, told), risk.call("riskOf", token)];
      const { answers, told: events } = await chain.run(probe, calls, now);
      try {
        expectSame("write", answers[0].ok ? "is done" : answers[0].error, "is done");
        const before = { ...c, ...limits };
        const turned = applyRisk(limits, c, update, pool, now, rules);
        const expected = turned && pool !== undefined ? [textOf(Object.values(poolTuple(pool)))] : [];
        const turns = events.filter(({ event }) => event.name === "PoolRiskUpdated");
        expectSame("told", turns.map(({ event }) => textOf(event.args.toArray())).join(), expected.join());
        const word = events.find(({ event }) => event.name === "RiskUpdated")?.event.args[1] as bigint;
        expectSame("ramp told", rampIn(word), rampOf(c));
        const actual = risk.read("riskOf", answers[1])[0] as Record<string, unknown>;
        expectFields("risk", actual, riskOf(limits, c, now, rules));
        const kinds: Record<string, boolean> = {
          rises: c.toBps > factorAt({ ...before }, now) && c.fromBps === c.toBps,
          falls: now < c.end,
          "fall goes on": now < c.end && c.start === before.start,
          rests: c.toBps === before.toBps && now >= c.end,
          "rest not written": c.riseFrom === before.riseFrom && c.riseFrom < now,
          "bound by the ramp": c.borrowFactorBps === factorAt(c, now + maxAge) - 1n,
          "λ rises": loadingAt(c, now) < c.loading,
          "floor written": limits.floorAt === now,
          "floor kept": pool !== undefined && pool.floorShares !== 0n && limits.floorAt !== now,
          "limit ends": before.limited && !limits.limited,
          "in grace": c.grace,
        };
        for (const [kind, is] of Object.entries(kinds)) if (is) seen.count(kind);
      } catch (error) {
        if (!(error instanceof Divergence)) throw error;
        throw new Divergence(`step ${step}, ${error.message}; after ${textOf({ update, pool })}`, { cause: error });
      }
    }
  }

  const compare = (first: number, count: number, seen: Seen, rules = POOL) =>
    firstDivergence(first, count, (seed) => run(seed, seen, rules));

  it(`agrees to the unit over ${COUNT} random sequences`, async () => {
    const seen = new Seen();
    const divergence = await compare(FIRST, COUNT, seen);
    if (divergence !== undefined) expect.fail(divergence);
    judge(seen, EXPECTED);
  });

  const canaries: readonly [what: string, rules: Partial<PoolRules>][] = [
    ["lets factors fall a bps a day faster", { fallPerDay: 201n }],
    ["lets factors rise a second sooner", { secondsPerBpsUp: POOL.secondsPerBpsUp - 1n }],
    ["is content with a minute's calm less", { calmSeconds: POOL.calmSeconds - 60n }],
    ["lets λ rise a second sooner", { secondsPerPoint: POOL.secondsPerPoint - 1n }],
    ["rounds reserves down", { keptReserve: (reserve) => reserve - (reserve % (reserve / 2n ** 25n + 1n)) }],
  ];
  for (const [what, rules] of canaries) {
    it(`finds out a reference that ${what}`, async () => {
      const divergence = await compare(0, CANARY_COUNT, new Seen(), { ...POOL, ...rules });
      expect(divergence).to.match(/^seed \d+, step \d+, /);
    });
  }
});

const EXPECTED = [
  ...["rises", "falls", "fall goes on", "rests", "rest not written", "bound by the ramp", "λ rises"],
  ...["floor written", "floor kept", "limit ends", "in grace"],
];

/** Blocks, hours, or about a day. [s] */
function pauseOf(rng: Rng): bigint {
  const roll = rng.next();
  if (roll < 0.2) return whole(rng, 1, 60);
  if (roll < 0.5) return whole(rng, 1_500, 2_000);
  if (roll < 0.8) return logarithmic(rng, 600, 40_000);
  return whole(rng, 80_000, 95_000);
}

/** About the factor in force, at it, or anywhere. */
function randomUpdate(rng: Rng, inForce: bigint): RiskUpdate {
  const roll = rng.next();
  const near = Number(inForce);
  const target = roll < 0.3 ? near : roll < 0.8 ? near + rng.integer(200) - 60 : rng.integer(10_000);
  const liquidationFactorBps = BigInt(Math.min(Math.max(target, 0), 10_000));
  return {
    liquidationFactorBps,
    borrowFactorBps: rng.next() < 0.3 ? 10_000n : whole(rng, 0, 9_000),
    ...{ calm: rng.next() < 0.93, level: whole(rng, 0, 3), loadingPercent: whole(rng, 0, 100) },
    ...{ discountTenBps: whole(rng, 0, 255), grace: rng.next() < 0.2 },
    reserve: rng.next() < 0.05 ? 0n : logarithmic(rng, 1, 1e38),
  };
}

/** A floor near the one in force, at the edge of what is worth a write, or another. */
function randomPoolUpdate(rng: Rng, limits: PoolLimits, now: bigint): PoolUpdate {
  const restricted = rng.next() < 0.1 ? !limits.restricted : limits.restricted;
  const roll = rng.next();
  if (roll < 0.12) return { restricted, floorShares: 0n, refill: 0n };
  const floor = riskOf(limits, ungoverned(0), now).exitFloorShares;
  if (roll < 0.75 && floor > 10n ** 6n) {
    const above = floor / 127n + BigInt(rng.integer(5)) - 2n;
    const floorShares = roll < 0.5 ? floor + above : floor + BigInt(rng.integer(3)) - 1n;
    const change = (limits.refill / 16n + BigInt(rng.integer(3)) - 1n) * (rng.next() < 0.5 ? 1n : -1n);
    return { restricted, floorShares, refill: roll < 0.3 ? limits.refill : maximum(limits.refill + change, 0n) };
  }
  return { restricted, floorShares: logarithmic(rng, 1e12, 1e20), refill: logarithmic(rng, 1, 1e10) };
}

function poolTuple({ restricted, floorShares, refill }: PoolUpdate) {
  return { restricted, exitFloorShares: floorShares, exitRefillPerSecond: refill };
}
