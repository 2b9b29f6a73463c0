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
  try {
    url = new URL(text);
  } catch {
    throw wrong;
  }
  const db = /^\/?(\d{0,4})$/.exec(url.pathname);
  if (!["redis:", "rediss:"].includes(url.protocol) || url.hostname === "" || db === null) throw wrong;
  return {
    ...{ host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(url.port || 6_379), db: Number(db[1]) },
    ...(url.username === "" ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === "" ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.protocol === "rediss:" ? { tls: {} } : {}),
  };
}

export function showAddress({ host, port, db }: RedisAddress): string {
  return `${host}:${port}/${db}`;
}

/** @throws UserError if nobody answers there as Redis does. */
export async function requireRedis(address: RedisAddress, option: string): Promise<void> {
  const redis = new Redis({ ...address, lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  let reason = "";
  redis.on("error", (error: Error) => (reason = error.message));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    const message = reason === "" && error instanceof Error ? error.message : reason;
    throw new UserError(`${option}: no Redis answers at ${showAddress(address)}: ${message}`, { cause: error });
  } finally {
    redis.disconnect();
  }
}

export function pack(outcome: object): PackedOutcome {
  return { packed: gzipSync(JSON.stringify(outcome)).toString("base64") };
}

export function unpack<OutcomeT>({ packed }: PackedOutcome): OutcomeT {
  return JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString("utf8")) as OutcomeT;
}
