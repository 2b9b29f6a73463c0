/** A finding of Slither, without what moves when lines are added. */
export interface Finding {
  check: string;
  impact: string;
  /** `Contract.function` or `Contract.variable`. */
  where: string;
  at: string;
  description: string;
}

/** A finding that was looked at, and why it is none. */
export interface Accepted {
  check: string;
  /** As `Finding.where`; a trailing `*` stands for any ending. */
  where: string;
  /** How many: one more is new. Left out only where the reason holds for any number. */
  count?: number;
  reason: string;
}

interface Element {
  type: string;
  name: string;
  source_mapping: { filename_relative: string; lines: number[] };
  type_specific_fields?: { parent?: Element };
}

/** What Slither writes with `--json`. */
export interface SlitherReport {
  success: boolean;
  error: string | null;
  results: { detectors?: { check: string; impact: string; description: string; elements: Element[] }[] };
}

export function findingsOf(report: SlitherReport): Finding[] {
  const seen = new Set<string>();
  const findings: Finding[] = [];
  for (const { check, impact, description, elements } of report.results.detectors ?? []) {
    const [first] = elements;
    const { filename_relative: file, lines } = first.source_mapping;
    const finding = { check, impact, where: nameOf(first), at: `${file}:${lines[0]}`, description: description.trim() };
    // What is inherited is reported once a heir.
    const key = `${check} ${finding.where} ${withoutLines(finding.description).split("\n").slice(0, 2).join(" ")}`;
    if (!seen.has(key)) findings.push(finding);
    seen.add(key);
  }
  return findings;
}

function nameOf(element: Element): string {
  const names: string[] = [];
  for (let at: Element | undefined = element; at !== undefined; at = at.type_specific_fields?.parent) {
    if (["contract", "function", "variable", "event", "struct"].includes(at.type)) names.unshift(at.name);
  }
  return names.join(".");
}

const withoutLines = (text: string) => text.replace(/#\d+(-\d+)?/g, "");

const covers = (entry: Accepted, finding: Finding) =>
  entry.check === finding.check &&
  (entry.where.endsWith("*") ? finding.where.startsWith(entry.where.slice(0, -1)) : entry.where === finding.where);

export interface Verdict {
  /** Not accepted, or more of them than were. */
  fresh: Finding[];
  /** Accepted, and no longer (or not as often) found. */
  stale: Accepted[];
}

export function judge(findings: readonly Finding[], accepted: readonly Accepted[]): Verdict {
  const fresh = findings.filter((finding) => !accepted.some((entry) => covers(entry, finding)));
  const stale: Accepted[] = [];
  for (const entry of accepted) {
    const found = findings.filter((finding) => covers(entry, finding));
    if (found.length < (entry.count ?? 1)) stale.push(entry);
    if (entry.count !== undefined && found.length > entry.count) fresh.push(...found);
  }
  return { fresh, stale };
}
