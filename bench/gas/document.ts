import { dearer, grouped, linesOf, markdownTable, gasTable, type Line } from "./table.ts";
import { reasonOf, type Reason } from "./reasons.ts";
import type { Run } from "./run.ts";
import { addUp, type Spending } from "./trace.ts";

/** What a run writes into `docs/benchmarks.md`, by the name of its place there. */
export type Sections = Readonly<Record<"gas" | "gas-why", string>>;

const begin = (name: string) => `<!-- begin ${name}: written by npm run bench:gas -->`;
const end = (name: string) => `<!-- end ${name} -->`;

/** @returns The text of a section, without its markers. */
export function sectionOf(document: string, name: keyof Sections): string {
  const [from, to] = [document.indexOf(begin(name)), document.indexOf(end(name))];
  if (from < 0 || to < from)
    throw new Error(`docs/benchmarks.md has no place for ${name}: ${begin(name)} … ${end(name)}`);
  return document.slice(from + begin(name).length, to).trim();
}

/** Puts the sections in their places; all else stays as it is. */
export function withSections(document: string, sections: Sections): string {
  return (["gas", "gas-why"] as const).reduce((text, name) => {
    sectionOf(text, name); // there is a place for it
    const before = text.slice(0, text.indexOf(begin(name)) + begin(name).length);
    return `${before}\n\n${sections[name]}\n\n${text.slice(text.indexOf(end(name)))}`;
  }, document);
}

/** Everything that `docs/benchmarks.md` shows of a run. */
export async function sectionsOf(run: Run): Promise<Sections> {
  const parts: string[] = [];
  for (const line of dearer(linesOf(run))) parts.push(await explain(run, line, reasonOf(line.id)));
  return { gas: gasTable(run), "gas-why": parts.join("\n\n") };
}

/** Where the gas of a row goes, ours beside that of the cheapest rival, and why. */
async function explain(run: Run, line: Line, { traced, text }: Reason): Promise<string> {
  const rival = line.rivals.indexOf(line.cheapest);
  const { name } = run.rivals[rival];
  const excess = grouped(line.ours - (line.cheapest ?? 0));
  const title = `**${line.title}: ${grouped(line.ours)} against ${grouped(line.cheapest)}, ${excess} more.** ${text}`;
  if (traced === undefined) return title;
  const ours: Spending[] = [];
  for (const id of traced.ours) ours.push(await run.trace("ours", id));
  return `${title}\n\n${spendingTable(name, addUp(ours), await run.trace(rival, traced.rival))}`;
}

interface Kind {
  readonly title: string;
  readonly gas: (s: Spending) => number;
  readonly count?: (s: Spending) => string;
}

const KINDS: readonly Kind[] = [
  { title: "the transaction and its data", gas: (s) => s.transaction },
  { title: "calls", gas: (s) => s.callsGas, count: (s) => `${s.calls}, ${s.coldAddresses} cold` },
  { title: "slots touched for the first time", gas: (s) => s.coldSlotsGas, count: (s) => String(s.coldSlots) },
  { title: "slots read again", gas: (s) => s.warmReadsGas, count: (s) => String(s.warmReads) },
  { title: "slots written", gas: (s) => s.writesGas, count: (s) => `${s.writes}, ${s.newWrites} new` },
  { title: "events", gas: (s) => s.logsGas, count: (s) => String(s.logs) },
  { title: "transient storage", gas: (s) => s.transientGas },
  { title: "code: arithmetic, memory, hashes", gas: (s) => s.code },
  { title: "refunds", gas: (s) => 0 - s.refund },
  { title: "**all**", gas: (s) => s.total },
];

const signed = (gas: number) => (gas < 0 ? `−${grouped(-gas)}` : grouped(gas));

function spendingTable(rival: string, ours: Spending, theirs: Spending): string {
  const cell = ({ gas, count }: Kind, s: Spending) => signed(gas(s)) + (count === undefined ? "" : ` (${count(s)})`);
  const rows = KINDS.map((kind) => {
    const difference = kind.gas(ours) - kind.gas(theirs);
    return [kind.title, cell(kind, ours), cell(kind, theirs), (difference > 0 ? "+" : "") + signed(difference)];
  });
  return markdownTable([["gas (how many)", "Breakwater", rival, "difference"], ...rows]);
}
