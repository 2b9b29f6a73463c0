export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One event. Names are `part.what-happened`; values are what a machine can use, amounts as `bigint`. */
export type Log = (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>) => void;

export interface LogOptions {
  readonly level: LogLevel;
  readonly write: (line: string) => void;
  /** [unix ms] */
  readonly now: () => number;
  /** Part of every line. */
  readonly base?: Readonly<Record<string, unknown>>;
}

/** Whatever a key, or a node's password in an address, could hide in. */
const SECRET = /0x[0-9a-f]{64}(?![0-9a-f])/gi;
const CREDENTIALS = /(https?:\/\/)[^\s"]+/gi;

/**
 * Lines of JSON: one event each, its time, level and name first. Big integers become text.
 * @example log("info", "take.sent", { account, size, expectedProfit })
 */
export function createLog({ level, write, now, base = {} }: LogOptions): Log {
  const least = LOG_LEVELS.indexOf(level);
  return (of, event, fields = {}) => {
    if (LOG_LEVELS.indexOf(of) < least) return;
    const line = { time: new Date(now()).toISOString(), level: of, event, ...base, ...fields };
    write(JSON.stringify(line, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value)));
  };
}

/**
 * An error for a log line: one line, without addresses of nodes (which carry API keys) and without anything of a key's
 * length, and not longer than a screen.
 */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(CREDENTIALS, (_all, scheme: string) => `${scheme}…`)
    .replaceAll(SECRET, "0x…")
    .slice(0, 300);
}
