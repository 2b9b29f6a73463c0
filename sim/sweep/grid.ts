import { UserError } from "../user-error.ts";
import { findScenario } from "../scenarios/built-in.ts";
import { CHOICES, findParameter, isChoice, parseValue } from "./parameters.ts";
import type { Overrides } from "./setting.ts";

/** One dimension of a sweep. */
export interface Axis {
  /** A parameter, one of `CHOICES`, or `scenario`. */
  readonly name: string;
  readonly unit: string;
  readonly values: readonly (number | string)[];
}

/** A place of the grid: a value of every axis. */
export type Point = Readonly<Record<string, number | string>>;

export const SCENARIO = "scenario";
const MOST_CELLS = 10_000;

/**
 * Reads `depth=0.5,1,2;z=3,4;features=static,dynamic`.
 * @throws UserError for unknown names, values out of range, or what is given twice.
 */
export function parseGrid(text: string, option: string): Axis[] {
  const axes = text
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => parseAxis(part, option));
  if (axes.length === 0) throw new UserError(`${option} needs parameters with values, such as depth=0.5,1,2;z=3,4`);
  axes.forEach(({ name }, i) => {
    if (axes.findIndex((each) => each.name === name) < i) throw new UserError(`${option} names ${name} twice`);
  });
  const cells = axes.reduce((product, { values }) => product * values.length, 1);
  if (cells > MOST_CELLS) throw new UserError(`${option} has ${cells} cells: at most ${MOST_CELLS} can be run`);
  return axes;
}

/**
 * Reads `risk.z=5;market.depth=0.5`: one value each.
 * @throws UserError as `parseGrid`.
 */
export function parseSettings(text: string, option: string): Overrides {
  if (text.trim() === "") return {};
  const axes = parseGrid(text, option);
  return Object.fromEntries(
    axes.map(({ name, values }) => {
      const [value] = values;
      if (typeof value !== "number") throw new UserError(`${option}: --${name} is an option of its own`);
      if (values.length > 1) throw new UserError(`${option}: ${name} must have one value, got ${values.length}`);
      return [name, value] as const;
    }),
  );
}

/** Every place, the last axis fastest. */
export function pointsOf(axes: readonly Axis[]): Point[] {
  return axes.reduce<Point[]>(
    (points, { name, values }) =>
      points.flatMap((point) => values.map((value): Point => ({ ...point, [name]: value }))),
    [{}],
  );
}

/** What a pool's makers choose, and not what happens to it. */
export function isDesign(name: string): boolean {
  return (
    (isChoice(name) && name !== "ordering") ||
    ["risk.", "profile.", "curve.", "pool."].some((prefix) => name.startsWith(prefix))
  );
}

export function namePoint(point: Point): string {
  return Object.entries(point)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

function parseAxis(part: string, option: string): Axis {
  const match = /^([\w.]+)\s*=\s*(.*)$/.exec(part);
  if (match === null) throw new UserError(`${option} must be such as depth=0.5,1,2;z=3,4, got "${part}"`);
  const [, given, list] = match;
  const texts = list.split(",").map((text) => text.trim());
  const axis = axisOf(given, texts, option);
  axis.values.forEach((value, i) => {
    if (axis.values.indexOf(value) < i) throw new UserError(`${option}: ${axis.name} has ${value} twice`);
  });
  return axis;
}

function axisOf(given: string, texts: readonly string[], option: string): Axis {
  if (given === SCENARIO) return { name: given, unit: "", values: texts.map((text) => findScenario(text).name) };
  if (isChoice(given)) {
    const unknown = texts.find((text) => !CHOICES[given].includes(text));
    if (unknown === undefined) return { name: given, unit: "", values: texts };
    throw new UserError(`${option}: unknown ${given} "${unknown}": there are ${CHOICES[given].join(", ")}`);
  }
  const parameter = findParameter(given, option);
  const values = texts.map((text) => parseValue(parameter, text, option));
  return { name: parameter.name, unit: parameter.unit, values };
}
