import type { Latency } from "../agents/late.ts";
import { LAB, PROFILES, RISK, type AssetProfile, type Parameters } from "../config.ts";
import { CURVES, type CurveName, type CurveParameter } from "../liquidation-curves.ts";
import type { Rng } from "../rng.ts";
import type { AssetSymbol, PricePath, Scenario } from "../scenarios/scenario.ts";
import {
  ASSET_RANGES,
  CURVE_RANGES,
  FACTOR_RANGES,
  LAB_PAIR_RANGES,
  LAB_RANGES,
  OTHER_RANGES,
  PROFILE_RANGES,
  RISK_RANGES,
} from "./parameter-ranges.ts";

/** Parameters by their dotted names: what is other than usual. */
export type Overrides = Readonly<Record<string, number>>;

/** What of a run the names stand for. */
export interface Setting {
  readonly parameters: Parameters;
  readonly profile: AssetProfile;
  /** Under which everybody drew what they wish for. */
  readonly wishes: AssetProfile;
  readonly lendingScale: number;
  /** [blocks] */
  readonly latency: Latency;
  readonly congestion: boolean;
}

const ENDS = ["from", "to"] as const;
export type PairName = `lab.${keyof typeof LAB_PAIR_RANGES}.${(typeof ENDS)[number]}`;

/** Value of every parameter where nothing was changed, in the order of the registry. A curve has only its own. */
export function usualValues(asset: AssetSymbol, curve: CurveName): Readonly<Record<string, number>> {
  const profile = PROFILES[asset];
  const pick = <K extends string>(prefix: string, names: readonly K[], from: Readonly<Record<K, number>>) =>
    names.map((name): [string, number] => [`${prefix}.${name}`, from[name]]);
  return Object.fromEntries([
    ...pick("lab", keysOf(LAB_RANGES), LAB),
    ...keysOf(LAB_PAIR_RANGES).flatMap((name) =>
      ENDS.map((end, i): [string, number] => [`lab.${name}.${end}`, LAB[name][i]]),
    ),
    ...pick("risk", keysOf(RISK_RANGES), RISK),
    ...pick("risk.factors", keysOf(FACTOR_RANGES), RISK.factors),
    ...pick("risk", keysOf(ASSET_RANGES), RISK.assets[asset]),
    ...pick("profile", keysOf(PROFILE_RANGES), profile),
    ...Object.entries(CURVES[curve]).map(([name, value]): [string, number] => [`curve.${name}`, value]),
    ...keysOf(OTHER_RANGES).flatMap((name): [string, number][] => {
      if (name.startsWith("crowd.")) return []; // every job says it
      if (name.startsWith("blocks.")) return [[name, 0]];
      if (name === "wishes.borrowFactorBps") return [[name, profile.borrowFactorBps]];
      if (name === "wishes.liquidationFactorBps") return [[name, profile.liquidationFactorBps]];
      return [[name, 1]];
    }),
  ]);
}

/** Of several assets: what they have in common once, and what they do not with the asset's name. */
export function commonValues(assets: readonly AssetSymbol[], curve: CurveName): Readonly<Record<string, number>> {
  const values = assets.map((asset) => usualValues(asset, curve));
  return Object.fromEntries(
    Object.keys(values[0] ?? {}).flatMap((name): [string, number][] => {
      const isCommon = values.every((each) => each[name] === values[0][name]);
      return isCommon ? [[name, values[0][name]]] : assets.map((asset, i) => [`${name} (${asset})`, values[i][name]]);
    }),
  );
}

/** Everything that the overrides change, on top of what is usual. */
export function settingOf(overrides: Overrides, asset: AssetSymbol): Setting {
  const of = (name: string, usual: number) => overrides[name] ?? usual;
  const group = <T extends object>(prefix: string, usual: T): T => {
    const changed = Object.entries(usual).map(([name, value]: [string, unknown]) => {
      return [name, typeof value === "number" ? of(`${prefix}.${name}`, value) : value] as const;
    });
    return Object.fromEntries(changed) as T;
  };
  const pair = (name: keyof typeof LAB_PAIR_RANGES) =>
    ENDS.map((end, i) => of(`lab.${name}.${end}`, LAB[name][i])) as [number, number];
  const own = group("profile", PROFILES[asset]);
  const depth = of("market.depth", 1);
  const latency = of("blocks.latency", 0);
  const profile = {
    ...own,
    exchangeDepthShare: own.exchangeDepthShare * depth,
    poolDepthShare: own.poolDepthShare * depth,
  };
  return {
    parameters: {
      lab: { ...group("lab", LAB), liquidatorBid: pair("liquidatorBid"), dipBuyerFall: pair("dipBuyerFall") },
      risk: {
        ...group("risk", RISK),
        factors: group("risk.factors", RISK.factors),
        assets: { ...RISK.assets, [asset]: group("risk", RISK.assets[asset]) },
      },
      curve: Object.fromEntries(
        keysOf(CURVE_RANGES).flatMap((name): [CurveParameter, number][] => {
          const value = overrides[`curve.${name}`];
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    },
    profile,
    wishes: {
      ...profile,
      borrowFactorBps: of("wishes.borrowFactorBps", PROFILES[asset].borrowFactorBps),
      liquidationFactorBps: of("wishes.liquidationFactorBps", PROFILES[asset].liquidationFactorBps),
    },
    lendingScale: of("pool.lendingScale", 1),
    latency: [latency, latency],
    congestion: of("blocks.full", 0) === 1,
  };
}

/** The scenario with its paths bent as the overrides say, those of other assets too: first prices stay. */
export function scenarioOf(scenario: Scenario, overrides: Overrides): Scenario {
  const severity = overrides["scenario.severity"] ?? 1;
  const scale = overrides["scenario.volatilityBefore"] ?? 1;
  if (severity === 1 && scale === 1) return scenario;
  const { fast, slow } = scenario.volatilityBefore;
  const bend = (path: PricePath) =>
    severity === 1 ? path : path.map((price) => path[0] * (price / path[0]) ** severity);
  const drawOthers = scenario.others?.bind(scenario);
  const others = (rng: Rng) =>
    Object.fromEntries(Object.entries(drawOthers?.(rng) ?? {}).map(([asset, path]) => [asset, bend(path)]));
  return {
    ...scenario,
    volatilityBefore: { fast: fast * scale, slow: slow * scale },
    path: (rng) => bend(scenario.path(rng)),
    ...(drawOthers === undefined ? {} : { others }),
  };
}

function keysOf<T extends object>(record: T): (keyof T & string)[] {
  return Object.keys(record) as (keyof T & string)[];
}
