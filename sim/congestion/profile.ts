import type { Rng } from "../rng.ts";
import type { PricePath } from "../scenarios/scenario.ts";
import { CONGESTION } from "./parameters.ts";

/** How much others want to write to the chain at a time of a scenario. */
export interface DemandPoint {
  readonly seconds: number; // since the start of the scenario
  /** Gas that arrives, as a multiple of what blocks hold on average. */
  readonly demand: number;
}

/** The background of a scenario: straight lines between points, with seeded bursts on top. */
export type CongestionProfile = readonly DemandPoint[];

/** Reads pairs of time and demand: `10:30 12`. */
export function parseDemand(text: string): CongestionProfile {
  return text
    .trim()
    .split(/\s{2,}|\n\s*/)
    .map((pair) => {
      const match = /^(\d+):(\d\d) (\d+(?:\.\d+)?)$/.exec(pair);
      if (match === null) throw new Error(`not a point of demand: "${pair}"`);
      return { seconds: Number(match[1]) * 3600 + Number(match[2]) * 60, demand: Number(match[3]) };
    });
}

/**
 * For a scenario of which no more is known than its prices: when the price moves, everybody wants to trade at once. Demand
 * grows with the move of its logarithm within half an hour.
 */
export function demandFromPath(path: PricePath, blockSeconds: number): CongestionProfile {
  const { calmDemand, crashDemand, crashMove, moveSeconds } = CONGESTION;
  const back = Math.max(1, Math.round(moveSeconds / blockSeconds));
  return path.map((price, block) => {
    const move = Math.abs(Math.log(price / path[Math.max(0, block - back)]));
    const demand = calmDemand + (crashDemand - calmDemand) * Math.min(1, move / crashMove);
    return { seconds: block * blockSeconds, demand };
  });
}

/** Demand at a time, between the points by a straight line, outside them as at the nearest. */
export function demandAt(profile: CongestionProfile, seconds: number): number {
  let [before, after] = [0, profile.length - 1];
  if (seconds <= profile[before].seconds) return profile[before].demand;
  if (seconds >= profile[after].seconds) return profile[after].demand;
  while (after - before > 1) {
    const middle = (before + after) >> 1;
    if (profile[middle].seconds <= seconds) before = middle;
    else after = middle;
  }
  const [from, to] = [profile[before], profile[after]];
  return from.demand + ((to.demand - from.demand) * (seconds - from.seconds)) / (to.seconds - from.seconds);
}

/**
 * Draws the demand of one slot after the other: the profile, times noise, times the bursts that are under way. Each slot
 * takes the same number of draws, so that two runs of a seed have the same background whatever happens in them.
 */
export class Demand {
  readonly #profile: CongestionProfile;
  readonly #rng: Rng;
  #burst = 1;
  #burstEnds = -Infinity;

  constructor(profile: CongestionProfile, rng: Rng) {
    this.#profile = profile;
    this.#rng = rng;
  }

  next(seconds: number, slotSeconds: number): number {
    const { burstsPerHour, burstFactor, burstMeanSeconds, noise } = CONGESTION;
    const usual = demandAt(this.#profile, seconds);
    const [start, size, length, wobble] = [this.#rng.next(), this.#rng.next(), this.#rng.next(), this.#rng.normal()];
    const chance = (burstsPerHour * Math.max(0, usual - 1) * slotSeconds) / 3600;
    if (seconds >= this.#burstEnds) this.#burst = 1;
    if (start < chance) {
      this.#burst = burstFactor[0] + (burstFactor[1] - burstFactor[0]) * size;
      this.#burstEnds = seconds - burstMeanSeconds * Math.log(1 - length);
    }
    return usual * this.#burst * Math.exp(noise * wobble - noise ** 2 / 2);
  }
}
