import { readFile, stat } from "node:fs/promises";

import { UserError } from "../user-error.ts";

/** One row of a price file. */
export interface Candle {
  readonly line: number; // in the file, from 1
  readonly seconds: number; // since 1970, UTC, when the candle opens
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

const PRICES = ["open", "high", "low", "close"] as const;
const COLUMNS = ["timestamp", ...PRICES] as const;

/** Range of prices that feeds with 8 decimals and Uniswap's ticks both hold well. */
const LEAST_PRICE = 1e-6;
const GREATEST_PRICE = 1e9;

const LARGEST_FILE = 32 * 2 ** 20; // [bytes]

/**
 * Reads a CSV file with the columns timestamp, open, high, low and close, in any order and among others.
 * @throws UserError that names the file, and the line where there is one.
 */
export async function readCandles(file: string): Promise<Candle[]> {
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > LARGEST_FILE) throw new UserError(`${file}: larger than ${LARGEST_FILE / 2 ** 20} MB`);
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`cannot read ${file}: ${reason(error)}`, { cause: error });
  }
  return parseCandles(text, file);
}

/** The same for the text of a file; `file` is what messages call it. */
export function parseCandles(text: string, file: string): Candle[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const rows = lines
    .map((line, index) => ({ line: index + 1, at: `${file}:${index + 1}`, fields: line.split(",").map(unquoted) }))
    .filter(({ fields }) => fields.length > 1 || fields[0] !== "");
  if (rows.length === 0) throw new UserError(`${file}:1: the file is empty, expected ${COLUMNS.join(",")}`);

  const [header, ...body] = rows;
  const names = header.fields.map((name) => name.toLowerCase());
  const column = new Map<string, number>();
  for (const name of COLUMNS) {
    const index = names.indexOf(name);
    if (index < 0)
      throw new UserError(`${header.at}: no column "${name}" in the header, expected ${COLUMNS.join(",")}`);
    if (names.includes(name, index + 1)) throw new UserError(`${header.at}: two columns "${name}" in the header`);
    column.set(name, index);
  }
  if (body.length < 2) {
    throw new UserError(`${rows[rows.length - 1].at}: ${body.length} rows of prices, two are the least`);
  }

  const candles = body.map(({ line, at, fields }): Candle => {
    const field = (name: string) => {
      const value = fields[column.get(name)!];
      if (value === undefined) throw new UserError(`${at}: no value for "${name}"`);
      return value;
    };
    const seconds = parseTimestamp(field("timestamp"), at);
    const [open, high, low, close] = PRICES.map((name) => parsePrice(field(name), name, at));
    if (low > high) throw new UserError(`${at}: low ${low} is above high ${high}`);
    for (const [name, price] of Object.entries({ open, close })) {
      if (price < low || price > high)
        throw new UserError(`${at}: ${name} ${price} is outside low ${low} to high ${high}`);
    }
    return { line, seconds, open, high, low, close };
  });
  for (const [index, { line, seconds }] of candles.entries()) {
    const before = candles[index - 1];
    if (before === undefined || seconds > before.seconds) continue;
    const what = seconds === before.seconds ? "is the same as" : "is before";
    throw new UserError(`${file}:${line}: the timestamp ${what} that of line ${before.line}`);
  }
  return candles;
}

/** ISO 8601, by default UTC, or unix time in seconds or milliseconds. */
function parseTimestamp(text: string, at: string): number {
  const wrong = () => new UserError(`${at}: timestamp ${quoted(text)} is neither ISO 8601 nor unix time`);
  if (/^\d{1,15}$/.test(text)) {
    const number = Number(text);
    return number >= 1e11 ? Math.round(number / 1000) : number; // 1e11 s is the year 5138, 1e11 ms is 1973
  }
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|UTC|[+-]\d\d:?\d\d)?)?$/i.exec(text);
  if (match === null) throw wrong();
  const [, date, time = "00:00", zone = "Z"] = match;
  const offset = /^(Z|UTC)$/i.test(zone) ? "Z" : zone.replace(/^(.\d\d):?(\d\d)$/, "$1:$2");
  const milliseconds = Date.parse(`${date}T${time}${offset}`);
  const midnight = Date.parse(`${date}T00:00Z`);
  // A 30 February would become the first of March.
  if (Number.isNaN(milliseconds) || !new Date(midnight).toISOString().startsWith(date)) throw wrong();
  return Math.round(milliseconds / 1000);
}

function parsePrice(text: string, name: string, at: string): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (Number.isNaN(value)) throw new UserError(`${at}: ${name} is not a number: ${quoted(text)}`);
  if (value <= 0) throw new UserError(`${at}: ${name} must be above zero, got ${text}`);
  if (value < LEAST_PRICE || value > GREATEST_PRICE) {
    throw new UserError(`${at}: ${name} must be from ${LEAST_PRICE} to ${GREATEST_PRICE}, got ${text}`);
  }
  return value;
}

function unquoted(field: string): string {
  return field
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .trim();
}

/** Safe to print: the file may hold anything. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function reason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known: Record<string, string> = {
    ENOENT: "no such file",
    ENOTDIR: "no such file",
    EISDIR: "it is a directory",
    EACCES: "permission denied",
    EPERM: "permission denied",
  };
  return known[code] ?? (error instanceof Error ? error.message : String(error));
}
