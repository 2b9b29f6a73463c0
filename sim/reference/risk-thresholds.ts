/** From where on each input of the circuit breaker tightens, and from where on it restricts. */
import { Refused } from "./auction-state.ts";
import { WAD } from "./fixed-point.ts";
import { named } from "./risk-math.ts";

export interface Band {
  readonly cautionWad: bigint;
  readonly restrictedWad: bigint;
}

export const INPUTS = ["divergence", "volatilityExcess", "move", "outflow", "backlog", "loss"] as const;
export type InputName = (typeof INPUTS)[number];
export type Thresholds = Readonly<Record<InputName, Band>>;

/** A basis point. */
const UNIT = 10n ** 14n;
const band = (caution: bigint, restricted: bigint) => ({
  cautionWad: caution * UNIT,
  restrictedWad: restricted * UNIT,
});
export const THRESHOLDS: Thresholds = {
  ...{ divergence: band(500n, 1_000n), volatilityExcess: band(10_000n, 30_000n), move: band(40_000n, 80_000n) },
  ...{ outflow: band(5_000n, 10_000n), backlog: band(5_000n, 20_000n), loss: band(25n, 100n) },
};

const MOST: Readonly<Record<InputName, bigint>> = {
  ...{ divergence: WAD / 2n, volatilityExcess: 16n * WAD, move: 16n * WAD },
  ...{ outflow: WAD, backlog: 16n * WAD, loss: WAD / 2n },
};

/** @throws Refused */
export function checkThresholds(thresholds: Thresholds): void {
  for (const name of INPUTS) {
    const { cautionWad, restrictedWad } = thresholds[name];
    fine(name, restrictedWad, 2n * UNIT, MOST[name]);
    fine(name, cautionWad, UNIT, restrictedWad - UNIT);
  }
}

function fine(name: InputName, value: bigint, low: bigint, high: bigint): void {
  if (value < low || value > high) throw new Refused("BreakerThresholdOutOfRange", [named(name), value, low, high]);
  if (value % UNIT !== 0n) throw new Refused("BreakerThresholdTooFine", [named(name), value, UNIT]);
}
