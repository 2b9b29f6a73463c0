import type { Agent, Dropped, Intent, Outcome, View } from "../engine/agent.ts";
import type { ExchangeOrder } from "../market/exchange.ts";
import type { Rng } from "../rng.ts";
import { STALE_GAS } from "./kicker.ts";

/** Blocks from decision to transaction: from, to, both included. */
export type Latency = readonly [from: number, to: number];

/** Everybody acts on what the newest block shows, in the next. */
export const NO_LATENCY: Latency = [0, 0];
/** That can be asked for. [blocks] */
export const MOST_LATENCY = 1_000;

/**
 * Makes an agent slow: what it decides on accounts is sent some blocks later, as it was decided. Of accounts that it has
 * something on the way for it sees nothing meanwhile. Its transfers are routine and as quick as ever.
 */
export class Late implements Agent {
  readonly kind: string;
  readonly name: string;
  readonly members: readonly string[];
  readonly #agent: Agent;
  readonly #latency: Latency;
  #coming: { readonly block: number; readonly intent: Intent }[] = [];

  constructor(agent: Agent, latency: Latency) {
    ({ kind: this.kind, name: this.name, members: this.members } = agent);
    this.#agent = agent;
    this.#latency = latency;
  }

  async prepare(view: View): Promise<void> {
    await this.#agent.prepare?.(view);
  }

  async decide(view: View, rng: Rng): Promise<Intent[]> {
    const delays = rng.fork("latency"); // a stream of its own: who is quick draws what it always drew
    const known = new Set(this.#coming.flatMap(({ intent }) => intent.touches));
    const positions = new Map([...view.positions].filter(([account]) => !known.has(account)));
    const [from, to] = this.#latency;
    const now: Intent[] = [];
    for (const intent of await this.#agent.decide({ ...view, positions }, rng)) {
      if (intent.touches.length === 0) now.push(intent);
      else this.#coming.push({ block: view.block + from + delays.integer(to - from + 1), intent });
    }
    for (const { block, intent } of this.#coming) if (block <= view.block) now.push(withGas(intent, view));
    this.#coming = this.#coming.filter(({ block }) => block > view.block);
    return now;
  }

  settle(outcomes: readonly Outcome[], view: View): readonly ExchangeOrder[] {
    return this.#agent.settle?.(outcomes, view) ?? [];
  }

  forget(dropped: readonly Dropped[], view: View): void {
    this.#agent.forget?.(dropped, view);
  }
}

/** Since it was decided the risk engine may have become stale. The intent itself, whose sender may look out for it. */
function withGas(intent: Intent, { state }: View): Intent {
  return state.isRiskStale && intent.gas < STALE_GAS ? Object.assign(intent, { gas: STALE_GAS }) : intent;
}
