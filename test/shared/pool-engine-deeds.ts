import { ZeroAddress } from "ethers";

import { debtOf } from "../../sim/reference/debt.ts";
import { maximum, minimum } from "../../sim/reference/fixed-point.ts";
import {
  applyRisk,
  payKeeper,
  setRiskEngine,
  SILENT_FLOOR,
  type PoolUpdate,
  type RiskUpdate,
} from "../../sim/reference/pool-engine.ts";
import { exitFloor } from "../../sim/reference/pool-lender.ts";
import { rampAt } from "../../sim/reference/pool-ramp.ts";
import { appraise } from "../../sim/reference/pool-risk.ts";
import { accountOf, accrued } from "../../sim/reference/pool-state.ts";
import {
  amountOf,
  chance,
  governing,
  logarithmic,
  partOf,
  pick,
  receiver,
  somebody,
  token,
  toPool,
  whole,
  type Draw,
  type Drawn,
} from "./pool-deeds.ts";
import { ENGINE_MODES, type EngineMode } from "./pool-scripts.ts";

const DAY = 86_400;

function newsOf({ rng, world }: Draw): RiskUpdate {
  const liquidationFactorBps = chance(rng, 0.1) ? whole(rng, 0, 10_000) : whole(rng, 6_500, 9_200);
  return {
    liquidationFactorBps,
    borrowFactorBps: chance(rng, 0.1) ? whole(rng, 0, 10_000) : maximum(liquidationFactorBps - whole(rng, 0, 800), 0n),
    calm: chance(rng, 0.8),
    level: chance(rng, 0.75) ? whole(rng, 0, 1) : whole(rng, 2, 4),
    loadingPercent: chance(rng, 0.2) ? whole(rng, 95, 110) : whole(rng, 0, 100),
    discountTenBps: whole(rng, 0, 120),
    grace: chance(rng, 0.15),
    reserve: chance(rng, 0.05) ? 0n : logarithmic(rng, 10n ** 4n * world.unit, 10n ** 12n * world.unit),
  };
}

function newsOfPool({ rng, p }: Draw): PoolUpdate {
  if (chance(rng, 0.4)) return { restricted: false, exitFloorShares: SILENT_FLOOR, exitRefillPerSecond: 0n };
  const inForce = exitFloor(p);
  // Nearly as before is not written again.
  if (p.exit !== undefined && inForce !== 0n && chance(rng, 0.5)) {
    const exitFloorShares = minimum(inForce + partOf(rng, inForce, 0.016), SILENT_FLOOR - 1n);
    const { refillPerSecond } = p.exit;
    const exitRefillPerSecond = minimum(refillPerSecond + partOf(rng, refillPerSecond, 0.09), 2n ** 88n - 1n);
    return { restricted: p.restricted, exitFloorShares, exitRefillPerSecond };
  }
  const floor = chance(rng, 0.3) ? 0n : partOf(rng, p.shares.supply, 1.1);
  const exitFloorShares = minimum(floor, SILENT_FLOOR - 1n);
  const exitRefillPerSecond = minimum(partOf(rng, exitFloorShares / 3_600n, 1), 2n ** 88n - 1n);
  return { restricted: chance(rng, 0.15), exitFloorShares, exitRefillPerSecond };
}

/** A move that a debtor just survives, or does not, or that just heals him: of what, and to how much of it. */
function moveOf({ rng, p, world }: Draw): readonly [index: number, factor: number] | undefined {
  const owing = world.users.map((user) => accountOf(p, user)).filter(({ shares }) => shares !== 0n);
  if (owing.length === 0) return undefined;
  const forSale = owing.filter(({ kickedAt }) => kickedAt !== 0n);
  const { held, shares, kickedAt } = pick(rng, forSale.length !== 0 && chance(rng, 0.6) ? forSale : owing);
  const alone = held.map((amount, i) =>
    Number(
      appraise(
        p,
        held.map((_, k) => (k === i ? amount : 0n)),
      ).capacity,
    ),
  );
  const index = alone.indexOf(Math.max(...alone));
  const others = alone.reduce((sum, capacity) => sum + capacity, 0) - alone[index];
  const heals = kickedAt !== 0n && chance(rng, 0.6);
  // After an outage only those below 0.95 are put up for sale.
  const isGrace = p.collaterals.some(({ grace }) => grace) && chance(rng, 0.7);
  const health = heals ? rng.between(0.98, 1.06) : isGrace ? rng.between(0.93, 0.97) : rng.between(0.5, 1.02);
  const wanted = Number(debtOf(accrued(p), shares)) * health;
  return [index, Math.min(Math.max((wanted - others) / (alone[index] + 1), 0.05), 3)];
}

/** A fall that hits as many debtors as one can. */
function crashOf({ rng, p, world }: Draw): readonly [index: number, factor: number] {
  const owing = world.users.map((user) => accountOf(p, user)).filter(({ shares }) => shares !== 0n);
  const holders = p.collaterals.map((_, i) => owing.filter(({ held }) => held[i] !== 0n).length);
  return [holders.indexOf(Math.max(...holders)), rng.between(0.3, 0.8)];
}

/** What prices do, and what the engine says. */
export const ENGINE_DEEDS: Record<string, (d: Draw) => Drawn> = {
  price: (d) => {
    const { rng, world, oracle } = d;
    const roll = rng.next();
    const usual = chance(rng, 0.35)
      ? crashOf(d)
      : ([rng.integer(world.collaterals.length), rng.lognormal(1, 0.05)] as const);
    const [index, factor] = (roll < 0.5 ? moveOf(d) : undefined) ?? usual;
    const { address, price36: listed } = world.collaterals[index];
    const before = oracle.of(address).liquidation36;
    const moved = roll > 0.85 ? listed : (before * BigInt(Math.round(factor * 2 ** 40))) >> 40n;
    const liquidation = maximum(moved, listed / 10n ** 6n);
    const borrow = chance(rng, 0.5) ? liquidation : liquidation - partOf(rng, liquidation, 0.05);
    return toPool(
      d,
      world.governor,
      "setPrices",
      [address, borrow, liquidation],
      () => void Object.assign(oracle.of(address), { borrow36: borrow, liquidation36: liquidation }),
      world.oracle,
    );
  },
  fresh: (d) => {
    const { address } = pick(d.rng, d.world.collaterals);
    const fresh = chance(d.rng, 0.7);
    const apply = () => void (d.oracle.of(address).fresh = fresh);
    return toPool(d, d.world.governor, "setFresh", [address, fresh], apply, d.world.oracle);
  },
  tell: (d) => {
    const [{ address }, update, ofPool] = [token(d), newsOf(d), newsOfPool(d)];
    const args = [address, update, ofPool];
    // By the engine; now and then by somebody who is none.
    if (chance(d.rng, 0.05)) {
      const caller = somebody(d);
      return toPool(d, caller, "applyRisk", args, (p) => applyRisk(p, caller, address, update, ofPool));
    }
    const by = d.engine.address;
    return toPool(d, somebody(d), "write", args, (p) => applyRisk(p, by, address, update, ofPool), by);
  },
  /** The engine looks at a quiet market again and again: the factor stays, or rises by what may be. */
  watch: (d) => {
    const c = d.p.collaterals[0];
    const current = rampAt(c.ramp, d.p.now);
    const liquidationFactorBps = pick(d.rng, [current, current + 2n, c.liquidationCapBps]);
    const update = { ...newsOf(d), liquidationFactorBps, calm: chance(d.rng, 0.95), grace: false };
    const ofPool = { restricted: false, exitFloorShares: SILENT_FLOOR, exitRefillPerSecond: 0n };
    const by = d.engine.address;
    return toPool(
      d,
      somebody(d),
      "write",
      [c.token, update, ofPool],
      (p) => applyRisk(p, by, c.token, update, ofPool),
      by,
    );
  },
  instruct: (d) => {
    const { engine, rng, world } = d;
    if (chance(rng, 0.6)) {
      const [update, ofPool] = [newsOf(d), newsOfPool(d)];
      const apply = () => void ([engine.update, engine.mode] = [[update, ofPool], "writing"]);
      return toPool(d, world.governor, "setUpdate", [update, ofPool], apply, engine.address);
    }
    const mode = pick<EngineMode>(rng, ["silent", "reverting", "writing"]);
    if (mode === "writing" && engine.update === undefined) return ENGINE_DEEDS.instruct(d);
    const apply = () => void (engine.mode = mode);
    return toPool(d, world.governor, "setMode", [ENGINE_MODES[mode]], apply, engine.address);
  },
  payKeeper: (d) => {
    const [to, assets] = [receiver(d), amountOf(d.rng, accrued(d.p).reserves)];
    if (chance(d.rng, 0.1)) {
      const caller = somebody(d);
      return toPool(d, caller, "payKeeper", [to, assets], (p) => [payKeeper(p, caller, to, assets)]);
    }
    const by = d.engine.address;
    return toPool(d, somebody(d), "pay", [to, assets], (p) => [payKeeper(p, by, to, assets)], by);
  },
  setRiskEngine: (d) => {
    const engine = chance(d.rng, 0.12) ? undefined : d.engine;
    const maxAge = chance(d.rng, 0.15) ? pick(d.rng, [0n, 59n, 86_401n]) : whole(d.rng, 60, DAY);
    return governing(d, "setRiskEngine", [engine?.address ?? ZeroAddress, maxAge], (p) =>
      setRiskEngine(p, engine, maxAge),
    );
  },
};
