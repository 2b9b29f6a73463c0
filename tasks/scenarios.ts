import { createRng } from "../sim/rng.ts";
import { BROKEN_SCENARIOS, BUILT_IN_SCENARIOS } from "../sim/scenarios/built-in.ts";
import { isKeyframeScenario } from "../sim/scenarios/keyframe-scenario.ts";
import { kindOf, type ScenarioKind } from "../sim/scenarios/registry.ts";
import type { Scenario } from "../sim/scenarios/scenario.ts";
import { explainStress } from "../sim/stress/explain.ts";
import { openScenario } from "./shared/choose-scenario.ts";
import { scenarioDetail, scenarioTable } from "./shared/scenario-table.ts";
import { runTask, UserError } from "./shared/user-error.ts";

export interface ScenariosArguments {
  readonly show: string;
  readonly json: boolean;
}

/** A scenario as `--json` shows it. */
export interface ScenarioEntry extends Omit<Scenario, "path" | "others" | "congestion"> {
  readonly kind: ScenarioKind;
  readonly blocks: number;
  readonly startPrice: number;
  /** Deepest fall from a high to a later low, as a share: 0.56 for −56 %; of drawn paths the median of `drawnSeeds`. */
  readonly fall: number;
  /** Time from that high to that low; of drawn paths of the seed with the median fall. */
  readonly fallSeconds: number;
  readonly lowest: number;
  /** How many seeds were drawn; 0: keyframes decide, whatever the seed. */
  readonly drawnSeeds: number;
  readonly hasCongestionProfile: boolean;
  /** What goes wrong beside the price, in words; a line each. */
  readonly stresses: readonly string[];
}

/** Where every seed is another history: enough of them for a median. */
const SEEDS = 25;

/** `npx hardhat scenarios`: see the definition in `tasks/lab-tasks.ts`. */
export default runTask<ScenariosArguments, ScenarioEntry[]>(async ({ show, json }) => {
  if (show !== "") {
    const scenario = await openScenario(show);
    const entry = entryOf(scenario);
    console.log(json ? JSON.stringify(entry, null, 2) : scenarioDetail(entry, drawn(scenario, "1"), show));
    return [entry];
  }
  const entries = BUILT_IN_SCENARIOS.map(entryOf);
  console.log(json ? JSON.stringify(entries, null, 2) : scenarioTable(entries));
  if (BROKEN_SCENARIOS.length > 0) throw new UserError(BROKEN_SCENARIOS.map(({ message }) => message).join("; "));
  return entries;
});

function entryOf(scenario: Scenario): ScenarioEntry {
  const { name, title, description, source, asset, loan, durationSeconds, blockSeconds } = scenario;
  const { volatilityBefore, stress, congestion } = scenario;
  const falls = isKeyframeScenario(scenario)
    ? [steepest(scenario.keyframes.map(({ seconds, price }) => [seconds, price] as const))]
    : Array.from({ length: SEEDS }, (_, i) => steepest(drawn(scenario, String(i + 1)).map(at(blockSeconds))));
  falls.sort((a, b) => a.fall - b.fall);
  const { fall, fallSeconds, lowest, startPrice } = falls[falls.length >> 1];
  return {
    ...{ name, kind: kindOf(scenario), title, description, source, asset, loan },
    ...{ durationSeconds, blockSeconds, blocks: Math.round(durationSeconds / blockSeconds), volatilityBefore },
    ...{ startPrice, fall, fallSeconds, lowest, drawnSeeds: isKeyframeScenario(scenario) ? 0 : SEEDS },
    ...{ hasCongestionProfile: congestion !== undefined, stresses: explainStress(stress) },
    ...(stress === undefined ? {} : { stress }),
  };
}

function drawn(scenario: Scenario, seed: string): readonly number[] {
  return scenario.path(createRng(seed).fork("path"));
}

function at(blockSeconds: number) {
  return (price: number, block: number) => [block * blockSeconds, price] as const;
}

/** The deepest fall from a high to a later low, and how long it takes. */
function steepest(path: readonly (readonly [seconds: number, price: number])[]) {
  let [peak, since] = [0, 0];
  let worst = { fall: 0, fallSeconds: 0 };
  for (const [seconds, price] of path) {
    if (price > peak) [peak, since] = [price, seconds];
    const fall = 1 - price / peak;
    if (fall > worst.fall) worst = { fall, fallSeconds: seconds - since };
  }
  const prices = path.map(([, price]) => price);
  return { ...worst, startPrice: prices[0], lowest: Math.min(...prices) };
}
