/** The way of a liquidation factor to its target: down 2 points a day, up half a point a day and only after a day of calm. */
import { divUp, minimum } from "./fixed-point.ts";
import type { PoolCollateral, Ramp } from "./pool-state.ts";

const DAY = 86_400n;
const FALL_BPS_PER_DAY = 200n;
const SECONDS_PER_BPS_UP = DAY / 50n;
/** A factor at rest may count so much time too much when it rises: not every call writes. [s] */
const REST_SLACK = 3_600n;

/** In force. [bps, rounded up while falling] */
export function rampAt({ from, to, start, end }: Readonly<Ramp>, time: bigint): bigint {
  if (time >= end || from <= to) return to;
  if (time <= start) return from;
  return to + divUp((from - to) * (end - time), end - start);
}

/** Shortest fall allowed. [s] */
export function shortestRamp(from: bigint, to: bigint): bigint {
  return to >= from ? 0n : divUp((from - to) * DAY, FALL_BPS_PER_DAY);
}

const rest = (factor: bigint, now: bigint): Ramp => ({ from: factor, to: factor, start: now, end: now });

interface Step {
  readonly ramp: Ramp;
  readonly riseFrom: bigint;
}

function fall({ ramp }: Readonly<Step>, target: bigint, now: bigint): Step {
  // One that is under way at this very speed goes on; any other, governance's slower one too, begins anew.
  const isOwn = now < ramp.end && ramp.end - ramp.start === shortestRamp(ramp.from, ramp.to);
  const [from, start] = isOwn ? [ramp.from, ramp.start] : [rampAt(ramp, now), now];
  return { ramp: { from, to: target, start, end: start + shortestRamp(from, target) }, riseFrom: now + DAY };
}

function rise({ ramp, riseFrom }: Readonly<Step>, target: bigint, calm: boolean, now: bigint): Step {
  const current = rampAt(ramp, now);
  const from = calm ? riseFrom : now + DAY;
  if (now <= from) return { ramp: rest(current, now), riseFrom: from };
  // What nobody watched was not calm.
  const credit = minimum(now - from, DAY);
  const risen = minimum(credit / SECONDS_PER_BPS_UP, target - current);
  // At its target it saves up nothing; else the seconds that made no whole bps are kept.
  const kept = current + risen === target ? 0n : credit - risen * SECONDS_PER_BPS_UP;
  return { ramp: rest(current + risen, now), riseFrom: now - kept };
}

/** Turns towards a target. Never changes the factor in force downwards. */
export function turnRamp(c: PoolCollateral, target: bigint, calm: boolean, now: bigint): void {
  const before = { ramp: c.ramp, riseFrom: c.riseFrom === 0n ? now + DAY : c.riseFrom };
  const current = rampAt(c.ramp, now);
  const { ramp, riseFrom } = target < current ? fall(before, target, now) : rise(before, target, calm, now);
  const isAtRest = riseFrom === now && ramp.to === current;
  if (!isAtRest || c.riseFrom > now || c.riseFrom + REST_SLACK <= now) c.riseFrom = riseFrom;
  c.ramp = ramp;
}
