import path from "node:path";

/** Lines of a file that can run, and those that did. */
export interface FileLines {
  readonly name: string;
  readonly lines: number;
  readonly hit: number;
}

/** Reads an LCOV report. A line that is named twice counts once, and as hit if it was so anywhere. */
export function linesOf(lcov: string, root: string): FileLines[] {
  const files = new Map<string, Map<number, boolean>>();
  let lines = new Map<number, boolean>();
  for (const row of lcov.split("\n")) {
    const [, key, rest = ""] = /^(SF|DA):(.*)$/.exec(row.trim()) ?? [];
    if (key === "SF") {
      const name = path.isAbsolute(rest) ? path.relative(root, rest) : rest;
      lines = files.get(name) ?? new Map<number, boolean>();
      files.set(name, lines);
    } else if (key === "DA") {
      const [line, count] = rest.split(",").map(Number);
      lines.set(line, lines.get(line) === true || count > 0);
    }
  }
  return [...files].map(([name, found]) => ({
    ...{ name, lines: found.size },
    hit: [...found.values()].filter((isHit) => isHit).length,
  }));
}

/** Says how much ran, names the files that keep it down, and answers whether it is too little. No line at all is too little. */
export function belowFloor(what: string, files: readonly FileLines[], floor: number): boolean {
  const sum = (of: (file: FileLines) => number) => files.reduce((total, file) => total + of(file), 0);
  const [lines, hit] = [sum((file) => file.lines), sum((file) => file.hit)];
  const share = lines === 0 ? 0 : hit / lines;
  console.log(`${what}: ${hit} of ${lines} lines, ${(share * 100).toFixed(2)} %, at least ${floor * 100} %`);
  const isBelow = share < floor;
  const worst = files.filter((file) => file.hit < file.lines).sort((a, b) => b.lines - b.hit - (a.lines - a.hit));
  if (isBelow)
    for (const file of worst.slice(0, 20)) console.log(`  ${file.name}: ${file.lines - file.hit} lines did not run`);
  return isBelow;
}
