import { createRng } from "../rng.ts";
import { LOSS, MEASURES, type Measure } from "./measures.ts";
import { drawResamples, estimateDifference, estimateMean, estimateRatio, meanOf } from "../jobs/statistics.ts";
import type { Estimate, Ratio, Resamples } from "../jobs/statistics.ts";
import { isReference, nameOf, REFERENCE_TARGET, type Variant } from "./variant.ts";

/** Values of every measure, one a seed, in the order of the seeds. */
export type Observations = Readonly<Record<string, readonly number[]>>;

export interface Comparison {
  /** Of the means, variant less static. */
  readonly difference: Estimate;
  /** The interval does not hold zero, the difference is material, and is for the worse or for the better. */
  readonly verdict: "worse" | "better" | "open";
}

export interface VariantSummary {
  readonly variant: string;
  readonly features: string;
  readonly target: number;
  readonly measures: Readonly<Record<string, Estimate>>;
  /** Loss ÷ that of the reference, seed by seed; the reference itself has none. */
  readonly lossToReference?: Ratio;
  /** With the static pool that lends as much, seed by seed; the static pool itself has none. */
  readonly againstStatic?: {
    readonly lossRatio: Ratio;
    readonly measures: Readonly<Record<string, Comparison>>;
  };
}

export interface GroupSummary {
  /** A scenario, or `pooled`. */
  readonly group: string;
  readonly variants: readonly VariantSummary[];
}

export const POOLED = "pooled";

/**
 * Means and intervals of each scenario and of all together. A seed draws the same population in every scenario, so that
 * the pooled value of a seed is its mean over the scenarios, and seeds alone are resampled.
 */
export function summarise(
  variants: readonly Variant[],
  scenarios: readonly string[],
  seeds: number,
  observe: (scenario: string, variant: Variant) => Observations,
): GroupSummary[] {
  const resamples = drawResamples(seeds, createRng("frontier").fork("resamples"));
  const groups = scenarios.map((scenario) => ({
    group: scenario,
    observations: new Map(variants.map((variant) => [nameOf(variant), observe(scenario, variant)])),
  }));
  if (scenarios.length > 1) {
    const pooled = variants.map((variant): [string, Observations] => {
      return [nameOf(variant), poolOf(groups.map(({ observations }) => need(observations, variant)))];
    });
    groups.push({ group: POOLED, observations: new Map(pooled) });
  }
  return groups.map(({ group, observations }) => ({
    group,
    variants: variants.map((variant) => summariseVariant(variant, observations, resamples)),
  }));
}

function summariseVariant(
  variant: Variant,
  observations: ReadonlyMap<string, Observations>,
  resamples: Resamples,
): VariantSummary {
  const { features, target } = variant;
  const own = need(observations, variant);
  const measures = ofEach(({ id }) => estimateMean(own[id], resamples));
  const reference = observations.get(nameOf({ features: "static", target: REFERENCE_TARGET }));
  const base = {
    ...{ variant: nameOf(variant), features, target, measures },
    ...(reference === undefined || isReference(variant)
      ? {}
      : { lossToReference: estimateRatio(own[LOSS], reference[LOSS], resamples) }),
  };
  const other = observations.get(nameOf({ features: "static", target }));
  if (features === "static" || other === undefined) return base;
  const compare = ({ id, better, material }: Measure): Comparison => {
    const difference = estimateDifference(own[id], other[id], resamples);
    const isUp = difference.low > 0 && difference.mean >= material;
    const isDown = difference.high < 0 && difference.mean <= -material;
    const verdict = !isUp && !isDown ? "open" : isUp === (better === "more") ? "better" : "worse";
    return { difference, verdict };
  };
  const compared = ofEach(compare);
  return {
    ...base,
    againstStatic: { lossRatio: estimateRatio(own[LOSS], other[LOSS], resamples), measures: compared },
  };
}

function poolOf(parts: readonly Observations[]): Observations {
  return ofEach(({ id }) => parts[0][id].map((_, seed) => meanOf(parts.map((part) => part[id][seed]))));
}

function ofEach<T>(make: (measure: Measure) => T): Record<string, T> {
  return Object.fromEntries(MEASURES.map((measure) => [measure.id, make(measure)]));
}

function need(observations: ReadonlyMap<string, Observations>, variant: Variant): Observations {
  const found = observations.get(nameOf(variant));
  if (found === undefined) throw new Error(`no observations of ${nameOf(variant)}`);
  return found;
}

/** A place where a defence did harm. */
export interface Harm {
  readonly group: string;
  readonly variant: string;
  readonly measure: string;
  readonly difference: Estimate;
}

/** Everything that is significantly worse than with a static pool that lends as much. */
export function harmsOf(groups: readonly GroupSummary[]): Harm[] {
  return groups.flatMap(({ group, variants }) =>
    variants.flatMap(({ variant, againstStatic }) =>
      Object.entries(againstStatic?.measures ?? {})
        .filter(([, { verdict }]) => verdict === "worse")
        .map(([measure, { difference }]): Harm => ({ group, variant, measure, difference })),
    ),
  );
}
