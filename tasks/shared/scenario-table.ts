import { formatNumber } from "../../sim/report/format.ts";
import { KINDS } from "../../sim/scenarios/registry.ts";
import { formatDuration } from "../../sim/scenarios/shock.ts";
import type { ScenarioEntry } from "../scenarios.ts";
import { shellQuoted } from "./command-line.ts";

const WIDTH = 100; // of a line, in letters
const HEADINGS = {
  history: "Histories",
  "made up": "Made up",
  stress: "Stresses: something else goes wrong beside the price",
} as const;
/** Letters of a picture of a path. */
const PICTURE = 72;
const LEVELS = "▁▂▃▄▅▆▇█";

/** All scenarios: key figures in a line, then what it is about, and what goes wrong beside the price. */
export function scenarioTable(entries: readonly ScenarioEntry[]): string {
  const rows = entries.map((entry) => [
    entry.name,
    `${entry.asset}/${entry.loan}`,
    formatDuration(entry.durationSeconds),
    `${entry.blocks} × ${entry.blockSeconds} s`,
    fallOf(entry),
    formatDuration(entry.fallSeconds),
  ]);
  const all = [["scenario", "market", "lasts", "blocks", "fall", "within"], ...rows];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const [header, ...body] = all.map((row) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join("   "),
  );
  const sections = KINDS.flatMap((kind) => {
    const lines = entries.flatMap((entry, i) => (entry.kind === kind ? [body[i], ...aboutOf(entry), ""] : []));
    return lines.length === 0 ? [] : [HEADINGS[kind], "", ...lines];
  });
  const drawn = entries.find(({ drawnSeeds }) => drawnSeeds > 0);
  return [
    ...[header, "", ...sections],
    ...(drawn === undefined ? [] : [`≈ every seed is another path: the median of ${drawn.drawnSeeds} seeds`]),
    "More of one:  npx hardhat scenarios --show may-19",
    "Run one:      npx hardhat shock --scenario may-19",
    "Add one:      copy sim/scenarios/template.ts into sim/scenarios/library",
  ].join("\n");
}

function aboutOf({ description, stresses }: ScenarioEntry): string[] {
  return [...wrapped(description, "  "), ...stresses.flatMap((line) => wrapped(line, "  + ", "    "))];
}

/** Everything that is known of one, and a picture of its path with seed 1. @param asked Its name or file, as `shock` takes it. */
export function scenarioDetail(entry: ScenarioEntry, path: readonly number[], asked: string): string {
  const { name, title, description, kind, source, asset, loan, volatilityBefore: before, stresses } = entry;
  const percent = (value: number) => `${formatNumber(100 * value, 2)} %`;
  const seeds = entry.drawnSeeds === 0 ? "for every seed" : `median of ${entry.drawnSeeds} seeds`;
  const facts: [string, string][] = [
    ["kind", kind],
    ["market", `${asset}, lent against in ${loan}`],
    ["lasts", `${formatDuration(entry.durationSeconds)}: ${entry.blocks} blocks of ${entry.blockSeconds} s`],
    ["starts at", price(entry.startPrice)],
    [
      "largest fall",
      `${fallOf(entry)} within ${formatDuration(entry.fallSeconds)}, lowest ${price(entry.lowest)}, ${seeds}`,
    ],
    ["before it", `volatility ${percent(before.fast)} a day over 2 days, ${percent(before.slow)} over 30`],
    [
      "full blocks",
      entry.hasCongestionProfile
        ? "with --congestion: by a profile of its own"
        : "with --congestion: as the price moves",
    ],
    ["prices", source === "" ? "made up" : source],
  ];
  if (entry.stress?.isCongested === true) facts.splice(6, 1);
  const [peak, low] = [Math.max(...path), Math.min(...path)];
  return [
    ...[`${name}: ${title}`, "", ...wrapped(description, ""), ""],
    ...facts.flatMap(([label, text]) => wrapped(text, label.padEnd(14), " ".repeat(14))),
    ...stresses.map((line) => `${"stress".padEnd(14)}${line}`),
    ...["", picture(path), `${price(low)} to ${price(peak)}, seed 1`, ""],
    `npx hardhat shock --scenario ${shellQuoted(asked)}`,
  ].join("\n");
}

function fallOf({ fall, drawnSeeds }: ScenarioEntry): string {
  return `${drawnSeeds > 0 ? "≈ " : ""}−${Math.round(100 * fall)} %`;
}

function price(value: number): string {
  return formatNumber(value, value < 10 ? 4 : 2);
}

/** The lowest of each stretch of the path, as a bar. */
function picture(path: readonly number[]): string {
  const [low, high] = [Math.min(...path), Math.max(...path)];
  const columns = Math.min(PICTURE, path.length);
  return Array.from({ length: columns }, (_, column) => {
    const part = path.slice(
      Math.floor((column * path.length) / columns),
      Math.floor(((column + 1) * path.length) / columns),
    );
    const share = high === low ? 0 : (Math.min(...part) - low) / (high - low);
    return LEVELS[Math.min(LEVELS.length - 1, Math.floor(share * LEVELS.length))];
  }).join("");
}

/** Lines no longer than a terminal's. */
function wrapped(text: string, first: string, rest = first): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      [line, isEmpty] = [rest, true];
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
