import type { Log } from "../market/venue.ts";

/** Commands and answers of `contracts/lab/LabDriver.sol`, which has the table. */

const hex = (value: number | bigint, bytes: number) => value.toString(16).padStart(2 * bytes, "0");
const bare = (data: string) => data.slice(2);

export const END = "00";
export const SNAPSHOT = "04";

export function setClock(timestamp: number, number: number): string {
  return `01${hex(timestamp, 8)}${hex(number, 8)}`;
}

export function transact(from: string, to: string, gas: number, data: string): string {
  return `02${bare(from)}${bare(to)}${hex(gas, 4)}${hex(bare(data).length / 2, 4)}${bare(data)}`;
}

export function read(to: string, gas: number, data: string): string {
  return `03${bare(to)}${hex(gas, 4)}${hex(bare(data).length / 2, 4)}${bare(data)}`;
}

export function goBack(snapshot: bigint): string {
  return `05${hex(snapshot, 32)}`;
}

/** @param path Absolute: the runner takes others to be of the process's directory. */
export function dumpTo(path: string): string {
  const bytes = Buffer.from(path);
  return `06${hex(bytes.length, 4)}${bytes.toString("hex")}`;
}

/** What became of a transaction. */
export interface Executed {
  readonly ok: boolean;
  readonly gasUsed: bigint;
  readonly logs: readonly Log[];
  /** Of a failed one. */
  readonly revertData: string;
  /** The answer as it came. */
  readonly bytes: Buffer;
}

/** Reads answers in the order of the commands. */
export class Answer {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  #number(size: number): number {
    this.#at += size;
    return this.#bytes.readUIntBE(this.#at - size, size);
  }

  #data(size: number): Buffer {
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  transaction(): Executed {
    const start = this.#at;
    const ok = this.#number(1) === 1;
    this.#at += 2; // gas fits into six of its eight bytes
    const gasUsed = BigInt(this.#number(6));
    const data = this.#data(this.#number(4));
    const bytes = this.#bytes.subarray(start, this.#at);
    return ok
      ? { ok, gasUsed, logs: logsIn(data), revertData: "0x", bytes }
      : { ok, gasUsed, logs: [], revertData: asHex(data), bytes };
  }

  /** A transaction's answer, unread. */
  skip(): Buffer {
    const start = this.#at;
    this.#at += 9;
    this.#data(this.#number(4));
    return this.#bytes.subarray(start, this.#at);
  }

  returned(): { readonly ok: boolean; readonly data: string } {
    const ok = this.#number(1) === 1;
    return { ok, data: asHex(this.#data(this.#number(4))) };
  }

  word(): bigint {
    return BigInt(asHex(this.#data(32)));
  }

  flag(): boolean {
    return this.#number(1) === 1;
  }
}

function asHex(bytes: Buffer): string {
  return `0x${bytes.toString("hex")}`;
}

/** From the ABI's `(bytes32[] topics, bytes data, address emitter)[]`. */
function logsIn(data: Buffer): Log[] {
  const word = (at: number) => data.readUIntBE(at + 26, 6);
  const list = word(0) + 32;
  const logs: Log[] = [];
  for (let i = 0, count = word(list - 32); i < count; ++i) {
    const at = list + word(list + 32 * i);
    const topics = at + word(at);
    const body = at + word(at + 32);
    logs.push({
      address: asHex(data.subarray(at + 76, at + 96)),
      topics: Array.from({ length: word(topics) }, (_, k) =>
        asHex(data.subarray(topics + 32 * (k + 1), topics + 32 * (k + 2))),
      ),
      data: asHex(data.subarray(body + 32, body + 32 + word(body))),
    });
  }
  return logs;
}
