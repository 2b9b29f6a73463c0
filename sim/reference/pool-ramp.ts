/** The way of a liquidation factor to its target: down 2 points a day, up half a point a day and only after a day of calm. */
import { divUp, minimum } from "./fixed-point.ts";
import type { Ramp } from "./pool-state.ts";
import { DAY } from "./risk-math.ts";

/** What a wrong reference may do otherwise. */
export interface RampRules {
  /** The fall. [bps a day] */
  readonly fallPerDay: bigint;
  /** The rise. [s a basis point] */
  readonly secondsPerBpsUp: bigint;
  /** How long the target must not have been below the factor. [s] */
  readonly calmSeconds: bigint;
}

export const RAMP: RampRules = { fallPerDay: 200n, secondsPerBpsUp: DAY / 50n, calmSeconds: DAY };

/** A rise catches up with at most this time. [s] */
const MAX_CREDIT = DAY;
/** A factor at rest may count so much time too much when it rises: not every call writes. [s] */
const REST_SLACK = 3_600n;

/** In force. [bps, rounded up while falling] */
export function rampAt({ from, to, start, end }: Readonly<Ramp>, time: bigint): bigint {
  if (time >= end || from <= to) return to;
  if (time <= start) return from;
  return to + divUp((from - to) * (end - time), end - start);
}

/** Shortest fall allowed. [s] */
export function shortestRamp(from: bigint, to: bigint, { fallPerDay }: RampRules = RAMP): bigint {
  return to >= from ? 0n : divUp((from - to) * DAY, fallPerDay);
}

const rest = (factor: bigint, now: bigint): Ramp => ({ from: factor, to: factor, start: now, end: now });

/** A ramp, and up to when rises are used up; in the future: not calm yet. 0: never written. */
export interface Ramping {
  ramp: Ramp;
  riseFrom: bigint;
}

function fall({ ramp }: Readonly<Ramping>, target: bigint, now: bigint, rules: RampRules): Ramping {
  // One that is under way at this very speed goes on; any other, governance's slower one too, begins anew.
  const isOwn = now < ramp.end && ramp.end - ramp.start === shortestRamp(ramp.from, ramp.to, rules);
  const [from, start] = isOwn ? [ramp.from, ramp.start] : [rampAt(ramp, now), now];
  const end = start + shortestRamp(from, target, rules);
  return { ramp: { from, to: target, start, end }, riseFrom: now + rules.calmSeconds };
}

function rise(before: Readonly<Ramping>, target: bigint, calm: boolean, now: bigint, rules: RampRules): Ramping {
  const { ramp, riseFrom } = before;
  const current = rampAt(ramp, now);
  const from = calm ? riseFrom : now + rules.calmSeconds;
  if (now <= from) return { ramp: rest(current, now), riseFrom: from };
  // What nobody watched was not calm.
  const credit = minimum(now - from, MAX_CREDIT);
  const risen = minimum(credit / rules.secondsPerBpsUp, target - current);
  // At its target it saves up nothing; else the seconds that made no whole bps are kept.
  const kept = current + risen === target ? 0n : credit - risen * rules.secondsPerBpsUp;
  return { ramp: rest(current + risen, now), riseFrom: now - kept };
}

/** Turns towards a target. Never changes the factor in force downwards. */
export function turnRamp(c: Ramping, target: bigint, calm: boolean, now: bigint, rules: RampRules = RAMP): void {
  const before = { ramp: c.ramp, riseFrom: c.riseFrom === 0n ? now + rules.calmSeconds : c.riseFrom };
  const current = rampAt(c.ramp, now);
  const { ramp, riseFrom } =
    target < current ? fall(before, target, now, rules) : rise(before, target, calm, now, rules);
  const isAtRest = riseFrom === now && ramp.to === current;
  if (!isAtRest || c.riseFrom > now || c.riseFrom + REST_SLACK <= now) c.riseFrom = riseFrom;
  c.ramp = ramp;
}
