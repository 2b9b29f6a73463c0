import { debtOf } from "../../sim/reference/debt.ts";
import { maximum, minimum } from "../../sim/reference/fixed-point.ts";
import * as admin from "../../sim/reference/pool-admin.ts";
import { rampAt } from "../../sim/reference/pool-ramp.ts";
import type { RateModel } from "../../sim/reference/pool-rates.ts";
import { accountOf, accrued, UNCAPPED } from "../../sim/reference/pool-state.ts";
import { PoolRefused } from "../../sim/reference/word.ts";
import {
  amountOf,
  chance,
  governing,
  logarithmic,
  partOf,
  pick,
  receiver,
  token,
  whole,
  type Draw,
  type Drawn,
} from "./pool-deeds.ts";

const DAY = 86_400;
/** `PUSH0 PUSH0 REVERT`. */
const BROKEN = "0x5f5ffd";

function fail(): never {
  throw new PoolRefused("nothing");
}

const FAILING: RateModel = { accrue: fail, rateWad: fail };

function ratesOf({ rng, world, broken }: Draw) {
  const { address, model } = pick(rng, world.rates);
  return { address, model: broken.has(address) ? FAILING : model };
}

/** Somewhere about what one of the accounts owes. */
function aboutDebt({ rng, p, world }: Draw): bigint {
  const debt = debtOf(accrued(p), accountOf(p, pick(rng, world.users)).shares);
  return debt === 0n ? logarithmic(rng, 1n, 2_000n * world.unit) : partOf(rng, debt, 1.3);
}

/** Factors that governance may set, or just may not. */
function factors({ rng }: Draw): [bigint, bigint] {
  const liquidation = chance(rng, 0.05) ? whole(rng, 0, 10_000) : whole(rng, 7_000, 9_500);
  const borrow = chance(rng, 0.05) ? liquidation : maximum(liquidation - whole(rng, 1, 900), 0n);
  return [borrow, liquidation];
}

const capOf = ({ rng }: Draw, around: bigint) =>
  chance(rng, 0.3) ? UNCAPPED : minimum(partOf(rng, around, 2) + 1n, UNCAPPED - 1n);

/** What governance does. */
export const RULE_DEEDS: Record<string, (d: Draw) => Drawn> = {
  setCollateralFactors: (d) => {
    const { address, index } = token(d, 0.1);
    const [borrow, liquidation] = factors(d);
    const current = index < 0 ? 0n : rampAt(d.p.collaterals[index].ramp, d.p.now);
    // Two points a day, and a little more or less.
    const seconds = maximum(((current - liquidation) * BigInt(DAY)) / 200n + whole(d.rng, -2, 5) * 60n, 0n);
    const args = [address, borrow, liquidation, minimum(seconds, 2n ** 32n - 1n)] as const;
    return governing(d, "setCollateralFactors", args, (p) => admin.setCollateralFactors(p, ...args));
  },
  rampDown: (d) => {
    const { address, index } = token(d, 0.1);
    const current = index < 0 ? 8_000n : d.p.collaterals[index].liquidationCapBps;
    const to = maximum(current + whole(d.rng, -400, 40), 0n);
    const args = [address, to, whole(d.rng, 0, 3 * DAY)] as const;
    return governing(d, "rampDownLiquidationFactor", args, (p) => admin.rampDownLiquidationFactor(p, ...args));
  },
  lowerBorrowFactor: (d) => {
    const { address, index } = token(d, 0.1);
    const current = index < 0 ? 8_000n : d.p.collaterals[index].borrowCapBps;
    const args = [address, maximum(current + whole(d.rng, -150, 100), 0n)] as const;
    return governing(d, "lowerBorrowFactor", args, (p) => admin.lowerBorrowFactor(p, ...args));
  },
  setCollateralSupplyCap: (d) => {
    const { address, index } = token(d, 0.25);
    const args = [address, capOf(d, index < 0 ? 1n : d.p.collaterals[index].total)] as const;
    return governing(d, "setCollateralSupplyCap", args, (p) => admin.setCollateralSupplyCap(p, ...args));
  },
  lowerCollateralSupplyCap: (d) => {
    const { address, index } = token(d, 0.1);
    const args = [address, capOf(d, index < 0 ? 1n : d.p.collaterals[index].total * 5n + 1n)] as const;
    return governing(d, "lowerCollateralSupplyCap", args, (p) => admin.lowerCollateralSupplyCap(p, ...args));
  },
  setPoolCaps: (d) => {
    const { cash, debtAssets } = accrued(d.p);
    const args = [capOf(d, cash + debtAssets), capOf(d, debtAssets)] as const;
    return governing(d, "setPoolCaps", args, (p) => admin.setPoolCaps(p, ...args));
  },
  lowerPoolCaps: (d) => {
    const { supplyCap, borrowCap } = d.p.parameters;
    const lower = (cap: bigint) => (chance(d.rng, 0.3) ? minimum(cap + 1n, UNCAPPED) : cap - partOf(d.rng, cap, 0.1));
    const args = [chance(d.rng, 0.5) ? supplyCap : lower(supplyCap), lower(borrowCap)] as const;
    return governing(d, "lowerPoolCaps", args, (p) => admin.lowerPoolCaps(p, ...args));
  },
  setMinDebt: (d) => {
    const value = chance(d.rng, 0.3) ? 2n ** 80n : chance(d.rng, 0.3) ? 0n : minimum(aboutDebt(d), 2n ** 80n - 1n);
    return governing(d, "setMinDebt", [value], (p) => admin.setParameter(p, "minDebt", value));
  },
  setReserveFactor: (d) => {
    const value = whole(d.rng, 0, 5_300);
    return governing(d, "setReserveFactor", [value], (p) => admin.setParameter(p, "reserveFactorBps", value));
  },
  setFlashFee: (d) => {
    const value = whole(d.rng, 0, 110);
    return governing(d, "setFlashFee", [value], (p) => admin.setParameter(p, "flashFeeBps", value));
  },
  setLiquidationTarget: (d) => {
    const value = whole(d.rng, 9_800, 12_400);
    return governing(d, "setLiquidationTarget", [value], (p) => admin.setParameter(p, "targetHealthBps", value));
  },
  setKickTip: (d) => {
    const value = chance(d.rng, 0.3) ? 0n : logarithmic(d.rng, 1n, 50n * d.world.unit);
    return governing(d, "setKickTip", [value], (p) => admin.setParameter(p, "kickTip", value));
  },
  setMaxCollaterals: (d) => {
    const value = chance(d.rng, 0.3) ? pick(d.rng, [0n, 13n]) : whole(d.rng, 1, 3);
    return governing(d, "setMaxCollateralsPerAccount", [value], (p) => admin.setParameter(p, "maxCollaterals", value));
  },
  setPauseFlags: (d) => {
    const value = chance(d.rng, 0.2) ? 16n : chance(d.rng, 0.6) ? 0n : whole(d.rng, 1, 15);
    return governing(d, "setPauseFlags", [value], (p) => admin.setParameter(p, "pauseFlags", value));
  },
  pause: (d) => {
    const value = chance(d.rng, 0.1) ? 16n : chance(d.rng, 0.3) ? 0n : 2n ** whole(d.rng, 0, 3);
    return governing(d, "pause", [value], (p) => admin.pause(p, value));
  },
  withdrawReserves: (d) => {
    const [assets, to] = [amountOf(d.rng, accrued(d.p).reserves), receiver(d)];
    return governing(d, "withdrawReserves", [assets, to], (p) => admin.withdrawReserves(p, assets, to));
  },
  setInterestRateModel: (d) => {
    const isNone = chance(d.rng, 0.1);
    const { address, model } = isNone ? { address: d.world.stranger, model: undefined } : ratesOf(d);
    return governing(d, "setInterestRateModel", [address], (p) => admin.setInterestRateModel(p, address, model));
  },
  /** The rate model in use fails from now on, whatever it is asked. */
  breakRates: (d) => {
    const { address } = d.p.rates;
    return {
      ...{ from: d.world.governor, to: address, data: "0x", code: BROKEN, told: `code of ${address}` },
      apply: (p) => {
        d.broken.add(address);
        p.rates = { address, model: FAILING };
      },
    };
  },
};
