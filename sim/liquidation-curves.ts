import { LAB } from "./config.ts";

/** How a pool is given a curve. */
export interface CurveSpec {
  /** Contract that implements it, and what its constructor is given. */
  readonly contract: string;
  readonly args: readonly unknown[];
  /** Seconds after which a kicked account must be kicked again; undefined: accounts are sold without a kick. */
  readonly kickLifeSeconds: number | undefined;
  /** For people, a few words. */
  readonly title: string;
}

/** `LiquidationModule.KICK_GRACE_SECONDS`: what a kick lives on at its curve's floor. */
const KICK_GRACE_SECONDS = 1_800;

/** Every curve that a pool of the lab can sell by. Whatever needs to know one, knows it from here. */
export const CURVES = {
  paced: {
    contract: "PacedCurve",
    args: [50, 200, 500, 300, { creditSeconds: 300, fastPpm: 667, slowTenthPpm: 50, kneeBps: 2_000 }],
    kickLifeSeconds: 300 + KICK_GRACE_SECONDS,
    title: "follows depth",
  },
  stairs: {
    contract: "StairstepCurve",
    args: [500, 1_000, 90, 9_900],
    kickLifeSeconds: 16 * 90 + KICK_GRACE_SECONDS,
    title: "falls in steps",
  },
  linear: {
    contract: "LinearCurve",
    args: [500, 1_000, 1_200],
    kickLifeSeconds: 1_200 + KICK_GRACE_SECONDS,
    title: "falls in a line",
  },
  fixed: {
    ...{ contract: "FixedBonusCurve", args: [LAB.fixedBonusBps], kickLifeSeconds: undefined },
    title: "fixed bonus",
  },
  dutch: {
    contract: "DutchCurve",
    args: [LAB.dutchPremiumBps, LAB.dutchMaxBonusBps, LAB.dutchSeconds],
    kickLifeSeconds: LAB.dutchSeconds + KICK_GRACE_SECONDS,
    title: "falls with time",
  },
} as const satisfies Readonly<Record<string, CurveSpec>>;

/** Which price-curve strategy sells liquidated collateral. */
export type CurveName = keyof typeof CURVES;

export const CURVE_NAMES = Object.keys(CURVES) as readonly CurveName[];

export function curveOf(name: CurveName): CurveSpec {
  return CURVES[name];
}

export function isCurve(name: string): name is CurveName {
  return Object.hasOwn(CURVES, name);
}
