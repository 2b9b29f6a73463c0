import { ACTIONS, LEVELS, MODES } from "./risk-matrix.ts";

/** Outcomes in the order of `MODES`, by `rowOf`. */
export type Outcomes = ReadonlyMap<string, readonly string[]>;

export const rowOf = (level: string, action: string) => `${level}|${action}`;

/** "yes", or the error without its values. */
const nameOf = (outcome: string) => (outcome === "ok" ? "yes" : `\`${outcome.replace(/\(.*/, "")}\``);

/** Keys whose texts are equal, in the order of the first of each. */
function alike<K>(keys: readonly K[], textOf: (key: K) => string): K[][] {
  const groups = new Map<string, K[]>();
  for (const key of keys) groups.set(textOf(key), [...(groups.get(textOf(key)) ?? []), key]);
  return [...groups.values()];
}

/** The table of `docs/risk-matrix.md`: equal columns, equal levels and equal actions together. */
export function matrixTable(found: Outcomes): string {
  const cell = (level: string, action: string, mode: number) => nameOf(found.get(rowOf(level, action))?.[mode] ?? "?");
  const columnText = (mode: number) =>
    LEVELS.flatMap((level) => ACTIONS.map((action) => cell(level, action, mode))).join();
  const columns = alike([...MODES.keys()], columnText);
  const cells = (level: string, action: string) => columns.map(([mode]) => cell(level, action, mode)).join(" | ");
  const rowsOf = (action: string) => alike(LEVELS, (level) => cells(level, action));
  const actionText = (action: string) =>
    rowsOf(action)
      .map((levels) => `${levels.join()}: ${cells(levels[0], action)}`)
      .join();
  const head = columns.map((modes) => modes.map((mode) => MODES[mode]).join(", "));
  const lines = [`| action | level | ${head.join(" | ")} |`, `|${" --- |".repeat(head.length + 2)}`];
  for (const actions of alike(ACTIONS, actionText)) {
    for (const levels of rowsOf(actions[0])) {
      const named = levels.length === LEVELS.length ? "any" : levels.join(", ");
      lines.push(`| ${actions.join("; ")} | ${named} | ${cells(levels[0], actions[0])} |`);
    }
  }
  return lines.join("\n");
}
