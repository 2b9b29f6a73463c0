import { parseAsset } from "../../sim/scenarios/assets.ts";
import { DEFAULT_SCENARIO, findScenario } from "../../sim/scenarios/built-in.ts";
import { readCsvScenario } from "../../sim/scenarios/csv.ts";
import { loadScenarioFile } from "../../sim/scenarios/registry.ts";
import type { Scenario } from "../../sim/scenarios/scenario.ts";
import { createShockScenario, parseDuration, parseFall } from "../../sim/scenarios/shock.ts";
import { UserError } from "../../sim/user-error.ts";

/** The options by which a task is told what happens to the market; empty means not given. */
export interface ScenarioArguments {
  readonly scenario: string;
  readonly prices: string;
  readonly shock: string;
  readonly over: string;
  readonly asset: string;
}

export const DEFAULT_OVER = "30m";
export const DEFAULT_ASSET = "WETH";

/** @throws UserError for an option that is wrong, and for options that contradict each other. */
export async function chooseScenario(args: ScenarioArguments): Promise<Scenario> {
  const { scenario, prices, shock, over, asset } = args;
  const sources = Object.entries({ scenario, prices, shock }).filter(([, value]) => value !== "");
  if (sources.length > 1) {
    const [first, second] = sources.map(([name]) => `--${name}`);
    throw new UserError(`${first} and ${second} contradict each other: give one`);
  }
  if (over !== "" && shock === "") throw new UserError("--over goes with --shock: such as --shock -0.4 --over 30m");
  const file = scenario.endsWith(".csv") ? scenario : prices;
  if (asset !== "" && shock === "" && file === "") {
    throw new UserError("--asset goes with --shock or --prices: a scenario has its own");
  }
  if (shock !== "") {
    const seconds = parseDuration(over === "" ? DEFAULT_OVER : over, "--over");
    return createShockScenario(parseFall(shock), seconds, parseAsset(asset === "" ? DEFAULT_ASSET : asset));
  }
  if (file !== "") return readCsvScenario(file, parseAsset(asset === "" ? DEFAULT_ASSET : asset));
  return openScenario(scenario === "" ? DEFAULT_SCENARIO : scenario);
}

/** A scenario by its name, or by a file of one's own; prices of a CSV are of the usual asset. */
export async function openScenario(nameOrFile: string): Promise<Scenario> {
  if (nameOrFile.endsWith(".csv")) return readCsvScenario(nameOrFile, parseAsset(DEFAULT_ASSET));
  return nameOrFile.endsWith(".ts") ? loadScenarioFile(nameOrFile) : findScenario(nameOrFile);
}

/** The options again as one types them: `--shock -0.4 --over 30m --asset WETH`. */
export function scenarioOptions({ scenario, prices, shock, over, asset }: ScenarioArguments): string[] {
  const orDefault = (value: string, byDefault: string) => (value === "" ? byDefault : value);
  if (shock !== "") {
    return ["--shock", shock, "--over", orDefault(over, DEFAULT_OVER), "--asset", orDefault(asset, DEFAULT_ASSET)];
  }
  if (prices !== "") return ["--prices", prices, "--asset", orDefault(asset, DEFAULT_ASSET)];
  const ofFile = scenario.endsWith(".csv") ? ["--asset", orDefault(asset, DEFAULT_ASSET)] : [];
  return ["--scenario", orDefault(scenario, DEFAULT_SCENARIO), ...ofFile];
}
