import { crashOf } from "../frontier/perform.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import type { Ending } from "./job.ts";

/** A crash by name, in at most so many blocks, that goes on as it did or stays at its low. */
export function compareCrash(name: string, ending: Ending, blocks: number): Scenario {
  const scenario = crashOf(name, blocks);
  return ending === "flat" ? heldAtLow(scenario) : scenario;
}

/** The same history up to its low; from then on the price stays there, for as long as the history lasts. */
export function heldAtLow(scenario: Scenario): Scenario {
  const { name, title } = scenario;
  return {
    ...scenario,
    ...{ name: `${name}-flat`, title: `${title}, without recovery` },
    path: (rng) => {
      const path = scenario.path(rng);
      const low = path.reduce((lowest, price, block) => (price < path[lowest] ? block : lowest), 0);
      return path.map((price, block) => (block < low ? price : path[low]));
    },
  };
}
