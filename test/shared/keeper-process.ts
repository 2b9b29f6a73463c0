import { expect } from "chai";
import { HDNodeWallet } from "ethers";

import { startTask, type RunningTask } from "./node-process.ts";

/** The phrase of every Hardhat node: no secret. */
const PHRASE = "test test test test test test test test test test test junk";

/** Key of an account of a Hardhat node. */
export function nodeKey(number: number): string {
  return HDNodeWallet.fromPhrase(PHRASE, undefined, `m/44'/60'/0'/0/${number}`).privateKey;
}

export interface KeeperLine {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

/** A keeper in a process of its own, seen from outside: its log, its metrics, its end. */
export class KeeperProcess {
  readonly task: RunningTask;
  readonly #port: number;

  constructor(args: readonly string[], port: number, environment: NodeJS.ProcessEnv) {
    this.#port = port;
    this.task = startTask(["keeper", "--no-compile", ...args, "--port", String(port)], environment);
  }

  /** Every line is JSON, or the test fails. */
  lines(): KeeperLine[] {
    const text = this.task.stdout();
    const whole = text.slice(0, text.lastIndexOf("\n") + 1); // the last one may be on its way
    return whole
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as KeeperLine);
  }

  named(event: string): KeeperLine[] {
    return this.lines().filter((line) => line.event === event);
  }

  /** Undefined while it does not answer. */
  async metrics(): Promise<ReadonlyMap<string, number> | undefined> {
    const text = await fetch(`http://127.0.0.1:${this.#port}/metrics`).then(
      (response) => response.text(),
      () => undefined,
    );
    if (text === undefined) return undefined;
    const samples = [...text.matchAll(/^(\w+(?:\{[^}]*\})?) (\S+)$/gm)];
    return new Map(samples.map(([, name, value]) => [name, Number(value)]));
  }

  /** Sum over the metrics whose name begins so; 0 while it does not answer. */
  async sum(start: string): Promise<number> {
    const metrics = (await this.metrics()) ?? new Map<string, number>();
    return [...metrics].filter(([name]) => name.startsWith(start)).reduce((sum, [, value]) => sum + value, 0);
  }

  async isHealthy(): Promise<boolean> {
    return fetch(`http://127.0.0.1:${this.#port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** Asks for a clean end and expects one. */
  async stop(): Promise<void> {
    this.task.kill("SIGTERM");
    await this.hasStopped();
  }

  /** That it ends, and cleanly. */
  async hasStopped(): Promise<void> {
    expect(await this.task.ended, this.task.stderr()).to.equal(0);
    expect(this.task.stderr()).to.equal("");
    expect(this.lines().at(-1)?.event).to.equal("keeper.stopped");
    expect(await this.metrics()).to.equal(undefined);
  }
}

/**
 * Waits for what other processes do. The limit is generous, and only for a test that would never end.
 * @param step Before each look.
 */
export async function eventually(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  step: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  for (let look = 0; look < 1_200; ++look) {
    await step();
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`it never happened: ${what}`);
}
