import { fileURLToPath } from "node:url";

import { UserError } from "../user-error.ts";
import { loadLibrary, requirePath } from "./registry.ts";
import type { Scenario } from "./scenario.ts";

/** What `npx hardhat shock` replays when not told otherwise. */
export const DEFAULT_SCENARIO = "black-thursday";

const library = await loadLibrary(fileURLToPath(new URL("./library/", import.meta.url)));

/** Every file of `sim/scenarios/library`, in the order of `npx hardhat scenarios`. */
export const BUILT_IN_SCENARIOS: readonly Scenario[] = library.scenarios;

/** Files there that are none, and why: whoever does not ask for them is not kept from the others. */
export const BROKEN_SCENARIOS = library.broken;

/** @throws UserError naming the scenarios that there are, or what is wrong with the file of that name. */
export function findScenario(name: string): Scenario {
  const found = BUILT_IN_SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return requirePath(found, `${name}.ts`);
  const broken = BROKEN_SCENARIOS.find((file) => file.name === name);
  if (broken !== undefined) throw new UserError(broken.message);
  const names = BUILT_IN_SCENARIOS.map((scenario) => scenario.name);
  throw new UserError(`unknown scenario "${name}": there are ${names.join(", ")}`);
}
