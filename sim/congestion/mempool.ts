import type { Dropped, Intent } from "../engine/agent.ts";
import { CONGESTION } from "./parameters.ts";
import type { Bid } from "./fee-market.ts";

/** An intent that has been sent and is not in a block yet. */
export interface Waiting extends Bid {
  readonly intent: Intent;
  /** When its sender first wanted it. A replacement keeps that, and so does who tries again at once. [s since the start] */
  readonly since: number;
  readonly sinceBlock: number;
  /** When this attempt began. */
  readonly sentAt: number;
  readonly sentBlock: number;
  /** Up to when its bid has been raised. */
  readonly raisedAt: number;
}

const GWEI = 1e9;

/**
 * Our own transactions that wait for a block: each sender's in the order of sending, as nonces have it. Who sends the same
 * again replaces what waits; what waits is bid up, and given up at last.
 */
export class Mempool {
  readonly #queues = new Map<string, Map<string, Waiting>>();
  /** What was given up of late, by sender and wish. */
  readonly #expired = new Map<string, { readonly waiting: Waiting; readonly block: number }>();

  get size(): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.size, 0);
  }

  isWaiting(sender: string): boolean {
    return this.#queues.has(sender);
  }

  /** Each sender's bids, in their order. */
  queues(): Waiting[][] {
    return [...this.#queues.values()].map((queue) => [...queue.values()]);
  }

  /**
   * @param baseFee That its sender reckons with. [gwei]
   * @returns What it replaced.
   */
  add(intent: Intent, baseFee: number, now: { readonly seconds: number; readonly block: number }): Dropped | undefined {
    const queue = this.#queues.get(intent.from) ?? new Map<string, Waiting>();
    this.#queues.set(intent.from, queue);
    const key = keyOf(intent);
    const before = queue.get(key);
    const least = 1 + CONGESTION.replaceShare;
    const tip = Math.max(Number(intent.priorityFeeWei) / GWEI, (before?.tip ?? 0) * least);
    const { baseFeeHeadroom, feeCapGwei, raiseCapGwei } = CONGESTION;
    const own = capped(baseFeeHeadroom * baseFee + tip, feeCapGwei, tip);
    const maxFee = Math.max(own, capped((before?.maxFee ?? 0) * least, raiseCapGwei, tip));
    const { seconds, block } = now;
    const first = before ?? this.#again(intent, block) ?? { since: seconds, sinceBlock: block };
    const attempt = before ?? { sentAt: seconds, sentBlock: block };
    queue.set(key, {
      ...{ intent, gas: intent.gas, tip, maxFee, raisedAt: seconds },
      ...{ since: first.since, sinceBlock: first.sinceBlock, sentAt: attempt.sentAt, sentBlock: attempt.sentBlock },
    });
    return before === undefined ? undefined : { intent: before.intent, reason: "replaced" };
  }

  /** The same wish, if it was given up in the last block. */
  #again(intent: Intent, block: number): Waiting | undefined {
    const key = `${intent.from}|${keyOf(intent)}`;
    const found = this.#expired.get(key);
    this.#expired.delete(key);
    return found !== undefined && found.block >= block - 1 ? found.waiting : undefined;
  }

  remove({ intent }: Waiting): void {
    const queue = this.#queues.get(intent.from);
    queue?.delete(keyOf(intent));
    if (queue?.size === 0) this.#queues.delete(intent.from);
  }

  /** Raises what has waited, and gives up what has waited too long. */
  age(now: { readonly seconds: number; readonly block: number }): Dropped[] {
    const { raiseSeconds, raiseShare, raiseCapGwei, expirySeconds } = CONGESTION;
    const expired: Dropped[] = [];
    for (const waiting of this.queues().flat()) {
      if (now.seconds - waiting.sentAt >= expirySeconds && now.block - waiting.sentBlock >= 2) {
        this.remove(waiting);
        this.#expired.set(`${waiting.intent.from}|${keyOf(waiting.intent)}`, { waiting, block: now.block });
        expired.push({ intent: waiting.intent, reason: "expired" });
        continue;
      }
      const raises = Math.floor((now.seconds - waiting.raisedAt) / raiseSeconds);
      if (raises === 0) continue;
      const factor = (1 + raiseShare) ** raises;
      const tip = waiting.tip * factor;
      this.#queues.get(waiting.intent.from)?.set(keyOf(waiting.intent), {
        ...{ ...waiting, tip, maxFee: capped(waiting.maxFee * factor, raiseCapGwei, tip) },
        raisedAt: waiting.raisedAt + raises * raiseSeconds,
      });
    }
    return expired;
  }
}

/** Whoever does not bid more for the place alone has a limit to what it pays. */
function capped(maxFee: number, cap: number, tip: number): number {
  return Math.min(maxFee, Math.max(cap, tip));
}

/** The same call for the same accounts is the same wish, whatever its amounts. */
function keyOf({ to, label, touches }: Intent): string {
  return [to, label, ...touches].join("|");
}
