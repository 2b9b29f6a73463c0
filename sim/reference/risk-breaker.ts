/** Executable specification of the circuit breaker: continuous tightness, four levels, hysteresis and expiry. To the unit. */
import { Refused } from "./auction-state.ts";
import { divUp, maximum, minimum, WAD } from "./fixed-point.ts";
import { INPUTS, type Band, type InputName, type Thresholds } from "./risk-thresholds.ts";

export const LEVELS = ["Normal", "Caution", "Restricted", "Recovery"] as const;
export type Level = (typeof LEVELS)[number];

export interface BreakerInputs {
  readonly divergenceWad: bigint;
  readonly volatilityExcessWad: bigint;
  readonly moveWad: bigint;
  readonly outflowWad: bigint;
  readonly backlogWad: bigint;
  readonly lossWad: bigint;
  readonly sourcesMissing: boolean;
}

/** Nothing is known, or nothing is wrong. */
export const QUIET: BreakerInputs = {
  ...{ divergenceWad: 0n, volatilityExcessWad: 0n, moveWad: 0n, outflowWad: 0n, backlogWad: 0n, lossWad: 0n },
  sourcesMissing: false,
};

/** What a wrong reference may do otherwise. */
export interface BreakerRules {
  /** Of Restricted, the first time. [s] */
  readonly baseSeconds: bigint;
  /** The fifth restriction lasts 16 times as long, and so do all after it. */
  readonly maxTriggers: bigint;
  readonly goodSamples: bigint;
  /** Between good samples. [s] */
  readonly spacing: bigint;
  /** Most that outflow alone tightens. [WAD] */
  readonly outflowCap: bigint;
  /** Linear between the two thresholds. [WAD, rounded up, but below one] */
  readonly between: (above: bigint, width: bigint) => bigint;
}

export const BREAKER: BreakerRules = {
  ...{ baseSeconds: 900n, maxTriggers: 5n, goodSamples: 3n, spacing: 300n, outflowCap: WAD / 2n },
  between: (above, width) => minimum(divUp(above * WAD, width), WAD - 1n),
};

/** Of a raised Caution, at least; and each good sample that is missing in Recovery. [WAD] */
const RAISED_CAUTION = WAD / 2n;
const RECOVERY_STEP = WAD / 4n;

export interface BreakerState {
  level: Level;
  /** Of the last sample; zero within Restricted. */
  tightnessWad: bigint;
  /** End of Restricted. */
  until: bigint;
  /** End of a raised Caution; 0: none. */
  cautionUntil: bigint;
  /** Last sample that was not quiet. */
  sampledAt: bigint;
  /** Last sample in Recovery that counted as good, or that was bad. */
  countedAt: bigint;
  /** Restrictions since Normal that lengthen the next one. */
  triggers: bigint;
  good: bigint;
  /** Restricted by the guardian, and no sample was beyond a threshold since. */
  raised: boolean;
}

export function normalState(): BreakerState {
  const times = { until: 0n, cautionUntil: 0n, sampledAt: 0n, countedAt: 0n };
  return { level: "Normal", tightnessWad: 0n, ...times, triggers: 0n, good: 0n, raised: false };
}

export interface Assessment {
  readonly level: Level;
  readonly tightnessWad: bigint;
  readonly until: bigint;
}

// --- signal -------------------------------------------------------------------------------------------------------------

type Zone = 0 | 1 | 2; // all below half of caution; one at or above half; one at or above caution

interface Signal {
  readonly tightnessWad: bigint;
  readonly zone: Zone;
  /** An oracle or the backlog restricts. */
  readonly doubles: boolean;
}

function signalOf(inputs: BreakerInputs, thresholds: Thresholds, rules: BreakerRules): Signal {
  const heard = (name: InputName) => hear(inputs[`${name}Wad`], thresholds[name], rules);
  const tightest = (names: readonly InputName[]) => names.map((name) => heard(name).tightnessWad).reduce(maximum);
  const doubles = inputs.sourcesMissing || tightest(["divergence", "backlog"]) === WAD;
  const others = doubles ? WAD : tightest(["divergence", "backlog", "volatilityExcess", "move", "loss"]);
  const zones = INPUTS.map((name) => heard(name).zone);
  return {
    tightnessWad: maximum(others, minimum(heard("outflow").tightnessWad, rules.outflowCap)),
    zone: inputs.sourcesMissing ? 2 : (Math.max(...zones) as Zone),
    doubles,
  };
}

function hear(value: bigint, { cautionWad, restrictedWad }: Band, rules: BreakerRules) {
  const zone: Zone = value >= cautionWad ? 2 : value >= cautionWad / 2n ? 1 : 0;
  if (value <= cautionWad) return { zone, tightnessWad: 0n };
  if (value >= restrictedWad) return { zone, tightnessWad: WAD };
  return { zone, tightnessWad: rules.between(value - cautionWad, restrictedWad - cautionWad) };
}

// --- samples ------------------------------------------------------------------------------------------------------------

/** What has ended is left behind. */
function expired(s: BreakerState, now: bigint): BreakerState {
  const next = { ...s };
  if (next.cautionUntil !== 0n && now >= next.cautionUntil) next.cautionUntil = 0n;
  if (next.level === "Restricted" && now >= next.until) {
    [next.level, next.until, next.raised] = ["Recovery", 0n, false];
  }
  return next;
}

/** Where a state stands. */
function standing(s: BreakerState, rules: BreakerRules): Assessment {
  if (s.level === "Restricted") return { level: s.level, tightnessWad: WAD, until: s.until };
  let { level, tightnessWad } = s;
  if (level === "Recovery") tightnessWad = maximum(tightnessWad, (rules.goodSamples - s.good) * RECOVERY_STEP);
  if (s.cautionUntil !== 0n) {
    tightnessWad = maximum(tightnessWad, RAISED_CAUTION);
    if (level === "Normal") level = "Caution";
  }
  return { level, tightnessWad, until: 0n };
}

export interface Assessed {
  readonly current: Assessment;
  /** Where it was last announced to stand, if that is told anew. */
  readonly from?: Level;
}

/** Takes in a sample. */
export function assess(
  s: BreakerState,
  inputs: BreakerInputs,
  thresholds: Thresholds,
  now: bigint,
  rules: BreakerRules = BREAKER,
): Assessed {
  const announced = standing(s, rules);
  const next = expired(s, now);
  if (next.level === "Restricted" && !next.raised) return { current: announced };
  takeIn(next, signalOf(inputs, thresholds, rules), now, rules);
  const current = standing(next, rules);
  const keys = Object.keys(s) as (keyof BreakerState)[];
  if (keys.every((key) => s[key] === next[key])) return { current };
  Object.assign(s, next);
  const eighth = ({ tightnessWad }: Assessment) => (tightnessWad * 8n) / WAD;
  const same =
    announced.level === current.level && announced.until === current.until && eighth(announced) === eighth(current);
  return same ? { current } : { current, from: announced.level };
}

function takeIn(s: BreakerState, { tightnessWad, zone, doubles }: Signal, now: bigint, rules: BreakerRules): void {
  if (tightnessWad === WAD) return trigger(s, doubles, now, rules);
  if (s.level === "Restricted") return;
  if (s.level === "Normal" && tightnessWad === 0n) return;
  // Of several samples in one block later ones only tighten.
  const again = s.sampledAt === now;
  s.tightnessWad = again ? maximum(tightnessWad, s.tightnessWad) : tightnessWad;
  s.sampledAt = now;
  if (s.level === "Recovery") recover(s, zone, again, now, rules);
  else if (s.tightnessWad !== 0n) s.level = "Caution";
  else if (zone === 0 && !again) s.level = "Normal";
}

/** Each oracle or backlog trigger since Normal doubles the time; another one counts as the first. */
function trigger(s: BreakerState, doubles: boolean, now: bigint, rules: BreakerRules): void {
  if ((doubles && s.triggers < rules.maxTriggers) || s.triggers === 0n) ++s.triggers;
  restrict(s, maximum(now + (rules.baseSeconds << (doubles ? s.triggers - 1n : 0n)), s.until));
  s.raised = false;
}

function restrict(s: BreakerState, until: bigint): void {
  [s.level, s.until, s.tightnessWad, s.good, s.countedAt] = ["Restricted", until, 0n, 0n, 0n];
}

function recover(s: BreakerState, zone: Zone, again: boolean, now: bigint, rules: BreakerRules): void {
  if (zone === 2) [s.good, s.countedAt] = [0n, now];
  if (zone !== 0 || again || now < s.countedAt + rules.spacing) return;
  [s.good, s.countedAt] = [s.good + 1n, now];
  if (s.good < rules.goodSamples) return;
  [s.level, s.good, s.countedAt, s.triggers] = ["Normal", 0n, 0n, 0n];
}

/** As of now, without a sample. */
export function assessmentOf(s: BreakerState, now: bigint, rules: BreakerRules = BREAKER): Assessment {
  return standing(expired(s, now), rules);
}

// --- guardian -----------------------------------------------------------------------------------------------------------

/** @returns When it ends. */
export function raise(
  s: BreakerState,
  level: Level,
  seconds: bigint,
  now: bigint,
  rules: BreakerRules = BREAKER,
): bigint {
  const number = (each: Level) => BigInt(LEVELS.indexOf(each));
  if (level !== "Caution" && level !== "Restricted") throw new Refused("BreakerLevelNotRaisable", [number(level)]);
  if (seconds < 60n || seconds > 14_400n) throw new Refused("BreakerDurationOutOfRange", [seconds, 60n, 14_400n]);
  const next = expired(s, now);
  const end = now + seconds;
  if (level === "Caution") {
    const above = next.level === "Restricted" || next.level === "Recovery";
    if (above || next.cautionUntil >= end) {
      throw new Refused("BreakerNotTighter", [number(standing(next, rules).level), number(level)]);
    }
    next.cautionUntil = end;
  } else {
    const restricted = next.level === "Restricted";
    if (restricted && next.until >= end) throw new Refused("BreakerNotTighter", [number(level), number(level)]);
    restrict(next, end);
    // A longer end does not make a restriction of the inputs the guardian's.
    if (!restricted) next.raised = true;
  }
  Object.assign(s, next);
  return end;
}
