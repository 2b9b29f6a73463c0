import { crashOf } from "../frontier/perform.ts";
import { createKeyframeScenario, type KeyframeScenario } from "../scenarios/keyframe-scenario.ts";
import type { Ending } from "./job.ts";

/** A crash by name, in at most so many blocks, that goes on as it did or stays at its low. */
export function compareCrash(name: string, ending: Ending, blocks: number): KeyframeScenario {
  const scenario = crashOf(name, blocks);
  return ending === "flat" ? heldAtLow(scenario) : scenario;
}

/** The same history up to its low; from then on the price stays about there, for as long as the history lasts. */
export function heldAtLow(scenario: KeyframeScenario): KeyframeScenario {
  const { keyframes } = scenario;
  const low = keyframes.reduce((lowest, each) => (each.price < lowest.price ? each : lowest));
  const end = keyframes[keyframes.length - 1].seconds;
  const kept = keyframes.filter(({ seconds }) => seconds <= low.seconds);
  const rest = end > low.seconds ? [{ seconds: end, price: low.price }] : [];
  const { name, title } = scenario;
  return createKeyframeScenario({
    ...scenario,
    ...{ name: `${name}-flat`, title: `${title}, without recovery`, keyframes: [...kept, ...rest] },
  });
}
