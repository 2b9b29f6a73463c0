import { ROWS, OWN_ROWS, type Row } from "./rows.ts";
import type { Results } from "./run.ts";

/** A row with its figures. [gas of whole transactions] */
export interface Line {
  readonly id: string;
  readonly title: string;
  readonly ours: number;
  readonly rivals: readonly (number | undefined)[];
  readonly real: number;
  /** The cheapest of the rivals'; nothing if none has anything like it. */
  readonly cheapest: number | undefined;
}

/** Every row of the table. A row that was not measured on our side is an error: nothing is left out quietly. */
export function linesOf({ ours, real, rivals }: Results, rows: readonly Row[] = ROWS): Line[] {
  return rows.map(({ id, title, ours: ofOurs, rival }) => {
    const [mine, withReal] = [ofOurs(ours), ofOurs(real)];
    if (mine === undefined || withReal === undefined) throw new Error(`${id} was not measured`);
    const others = rivals.map(({ gas }) => rival(gas));
    const known = others.filter((gas) => gas !== undefined);
    const cheapest = known.length === 0 ? undefined : Math.min(...known);
    return { id, title, ours: mine, rivals: others, real: withReal, cheapest };
  });
}

/** Rows in which a rival is cheaper. */
export function dearer(lines: readonly Line[]): Line[] {
  return lines.filter(({ ours, cheapest }) => cheapest !== undefined && ours > cheapest);
}

export const grouped = (gas: number | undefined) => gas?.toLocaleString("en-US") ?? "–";
const ratio = ({ ours, cheapest }: Line) => (cheapest === undefined ? "–" : (ours / cheapest).toFixed(2));

/** A table of Markdown, its columns as wide as their widest cell: the first to the left, the others to the right. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((cells) => cells[column].length)));
  const write = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [write(rows[0]), `| ${rule.join(" | ")} |`, ...rows.slice(1).map(write)].join("\n");
}

/** What the bench prints: ours, the rivals and how they compare; ours again with its real oracle. */
export function gasTable(results: Results): string {
  const names = results.rivals.map(({ name }) => name);
  const head = ["gas", "Breakwater", ...names, "ours ÷ cheapest", "Breakwater, real oracle"];
  const cells = (line: Line) => [
    ...[line.title, grouped(line.ours), ...line.rivals.map(grouped)],
    ...[ratio(line), grouped(line.real)],
  ];
  const anchor = ["_for scale:_ swap in a Uniswap v3 pool", grouped(results.swap), ...names.map(() => "–"), "–", "–"];
  return markdownTable([head, ...linesOf(results).map(cells), ...linesOf(results, OWN_ROWS).map(cells), anchor]);
}

/** @returns Numbers in a table of Markdown, by what is in the first column. */
export function readTable(text: string): Map<string, readonly (number | undefined)[]> {
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  const rows = lines.slice(2).map((line) => line.split("|").slice(1, -1)); // without head and rule
  return new Map(
    rows.map(([title, ...cells]) => [
      title.trim(),
      cells.map((cell) => (cell.trim() === "–" ? undefined : Number(cell.replaceAll(",", "")))),
    ]),
  );
}
