import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { transformSync } from "esbuild";

import type { FileLines } from "./lcov.ts";

interface Range {
  startOffset: number;
  endOffset: number;
  count: number;
}

interface Script {
  url: string;
  functions: { ranges: Range[] }[];
}

/**
 * Lines of the TypeScript files below a directory, from the files that V8 writes into the directory of `NODE_V8_COVERAGE`, one a
 * process. A line ran if any of its code ran in any of them. Files that no process loaded count with all their lines.
 *
 * The code that ran has types taken out, by `tsx`, which moves it; the source map that it leaves says from where.
 */
export function linesOfV8(directory: string, under: string, root: string): FileLines[] {
  const files = readdirSync(under, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.join(under, file));
  const hits = new Map<string, Set<number>>(files.map((file) => [pathToFileURL(file).href, new Set<number>()]));
  for (const name of readdirSync(directory).filter((file) => file.endsWith(".json"))) {
    const report = JSON.parse(readFileSync(path.join(directory, name), "utf8")) as Report;
    for (const script of report.result) {
      const url = script.url.replace(/\?.*$/, "");
      const cached = report["source-map-cache"]?.[script.url];
      if (cached?.data) for (const line of linesHit(script, cached)) hits.get(url)?.add(line);
    }
  }
  return files.map((file) => {
    const code = codeLines(readFileSync(file, "utf8"));
    const hit = hits.get(pathToFileURL(file).href) ?? new Set();
    return { name: path.relative(root, file), lines: code.size, hit: [...code].filter((line) => hit.has(line)).length };
  });
}

interface Cached {
  lineLengths: number[];
  data: { mappings: string } | null;
}

interface Report {
  result: Script[];
  "source-map-cache"?: Record<string, Cached>;
}

/** Lines of the source that have code of their own once types are gone. From 1. */
export function codeLines(source: string): Set<number> {
  const { map } = transformSync(source, { loader: "ts", sourcemap: true, format: "esm", target: "es2022" });
  const { mappings } = JSON.parse(map) as { mappings: string };
  return new Set(decode(mappings).map(({ line }) => line + 1));
}

function linesHit(script: Script, { lineLengths, data }: Cached): Set<number> {
  const starts: number[] = [0];
  for (const length of lineLengths) starts.push((starts.at(-1) ?? 0) + length + 1);
  // Inner ranges come later and overrule those around them.
  const ranges = script.functions.flatMap(({ ranges }) => ranges);
  const ran = (offset: number) => {
    let inner: Range | undefined;
    for (const range of ranges) {
      const isIn = range.startOffset <= offset && offset < range.endOffset;
      if (isIn && (inner === undefined || sizeOf(range) <= sizeOf(inner))) inner = range;
    }
    return inner === undefined || inner.count > 0;
  };
  const hit = new Set<number>();
  for (const { line, generatedLine, generatedColumn } of decode(data?.mappings ?? "")) {
    if (!hit.has(line + 1) && ran(starts[generatedLine] + generatedColumn)) hit.add(line + 1);
  }
  return hit;
}

const sizeOf = (range: Range) => range.endOffset - range.startOffset;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The mappings of a source map: where each piece of the code was made from. Lines and columns from 0. */
function decode(mappings: string): { line: number; generatedLine: number; generatedColumn: number }[] {
  const found: { line: number; generatedLine: number; generatedColumn: number }[] = [];
  let line = 0;
  mappings.split(";").forEach((row, generatedLine) => {
    let generatedColumn = 0;
    for (const segment of row.split(",")) {
      if (segment === "") continue;
      const numbers = vlq(segment);
      generatedColumn += numbers[0];
      if (numbers.length < 4) continue;
      line += numbers[2];
      found.push({ line, generatedLine, generatedColumn });
    }
  });
  return found;
}

function vlq(segment: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const character of segment) {
    const digit = DIGITS.indexOf(character);
    value += (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) !== 0) continue;
    numbers.push((value & 1) === 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}
