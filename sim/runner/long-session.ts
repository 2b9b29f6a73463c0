import type { AccountOverride } from "@nomicfoundation/edr";

import { Session, type SessionOptions } from "./session.ts";
import { sizeOf, withDump } from "./state.ts";

/** When a new session begins. */
export interface Renewal {
  /** Commands after which it is looked what has been touched, the first time. [digits] */
  readonly firstLook: number;
  /** Touched accounts and slots with which it is done. */
  readonly worthIt: number;
}

/**
 * A look after some five hundred accounts' coming in, or five thousand accounts' being asked for; and what makes each transaction a
 * quarter dearer: with less, beginning anew does not pay.
 */
const USUAL: Renewal = { firstLook: 600_000, worthIt: 5_000 };

/** A session and what it began with. Those that have snapshots are kept while there is a later one. */
interface Generation {
  readonly session: Session;
  readonly state: readonly AccountOverride[];
  hasSnapshots: boolean;
  weight: number;
  nextLook: number;
}

/** Where a snapshot was taken. */
export interface Mark {
  readonly session: Session;
  readonly weight: number;
}

/**
 * A session without end. With each transaction the runner copies all that was touched before, so that a crowd that grows would
 * make each of its transactions dearer than the one before. So what has been touched becomes the start of a new session from time to time.
 */
export class LongSession {
  readonly #options: Omit<SessionOptions, "state">;
  readonly #renewal: Renewal;
  #generations: Generation[];

  private constructor(options: Omit<SessionOptions, "state">, renewal: Renewal, first: Generation) {
    this.#options = options;
    this.#renewal = renewal;
    this.#generations = [first];
  }

  static async start({ state, ...options }: SessionOptions, renewal = USUAL): Promise<LongSession> {
    return new LongSession(options, renewal, await begin(options, state, renewal.firstLook));
  }

  get #newest(): Generation {
    return this.#generations[this.#generations.length - 1];
  }

  /** Changes when a new session has begun. */
  get current(): Session {
    return this.#newest.session;
  }

  exchange(commands: string): Promise<Buffer> {
    this.#newest.weight += commands.length;
    return this.#newest.session.exchange(commands);
  }

  /** To be called between two exchanges: goes over to a new session if it is time to. */
  async renew(): Promise<void> {
    const newest = this.#newest;
    if (newest.weight < newest.nextLook) return;
    const dump = await newest.session.dump();
    if (sizeOf(dump) < this.#renewal.worthIt) {
      newest.nextLook = 2 * newest.weight;
      return;
    }
    const next = await begin(this.#options, withDump(newest.state, dump), this.#renewal.firstLook);
    if (newest.hasSnapshots) this.#generations.push(next);
    else {
      this.#generations[this.#generations.length - 1] = next;
      await newest.session.close();
    }
  }

  /** To be called with each snapshot that the current session has taken. */
  mark(): Mark {
    this.#newest.hasSnapshots = true;
    const { session, weight } = this.#newest;
    return { session, weight };
  }

  /**
   * Makes the session of a snapshot the current one; those after it end.
   * @returns What the driver answers to the command that goes back in it.
   */
  async goBack({ session, weight }: Mark, command: string): Promise<Buffer> {
    if (!this.#generations.some((generation) => generation.session === session)) {
      throw new Error("the session of the snapshot has ended");
    }
    while (this.#newest.session !== session) await this.#generations.pop()?.session.close();
    this.#newest.weight = weight;
    return session.exchange(command);
  }

  async close(): Promise<void> {
    for (const { session } of this.#generations) await session.close();
  }
}

async function begin(
  options: Omit<SessionOptions, "state">,
  state: readonly AccountOverride[],
  nextLook: number,
): Promise<Generation> {
  const session = await Session.start({ ...options, state });
  return { session, state, hasSnapshots: false, weight: 0, nextLook };
}
