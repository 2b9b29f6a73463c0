import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { createRng } from "../rng.ts";
import { UserError } from "../user-error.ts";
import { ASSETS } from "./assets.ts";
import type { PricePath, Scenario } from "./scenario.ts";
import { faultOf } from "./stress.ts";

/** A file of a library that is no scenario. */
export interface BrokenScenario {
  readonly name: string;
  readonly message: string; // one line
}

/** Kinds of scenarios, in the order of lists: what happened, what is made up, and what else goes wrong beside a price. */
export const KINDS = ["history", "made up", "stress"] as const;
export type ScenarioKind = (typeof KINDS)[number];

/** More than this would run for an hour. */
export const MOST_BLOCKS = 20_000;
const SHORTEST_BLOCK = 0.05; // [s]
const LONGEST_BLOCK = 86_400; // [s]
/** Range of prices that feeds with 8 decimals and Uniswap's ticks both hold well. */
const PRICES = { least: 1e-6, most: 1e9 };

export function kindOf({ source, stress }: Scenario): ScenarioKind {
  return stress !== undefined ? "stress" : source === "" ? "made up" : "history";
}

/**
 * Every scenario of a directory: each `.ts` file is one, of the file's name. Histories first, then by name.
 * @returns Also the files that are none. Paths are not drawn yet: see `requirePath`.
 */
export async function loadLibrary(
  directory: string,
): Promise<{ readonly scenarios: readonly Scenario[]; readonly broken: readonly BrokenScenario[] }> {
  const scenarios: Scenario[] = [];
  const broken: BrokenScenario[] = [];
  for (const file of (await readdir(directory)).filter((entry) => entry.endsWith(".ts")).sort()) {
    const name = path.basename(file, ".ts");
    try {
      const scenario = await importScenario(path.join(directory, file));
      if (scenario.name !== name)
        throw new UserError(`${file}: its name must be that of the file, got "${scenario.name}"`);
      scenarios.push(scenario);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      broken.push({ name, message: error.message });
    }
  }
  scenarios.sort((a, b) => KINDS.indexOf(kindOf(a)) - KINDS.indexOf(kindOf(b)));
  return { scenarios, broken };
}

/**
 * A scenario from a TypeScript file that exports one by default: `sim/scenarios/template.ts` is an example to copy.
 * @throws UserError naming the file and what is wrong with it.
 */
export async function loadScenarioFile(file: string): Promise<Scenario> {
  if (!existsSync(file)) throw new UserError(`cannot read ${file}: no such file`);
  return requirePath(await importScenario(file), file);
}

async function importScenario(file: string): Promise<Scenario> {
  const shown = path.basename(file);
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(path.resolve(file)).href)) as typeof module;
  } catch (error) {
    throw new UserError(`${shown}: cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  return requireScenario(unwrapped(module.default), shown);
}

/** Outside of a package that says that it is of modules, a file's exports come as one object, its default among them. */
function unwrapped(value: unknown): unknown {
  const isWrapped = typeof value === "object" && value !== null && "__esModule" in value;
  return isWrapped ? (value as { readonly default?: unknown }).default : value;
}

/** Everything that can be told without drawing a path. */
function requireScenario(value: unknown, file: string): Scenario {
  const wrong = (what: string) => new UserError(`${file}: ${what}`);
  if (typeof value !== "object" || value === null) throw wrong("must export a scenario by default");
  const scenario = value as Scenario; // every field is checked below
  const { name, title, description, source, asset, loan, blockSeconds, durationSeconds } = scenario;
  if (typeof name !== "string" || !/^[a-z\d][a-z\d-]{0,63}$/.test(name)) {
    throw wrong(`name must be of small letters, digits and dashes, got ${JSON.stringify(name)}`);
  }
  for (const [field, text] of Object.entries({ title, description })) {
    if (typeof text !== "string" || text.trim() === "") throw wrong(`${field} must say something`);
  }
  if (typeof source !== "string") throw wrong("source must be a text: empty if the prices are made up");
  if (!Object.hasOwn(ASSETS, asset)) {
    throw wrong(`asset must be one of ${Object.keys(ASSETS).join(", ")}, got ${JSON.stringify(asset)}`);
  }
  if (loan !== "USDC" && loan !== "DAI") throw wrong(`loan must be USDC or DAI, got ${JSON.stringify(loan)}`);
  if (loan === (asset as string)) throw wrong(`${loan} cannot be lent against itself`);
  if (!(blockSeconds >= SHORTEST_BLOCK && blockSeconds <= LONGEST_BLOCK)) {
    throw wrong(`blockSeconds must be from ${SHORTEST_BLOCK} to ${LONGEST_BLOCK}, got ${blockSeconds}`);
  }
  const blocks = durationSeconds / blockSeconds;
  if (!(Number.isInteger(blocks) && blocks > 0 && blocks <= MOST_BLOCKS)) {
    throw wrong(`durationSeconds must be 1 to ${MOST_BLOCKS} whole blocks, got ${durationSeconds} s in ${blocks}`);
  }
  const { fast, slow } = scenario.volatilityBefore ?? {};
  if (!(fast > 0 && fast < 1 && slow > 0 && slow < 1)) {
    throw wrong("volatilityBefore must have fast and slow, per √day, between 0 and 1");
  }
  if (typeof scenario.path !== "function") throw wrong("path must be a function of a stream of random numbers");
  const fault = scenario.stress === undefined ? undefined : faultOf(scenario.stress, durationSeconds);
  if (fault !== undefined) throw wrong(fault);
  return scenario;
}

/**
 * Draws a scenario's path once, to see that it is one.
 * @throws UserError naming the file.
 */
export function requirePath(scenario: Scenario, file: string): Scenario {
  const wrong = (what: string) => new UserError(`${file}: ${what}`);
  const draw = () => ({ path: scenario.path(createRng(file)), ...scenario.others?.(createRng(file)) });
  let first: Record<string, PricePath>;
  let second: Record<string, PricePath>;
  try {
    [first, second] = [draw(), draw()];
  } catch (error) {
    throw wrong(`its path cannot be drawn: ${error instanceof Error ? error.message : String(error)}`);
  }
  const length = scenario.durationSeconds / scenario.blockSeconds + 1;
  for (const [name, prices] of Object.entries(first)) {
    if (prices.length !== length) throw wrong(`${name} has ${prices.length} prices, ${length} are needed: one a block`);
    const bad = prices.findIndex((price) => !(price >= PRICES.least && price <= PRICES.most));
    if (bad >= 0) throw wrong(`${name} has the price ${prices[bad]} in block ${bad}: from 1e-6 to 1e9 is possible`);
    if (prices.some((price, block) => price !== second[name][block])) {
      throw wrong(`${name} is another one each time: draw from the stream that it is given, and from nothing else`);
    }
  }
  return scenario;
}
