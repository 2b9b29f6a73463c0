import { BUILT_IN_SCENARIOS } from "../sim/scenarios/built-in.ts";
import { deepestFall } from "../sim/scenarios/keyframe-scenario.ts";
import type { Scenario } from "../sim/scenarios/scenario.ts";
import { formatDuration } from "../sim/scenarios/shock.ts";
import { runTask } from "./shared/user-error.ts";

export interface ScenariosArguments {
  readonly json: boolean;
}

/** A built-in scenario as `--json` shows it. */
export interface ScenarioEntry extends Omit<Scenario, "path"> {
  readonly blocks: number;
  /** From the highest price before the low to the low, as a share: 0.56 for −56 %. */
  readonly fall: number;
}

/** `npx hardhat scenarios`: see the definition in `tasks/index.ts`. */
export default runTask<ScenariosArguments, ScenarioEntry[]>(({ json }) => {
  const entries = BUILT_IN_SCENARIOS.map((scenario): ScenarioEntry => {
    const {
      name,
      title,
      description,
      source,
      asset,
      loan,
      durationSeconds,
      blockSeconds,
      volatilityBefore,
      keyframes,
    } = scenario;
    const blocks = durationSeconds / blockSeconds;
    const fall = deepestFall(keyframes.map(({ price }) => price));
    const times = { durationSeconds, blockSeconds, blocks };
    return { name, title, description, source, asset, loan, ...times, volatilityBefore, fall };
  });
  console.log(json ? JSON.stringify(entries, null, 2) : table(entries));
  return Promise.resolve(entries);
});

function table(entries: readonly ScenarioEntry[]): string {
  const rows = entries.map(({ name, asset, loan, durationSeconds, blocks, blockSeconds, fall }) => [
    name,
    `${asset}/${loan}`,
    formatDuration(durationSeconds),
    `${blocks} × ${blockSeconds} s`,
    `−${Math.round(100 * fall)} %`,
  ]);
  const all = [["scenario", "market", "lasts", "blocks", "fall"], ...rows];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const lines = all.map((row) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join("   "),
  );
  const [header, ...body] = lines;
  const described = body.flatMap((line, index) => [line, `  ${entries[index].description}`, ""]);
  return [header, "", ...described, "Run one: npx hardhat shock --scenario may-19"].join("\n");
}
