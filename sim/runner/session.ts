import { execFile } from "node:child_process";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import {
  CANCUN,
  CollectStackTraces,
  FsAccessPermission,
  IncludeTraces,
  L1_CHAIN_TYPE,
  l1GenesisState,
  l1HardforkFromString,
  OSAKA,
  PRAGUE,
  type AccountOverride,
  type EdrContext,
  type SolidityTestRunnerConfigArgs,
} from "@nomicfoundation/edr";

import type { Dump } from "./state.ts";
import { dumpTo, END } from "./wire.ts";

/** The driver's artifact, as the build made it. */
export interface DriverArtifact {
  readonly contractName: string;
  readonly sourceName: string;
  readonly abi: readonly unknown[];
  readonly bytecode: string;
  readonly deployedBytecode: string;
}

export interface SessionOptions {
  readonly artifact: DriverArtifact;
  /** What there is at the start. */
  readonly state: readonly AccountOverride[];
  /** See `runnerHardfork`: that of the chain that the state comes from. */
  readonly hardfork: string;
  /**
   * True: each transaction is one, with gas, a cold access list and transient storage of its own. False: all are calls of one
   * transaction, for replays that compare what is left behind and not what it cost.
   */
  readonly isIsolated: boolean;
}

const SOLC = "0.8.37";
/** Of the driver: commands and answers of a round lie there. [bytes] */
const MEMORY = 1n << 30n;

interface HardhatEdr {
  getGlobalEdrContext(): Promise<EdrContext>;
}

/** Hardhat's: EDR's native part wants to be set up once in a process. Hardhat does not export it, so its version is pinned. */
export async function runnerContext(): Promise<EdrContext> {
  const file = new URL("internal/edr/context.js", import.meta.resolve("hardhat"));
  const { getGlobalEdrContext } = (await import(file.href)) as HardhatEdr;
  return getGlobalEdrContext();
}

/** EDR's name of a hard fork that the runner knows. */
export function runnerHardfork(name: string): string | undefined {
  return [CANCUN, PRAGUE, OSAKA].find((known) => known.toLowerCase() === name.toLowerCase());
}

/** True where there are named pipes. */
export function canRun(): boolean {
  return process.platform !== "win32";
}

/**
 * A driver at work in EDR's Solidity runner: the lab's side of the two pipes. It runs in a thread of EDR's, and waits there for
 * commands between two exchanges.
 */
export class Session {
  readonly directory: string;
  /** Of the pipe that commands go into. */
  readonly #commands: number;
  readonly #answers: Socket;
  /** Resolves, with what went wrong, when the driver has ended. */
  readonly #ended: Promise<Error>;
  #error: Error | undefined;
  /** What has come of the answer to the exchange that is going on. */
  #received: Buffer[] = [];
  #size = 0;
  #expected = 0; // with the four bytes of the size [bytes]
  #exchange: { readonly resolve: (answer: Buffer) => void; readonly reject: (error: Error) => void } | undefined;

  private constructor(directory: string, commands: number, answers: Socket, ended: Promise<Error>) {
    this.directory = directory;
    this.#commands = commands;
    this.#answers = answers;
    this.#ended = ended;
    answers.on("data", (chunk) => this.#receive(chunk));
    answers.unref(); // whoever leaves it open may end: it is waited for during an exchange only
    void ended.then((error) => {
      this.#error = error;
      this.#exchange?.reject(error);
    });
  }

  static async start(options: SessionOptions): Promise<Session> {
    const directory = await mkdtemp(path.join(tmpdir(), "breakwater-lab-"));
    const pipes = ["in", "out"].map((name) => path.join(directory, name));
    await promisify(execFile)("mkfifo", pipes);
    // Open for both, so that neither side waits for the other to open, and neither sees an end of file.
    const [commands, answers] = pipes.map((pipe) => openSync(pipe, constants.O_RDWR));
    // As a socket: the event loop itself sees an answer come, where a file would be read by another thread.
    const socket = new Socket({ fd: answers, readable: true, writable: false });
    return new Session(directory, commands, socket, run(await runnerContext(), directory, options));
  }

  /** Sends commands and waits for the answer to all of them. One exchange at a time. */
  exchange(commands: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) return reject(this.#error);
      this.#exchange = { resolve, reject };
      this.#answers.ref();
      this.#send(commands);
    });
  }

  /** At once: the driver reads while this writes. */
  #send(commands: string): void {
    const line = Buffer.from(`0x${commands}\n`, "latin1");
    for (let at = 0; at < line.length;) at += writeSync(this.#commands, line, at);
  }

  /** An answer is its size (4 bytes) and so many bytes; nothing comes after it before the next is asked for. */
  #receive(chunk: Buffer): void {
    // The size may come in two parts. A long answer comes in many, which are joined once, when all are there.
    const isFirst = this.#size < 4;
    this.#received.push(chunk);
    this.#size += chunk.length;
    if (this.#size < 4) return;
    if (isFirst) {
      this.#received = [Buffer.concat(this.#received)];
      this.#expected = 4 + this.#received[0].readUInt32BE(0);
    }
    if (this.#size < this.#expected) return;
    const answer = this.#received.length === 1 ? this.#received[0] : Buffer.concat(this.#received);
    this.#received = [];
    this.#size = 0;
    this.#answers.unref();
    this.#exchange?.resolve(answer.subarray(4));
  }

  /** All that transactions and questions have touched since the start, as it is now. */
  async dump(): Promise<Dump> {
    const file = path.join(this.directory, "dump");
    await this.exchange(dumpTo(file));
    return JSON.parse(await readFile(file, "utf8")) as Dump;
  }

  /** Ends the driver, and removes its files. */
  async close(): Promise<void> {
    this.#send(END);
    await this.#ended;
    this.#answers.destroy();
    closeSync(this.#commands);
    await rm(this.directory, { recursive: true, force: true });
  }
}

function run(edr: EdrContext, directory: string, options: SessionOptions): Promise<Error> {
  const { artifact, state, hardfork, isIsolated } = options;
  const id = { name: artifact.contractName, source: artifact.sourceName, solcVersion: SOLC };
  const contract = {
    abi: JSON.stringify(artifact.abi),
    bytecode: artifact.bytecode,
    deployedBytecode: artifact.deployedBytecode,
    ...{ linkReferences: {}, deployedLinkReferences: {} },
  };
  const allowed = (name: string) => ({ access: FsAccessPermission.ReadWriteFile, path: path.join(directory, name) });
  const config: SolidityTestRunnerConfigArgs = {
    ...{ projectRoot: directory, hardfork, isolate: isIsolated, gasLimit: 2n ** 62n, memoryLimit: MEMORY },
    ...{ disableBlockGasLimit: true, disableTransactionGasCap: true },
    fsPermissions: ["in", "out", "dump"].map(allowed),
    localPredeploys: [...l1GenesisState(l1HardforkFromString(hardfork)), ...state],
    fuzz: { failurePersistDir: directory, failurePersistFile: "failures", seed: "0x1" },
    ...{ invariant: {}, observability: {} },
    collectStackTraces: CollectStackTraces.OnFailure,
    includeTraces: IncludeTraces.None,
    testPattern: "^testRun",
  };
  // The promise of the run may be kept before its result is told.
  return new Promise<Error>((resolve) => {
    const end = (reason: string) => resolve(new Error(`the runner's driver: ${reason}`));
    edr
      .runSolidityTests(
        L1_CHAIN_TYPE,
        [{ id, contract }],
        [id],
        config,
        { ignoreContracts: true, buildInfos: [] },
        ({ testResults }) => end(testResults.map((test) => test.reason ?? test.status).join("; ")),
      )
      .catch((error: unknown) => end(error instanceof Error ? error.message : String(error)));
  });
}
