import { Session, type SessionOptions } from "./session.ts";
import { Answer, setClock } from "./wire.ts";

/** A block as it was mined: what was sent to the runner, in the order of the block, and what came back. */
export interface RecordedBlock {
  readonly timestamp: number;
  readonly number: number;
  readonly commands: readonly string[];
  readonly outcomes: readonly Buffer[];
  /** For messages. */
  readonly names: readonly { readonly from: string; readonly to: string; readonly label?: string }[];
}

/** A replayed operation did something else than the recorded one. */
export class ReplayDiffers extends Error {
  override readonly name = "ReplayDiffers";
}

/** Blocks that go to the runner in one message. */
const BLOCKS_A_MESSAGE = 64;
/** Of an outcome: whether it succeeded, gas, size of what follows. */
const GAS_FROM = 1;
const GAS_TO = 9;

/**
 * Executes recorded operations again on the same bytecode. Every event of every operation must be that of the recording, to the
 * last bit, or the error of one that failed: amounts are in events, so no wei can differ unnoticed.
 */
export class Replay {
  readonly #session: Session;
  readonly #isIsolated: boolean;

  private constructor(session: Session, isIsolated: boolean) {
    this.#session = session;
    this.#isIsolated = isIsolated;
  }

  /** @param options With the state that the recording began with. */
  static async start(options: SessionOptions): Promise<Replay> {
    return new Replay(await Session.start(options), options.isIsolated);
  }

  /**
   * @returns Operations executed.
   * @throws ReplayDiffers at the first operation that did something else.
   */
  async execute(blocks: readonly RecordedBlock[]): Promise<number> {
    let operations = 0;
    for (let from = 0; from < blocks.length; from += BLOCKS_A_MESSAGE) {
      const part = blocks.slice(from, from + BLOCKS_A_MESSAGE);
      const message = part.map(({ timestamp, number, commands }) => setClock(timestamp, number) + commands.join(""));
      const answer = new Answer(await this.#session.exchange(message.join("")));
      for (const block of part) {
        block.outcomes.forEach((recorded, i) => this.#require(answer.skip(), recorded, block, i));
        operations += block.outcomes.length;
      }
    }
    return operations;
  }

  /** Calls of one transaction pay less gas than transactions: what they cost is compared only where they are isolated. */
  #require(actual: Buffer, recorded: Buffer, { number, names }: RecordedBlock, i: number): void {
    const isSame = this.#isIsolated
      ? actual.equals(recorded)
      : actual[0] === recorded[0] && actual.subarray(GAS_TO).equals(recorded.subarray(GAS_TO));
    if (isSame) return;
    const { from, to, label = "a transaction" } = names[i];
    const gas = (outcome: Buffer) => outcome.readUIntBE(GAS_FROM + 2, 6);
    throw new ReplayDiffers(
      `block ${number}, operation ${i}: "${label}" from ${from} to ${to} did not what it did when it was recorded ` +
        `(succeeded ${actual[0]} against ${recorded[0]}, gas ${gas(actual)} against ${gas(recorded)})`,
    );
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}
