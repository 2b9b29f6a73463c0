/** Executable specification of the collateral factors: `LT = e^(−z·σ·√T) ÷ ((1+β)(1+2q/y))` and what follows. To the unit. */
import { Refused } from "./auction-state.ts";
import { divUp, less, maximum, minimum, WAD } from "./fixed-point.ts";
import { BPS, clamp, DAY, expWad, HOUR, inRange, mulWadUp, rootWad } from "./risk-math.ts";

/** [bps, but for z: hundredths] */
export interface FactorParameters {
  readonly zHundredths: bigint;
  readonly betaBps: bigint;
  readonly bufferBps: bigint;
  readonly minLiquidationFactorBps: bigint;
  readonly maxLiquidationFactorBps: bigint;
  readonly freeLeverageBps: bigint;
  readonly leverageSlopeBps: bigint;
  readonly freeRiseBps: bigint;
  readonly riseSlopeBps: bigint;
  readonly maxAddOnBps: bigint;
}

export interface FactorInputs {
  readonly sigmaWad: bigint;
  /** [loan base units] */
  readonly exposure: bigint;
  readonly salePerDay: bigint;
  readonly slice: bigint;
  readonly reserve: bigint;
  readonly leverageWad: bigint;
  readonly riseWad: bigint;
  /** In force now. */
  readonly liquidationFactorBps: bigint;
}

export interface FactorTargets {
  readonly liquidationFactorBps: bigint;
  readonly borrowFactorBps: bigint;
  readonly borrowingStopped: boolean;
  readonly timeToLiquidate: bigint;
  readonly discountBps: bigint;
}

/** What a wrong reference may do otherwise. */
export interface FactorRules {
  /** No sale is over sooner; what takes longer is not lent on. [s] */
  readonly minTime: bigint;
  readonly maxTime: bigint;
  /** What is left of the price after so many standard deviations. [WAD, rounded down] */
  readonly survival: (exponentWad: bigint) => bigint;
  /** [rounded up] */
  readonly addOnUp: (p: FactorParameters, leverageWad: bigint, riseWad: bigint) => bigint;
}

const toWad = (bps: bigint) => (bps * WAD) / BPS;
const toBps = (wad: bigint) => (wad * BPS) / WAD;

export const FACTORS: FactorRules = {
  ...{ minTime: HOUR, maxTime: DAY },
  // solady's exponential is within a unit: one less is rounded down.
  survival: (exponentWad) => (exponentWad === 0n ? WAD : exponentWad > 42n * WAD ? 0n : less(expWad(-exponentWad), 1n)),
  addOnUp: (p, leverageWad, riseWad) => {
    const byLeverage = mulWadUp(less(leverageWad, toWad(p.freeLeverageBps)), toWad(p.leverageSlopeBps));
    const byRise = mulWadUp(less(riseWad, toWad(p.freeRiseBps)), toWad(p.riseSlopeBps));
    return minimum(byLeverage + byRise, toWad(p.maxAddOnBps));
  },
};

/** @throws Refused */
export function checkParameters(p: FactorParameters): void {
  const check = (name: string, value: bigint, low: bigint, high: bigint) =>
    inRange("FactorParameterOutOfRange", name, value, low, high);
  check("z", p.zHundredths, 100n, 1_000n);
  check("beta", p.betaBps, 0n, 2_000n);
  check("buffer", p.bufferBps, 500n, 9_000n);
  check("maxLiquidationFactor", p.maxLiquidationFactorBps, 1n, 9_800n);
  check("minLiquidationFactor", p.minLiquidationFactorBps, 0n, p.maxLiquidationFactorBps);
  check("freeLeverage", p.freeLeverageBps, 10_000n, 65_535n);
  check("leverageSlope", p.leverageSlopeBps, 0n, 10_000n);
  check("freeRise", p.freeRiseBps, 0n, 10_000n);
  check("riseSlope", p.riseSlopeBps, 0n, 10_000n);
  check("maxAddOn", p.maxAddOnBps, 0n, 5_000n);
}

/** What the factors should be. */
export function targetsOf(
  p: FactorParameters | undefined,
  inputs: FactorInputs,
  rules: FactorRules = FACTORS,
): FactorTargets {
  if (p === undefined) throw new Refused("FactorAssetUnknown");
  const { exposure, salePerDay, slice, reserve } = inputs;
  const beyond = salePerDay === 0n || exposure * DAY > salePerDay * rules.maxTime;
  const time = beyond ? rules.maxTime : maximum(divUp(exposure * DAY, salePerDay), rules.minTime);
  const factorWad =
    reserve === 0n
      ? 0n
      : (survivalOf(p, inputs.sigmaWad, time, rules) * WAD * reserve) /
        ((WAD + toWad(p.betaBps)) * (reserve + 2n * slice));
  const stopped = beyond || reserve === 0n;
  // The bound from below is for those who owe already: it does not lend.
  const lendOn = [toWad(p.maxLiquidationFactorBps), toWad(inputs.liquidationFactorBps)].reduce(minimum, factorWad);
  const kept = mulWadUp(WAD - lendOn, toWad(p.bufferBps)) + rules.addOnUp(p, inputs.leverageWad, inputs.riseWad);
  return {
    liquidationFactorBps: clamp(toBps(factorWad), p.minLiquidationFactorBps, p.maxLiquidationFactorBps),
    borrowFactorBps: stopped ? 0n : toBps(less(lendOn, kept)),
    ...{ borrowingStopped: stopped, timeToLiquidate: time, discountBps: p.betaBps },
  };
}

/** `e^(−z·σ·√T)`, every factor of the exponent rounded up. */
function survivalOf(p: FactorParameters, sigmaWad: bigint, seconds: bigint, rules: FactorRules): bigint {
  if (sigmaWad > 100n * WAD) return 0n;
  const root = rootWad(divUp(seconds * WAD, DAY)) + 1n;
  return rules.survival(mulWadUp(mulWadUp(p.zHundredths * 10n ** 16n, sigmaWad), root));
}

/** The largest D with `D/c·(1+b)·(1+2c/y) < 1`: at more, every sale leaves the account less healthy. */
export function healingDebt(p: FactorParameters | undefined, collateral: bigint, reserve: bigint): bigint {
  if (p === undefined) throw new Refused("FactorAssetUnknown");
  if (collateral === 0n || reserve === 0n) return 0n;
  const scale = (WAD + toWad(p.betaBps)) * (reserve + 2n * collateral);
  return divUp(collateral * WAD * reserve, scale) - 1n;
}
