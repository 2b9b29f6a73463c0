import { FEATURES } from "../config.ts";
import { ORDERINGS } from "../engine/block-order.ts";
import { CURVE_NAMES, CURVES, type CurveName } from "../liquidation-curves.ts";
import { UserError } from "../user-error.ts";
import {
  ASSET_RANGES,
  CURVE_RANGES,
  FACTOR_RANGES,
  LAB_PAIR_RANGES,
  LAB_RANGES,
  OTHER_RANGES,
  PROFILE_RANGES,
  RISK_RANGES,
  type Range,
} from "./parameter-ranges.ts";
import type { Overrides } from "./setting.ts";

/** A number that a sweep can vary, by its dotted name. */
export interface Parameter extends Range {
  readonly name: string;
}

const under = (prefix: string, ranges: Readonly<Record<string, Range>>): Parameter[] =>
  Object.entries(ranges).map(([name, range]) => ({ name: `${prefix}${name}`, ...range }));

/** All of them, in the order of the results store's columns. */
export const PARAMETERS: readonly Parameter[] = [
  ...under("lab.", LAB_RANGES),
  ...Object.entries(LAB_PAIR_RANGES).flatMap(([name, range]) =>
    (["from", "to"] as const).map((end): Parameter => ({
      ...range,
      name: `lab.${name}.${end}`,
      doc: `${range.doc}: ${end === "from" ? "at least" : "at most"}`,
    })),
  ),
  ...under("risk.", RISK_RANGES),
  ...under("risk.factors.", FACTOR_RANGES),
  ...under("risk.", ASSET_RANGES),
  ...under("profile.", PROFILE_RANGES),
  ...under("curve.", CURVE_RANGES),
  ...under("", OTHER_RANGES),
];

/** What is chosen from a list rather than counted. */
export const CHOICES: Readonly<Record<"features" | "curve" | "ordering", readonly string[]>> = {
  features: FEATURES,
  curve: CURVE_NAMES,
  ordering: ORDERINGS,
};
export type ChoiceName = keyof typeof CHOICES;

export function isChoice(name: string): name is ChoiceName {
  return Object.hasOwn(CHOICES, name);
}

/**
 * By its full name, or by its last part where only one parameter ends in it: `z` is `risk.z`.
 * @throws UserError naming the nearest ones.
 */
export function findParameter(name: string, option: string): Parameter {
  const exact = PARAMETERS.find((parameter) => parameter.name === name);
  if (exact !== undefined) return exact;
  const ending = PARAMETERS.filter((parameter) => parameter.name.endsWith(`.${name}`));
  if (ending.length === 1) return ending[0];
  if (ending.length > 1) {
    throw new UserError(`${option}: "${name}" may be ${ending.map((each) => each.name).join(" or ")}`);
  }
  const near = nearest(name, [...PARAMETERS.map((parameter) => parameter.name), ...Object.keys(CHOICES)]);
  throw new UserError(`${option}: unknown parameter "${name}"; nearest: ${near.join(", ")}; --parameters lists all`);
}

/** @throws UserError for what is no number, or out of range. */
export function parseValue(
  { name, low, high, isWhole = false, unit }: Parameter,
  text: string,
  option: string,
): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= high && (!isWhole || Number.isInteger(value))) return value;
  const kind = isWhole ? "a whole number" : "a number";
  const what = unit === "" ? "" : ` [${unit}]`;
  throw new UserError(`${option}: ${name} must be ${kind} from ${low} to ${high}${what}, got "${text}"`);
}

/** Fees that Uniswap's factory knows. */
const UNISWAP_FEES = [500, 3_000, 10_000];

/**
 * What values have to do with each other.
 * @param values Of every parameter.
 * @throws UserError for a setting that no pool can have.
 */
export function requirePossible(values: Overrides, curve: CurveName, overrides: Overrides, option: string): void {
  const at = (name: string) => values[name] ?? Number.NaN;
  const refuse = (what: string) => new UserError(`${option}: ${what}`);
  const below = (small: string, large: string, isStrict = false) => {
    if (isStrict ? at(small) >= at(large) : at(small) > at(large)) {
      throw refuse(`${small} (${at(small)}) must ${isStrict ? "be below" : "not exceed"} ${large} (${at(large)})`);
    }
  };
  for (const name of Object.keys(overrides)) {
    if (name.startsWith("curve.") && !Object.hasOwn(CURVES[curve], name.slice("curve.".length))) {
      throw refuse(`${name} is none of the ${curve} curve's: it has ${Object.keys(CURVES[curve]).join(", ")}`);
    }
  }
  below("profile.borrowFactorBps", "profile.liquidationFactorBps", true);
  below("wishes.borrowFactorBps", "wishes.liquidationFactorBps", true);
  below("risk.factors.minLiquidationFactorBps", "risk.factors.maxLiquidationFactorBps");
  below("risk.floor", "risk.stress");
  below("risk.stress", "risk.volatilityClamp");
  for (const name of ["liquidatorBid", "dipBuyerFall"]) below(`lab.${name}.from`, `lab.${name}.to`);
  if (curve === "paced") {
    below("curve.minBonusBps", "curve.maxBonusBps");
    below("curve.secondsToFloor", "curve.creditSeconds");
    if (at("curve.slowTenthPpm") > 10 * at("curve.fastPpm")) throw refuse("curve.slowTenthPpm is above curve.fastPpm");
  }
  if (!UNISWAP_FEES.includes(at("lab.uniswapFee"))) {
    throw refuse(`lab.uniswapFee must be ${UNISWAP_FEES.join(" or ")}, got ${at("lab.uniswapFee")}`);
  }
}

function nearest(name: string, known: readonly string[]): string[] {
  const last = (text: string) => text.slice(text.lastIndexOf(".") + 1).toLowerCase();
  const distance = (candidate: string) => {
    return Math.min(
      editDistance(name.toLowerCase(), candidate.toLowerCase()),
      editDistance(last(name), last(candidate)),
    );
  };
  return [...known].sort((a, b) => distance(a) - distance(b)).slice(0, 3);
}

/** Levenshtein's. */
function editDistance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; ++i) {
    const row = [i];
    for (let j = 1; j <= b.length; ++j) {
      row.push(Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    before = row;
  }
  return before[b.length];
}
