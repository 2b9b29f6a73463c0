import { LAB } from "./config.ts";

const BPS = 10_000;

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

/** The numbers of every curve that a pool of the lab can sell by, in the order in which its contract takes them. */
export const CURVES = {
  paced: {
    ...{ premiumBps: 50, minBonusBps: 200, maxBonusBps: 500, secondsToFloor: 300 },
    ...{ creditSeconds: 300, fastPpm: 667, slowTenthPpm: 50, kneeBps: 2_000 },
  },
  stairs: { premiumBps: 500, maxBonusBps: 1_000, stepSeconds: 90, cutBps: 9_900 },
  linear: { premiumBps: 500, maxBonusBps: 1_000, secondsToFloor: 1_200 },
  fixed: { maxBonusBps: LAB.fixedBonusBps },
  dutch: { premiumBps: LAB.dutchPremiumBps, maxBonusBps: LAB.dutchMaxBonusBps, secondsToFloor: LAB.dutchSeconds },
} as const;

/** Which price-curve strategy sells liquidated collateral. */
export type CurveName = keyof typeof CURVES;

type KeysOf<T> = T extends unknown ? keyof T : never;
export type CurveParameter = KeysOf<(typeof CURVES)[CurveName]>;
/** What is other than usual of a curve. */
export type CurveParameters = Readonly<Partial<Record<CurveParameter, number>>>;
type Numbers<NameT extends CurveName> = Readonly<Record<keyof (typeof CURVES)[NameT], number>>;

/** How a pool is given each of them. Whatever needs to know a curve, knows it from here. */
const SPECS: { readonly [NameT in CurveName]: (numbers: Numbers<NameT>) => CurveSpec } = {
  paced: ({ premiumBps, minBonusBps, maxBonusBps, secondsToFloor, ...pace }) => ({
    contract: "PacedCurve",
    args: [premiumBps, minBonusBps, maxBonusBps, secondsToFloor, pace],
    kickLifeSeconds: secondsToFloor + KICK_GRACE_SECONDS,
    title: "follows depth",
  }),
  stairs: ({ premiumBps, maxBonusBps, stepSeconds, cutBps }) => {
    // As `CurveTermsLib` has it, and the one that stands at the floor.
    const span = Math.log(1 + premiumBps / BPS) + Math.log(1 + maxBonusBps / BPS);
    const steps = Math.ceil(-span / Math.log(cutBps / BPS)) + 1;
    return {
      contract: "StairstepCurve",
      args: [premiumBps, maxBonusBps, stepSeconds, cutBps],
      kickLifeSeconds: steps * stepSeconds + KICK_GRACE_SECONDS,
      title: "falls in steps",
    };
  },
  linear: ({ premiumBps, maxBonusBps, secondsToFloor }) => ({
    contract: "LinearCurve",
    args: [premiumBps, maxBonusBps, secondsToFloor],
    kickLifeSeconds: secondsToFloor + KICK_GRACE_SECONDS,
    title: "falls in a line",
  }),
  fixed: ({ maxBonusBps }) => ({
    contract: "FixedBonusCurve",
    args: [maxBonusBps],
    kickLifeSeconds: undefined,
    title: "fixed bonus",
  }),
  dutch: ({ premiumBps, maxBonusBps, secondsToFloor }) => ({
    contract: "DutchCurve",
    args: [premiumBps, maxBonusBps, secondsToFloor],
    kickLifeSeconds: secondsToFloor + KICK_GRACE_SECONDS,
    title: "falls with time",
  }),
};

export const CURVE_NAMES = Object.keys(CURVES) as readonly CurveName[];

/** @param changes What the curve does not have is left out. */
export function curveOf(name: CurveName, changes: CurveParameters = {}): CurveSpec {
  return specOf(name, changes);
}

function specOf<NameT extends CurveName>(name: NameT, changes: CurveParameters): CurveSpec {
  const usual: Readonly<Record<string, number>> = CURVES[name];
  const numbers = Object.entries(usual).map(([key, value]) => [key, changes[key as CurveParameter] ?? value] as const);
  return SPECS[name](Object.fromEntries(numbers) as Numbers<NameT>);
}

export function isCurve(name: string): name is CurveName {
  return Object.hasOwn(CURVES, name);
}
