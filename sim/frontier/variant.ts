import type { Features } from "../config.ts";
import type { Calibration } from "./calibrate.ts";

/** What the static pool lends on a usual day is 1: the frontier has a point of each set of features at each target. */
export const REFERENCE_TARGET = 1;

/** A pool that takes part: its defences, and how much it is to lend on a usual day. */
export interface Variant {
  readonly features: Features;
  /** Share of what Aave's parameters lend. */
  readonly target: number;
}

export function variantsOf(features: readonly Features[], targets: readonly number[]): Variant[] {
  return targets.flatMap((target) => features.map((each): Variant => ({ features: each, target })));
}

/** "dynamic+breaker at 90 %": unique, and for people. */
export function nameOf({ features, target }: Variant): string {
  return `${features} at ${Number((100 * target).toFixed(2))} %`;
}

/** Aave's own parameters: nothing to calibrate. */
export function isReference({ features, target }: Variant): boolean {
  return features === "static" && target === REFERENCE_TARGET;
}

/** A variant with the scale at which it lends what it should; one for each asset. */
export interface CalibratedVariant extends Variant {
  readonly asset: string;
  readonly calibration: Calibration;
}
