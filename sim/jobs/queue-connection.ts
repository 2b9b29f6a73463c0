import { gunzipSync, gzipSync } from "node:zlib";

import { Redis } from "ioredis";

import { UserError } from "../user-error.ts";

/** Names under which everything stands in Redis. */
export const QUEUE = { name: "lab", prefix: "breakwater" } as const;

/** What a worker is given. */
export interface Envelope {
  readonly job: object;
  /** Hash of the code and the contracts that the run has: see `readBasis`. */
  readonly code: string;
}

/** What it answers: the outcome as JSON, packed, because series are long and alike. */
export interface PackedOutcome {
  readonly packed: string; // gzip, base64
}

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Readonly<Record<string, never>>;
}

/** @throws UserError for anything but `redis://` or `rediss://`. The message never shows the password. */
export function parseRedisUrl(text: string, option: string): RedisAddress {
  const wrong = new UserError(
    `${option} must be an address such as redis://localhost:6379 or rediss://user:word@host/0`,
  );
  let url: URL;
  let names: readonly string[];
  try {
    url = new URL(text);
    names = [url.username, url.password].map(decodeURIComponent);
  } catch {
    throw wrong; // "%zz" is no letter either
  }
  const [username, password] = names;
  const db = /^\/?(\d{0,4})$/.exec(url.pathname);
  if (!["redis:", "rediss:"].includes(url.protocol) || url.hostname === "" || db === null) throw wrong;
  return {
    ...{ host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(url.port || 6_379), db: Number(db[1]) },
    ...(username === "" ? {} : { username }),
    ...(password === "" ? {} : { password }),
    ...(url.protocol === "rediss:" ? { tls: {} } : {}),
  };
}

export function showAddress({ host, port, db }: RedisAddress): string {
  return `${host}:${port}/${db}`;
}

/** For this long a Redis may be silent before it counts as none. */
const ANSWER_MILLISECONDS = 10_000;

/** @throws UserError if nobody answers there as Redis does, in time. */
export async function requireRedis(
  address: RedisAddress,
  option: string,
  milliseconds = ANSWER_MILLISECONDS,
): Promise<void> {
  const redis = new Redis({ ...address, lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  let reason = "";
  redis.on("error", (error: Error) => (reason = error.message));
  try {
    // A port may take the connection and never say a word: neither of the two would end then.
    await within(milliseconds, async () => {
      await redis.connect();
      await redis.ping();
    });
  } catch (error) {
    const message = reason === "" && error instanceof Error ? error.message : reason;
    throw new UserError(`${option}: no Redis answers at ${showAddress(address)}: ${message}`, { cause: error });
  } finally {
    redis.disconnect();
  }
}

/** @throws Error if it takes longer: what was begun is not waited for any more. */
export async function within<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds / 1_000} s`)), milliseconds);
  });
  const done = work();
  done.catch(() => undefined); // it may fail after nobody waits for it
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function pack(outcome: object): PackedOutcome {
  return { packed: gzipSync(JSON.stringify(outcome)).toString("base64") };
}

export function unpack<OutcomeT>({ packed }: PackedOutcome): OutcomeT {
  return JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString("utf8")) as OutcomeT;
}
