import type { Rng } from "../rng.ts";
import { tipOf, type Pending } from "./blocks.ts";

/** How a block is ordered: by what is bid, by chance, or first come, first served. */
export const ORDERINGS = ["fee", "random", "arrival"] as const;
export type OrderingName = (typeof ORDERINGS)[number];

/** Places in `pending`, in the order of the block. Each sender's are in the order of sending, as nonces demand. */
export type Ordering = (pending: readonly Pending[], baseFeeWei: bigint) => number[];

/** @param rng For the random one, which has a stream of its own for each block. */
export function orderOf(name: OrderingName, rng: Rng): Ordering {
  if (name === "fee") return orderByTip;
  if (name === "arrival") return (pending) => pending.map((_, i) => i);
  let blocks = 0;
  return (pending) => {
    const drawn = rng.fork(String(blocks++));
    const order = pending.map((_, i) => i);
    for (let i = order.length - 1; i > 0; --i) {
      const j = drawn.integer(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    // Each sender keeps the places that it drew, and fills them in its own order.
    const queues = new Map<string, number[]>();
    pending.forEach(({ from }, i) => queues.set(from, [...(queues.get(from) ?? []), i]));
    return order.map((i) => queues.get(pending[i].from)?.shift() ?? i);
  };
}

/**
 * The order of a block as EDR's miner and others have it: the dearest first, of equals the first sent, and each sender's in
 * the order of sending, as nonces demand: what waits behind a cheap one of its sender's has no chance before it.
 * @returns Places in `pending`, in the order of the block.
 */
export function orderByTip(pending: readonly Pending[], baseFeeWei: bigint): number[] {
  const tips = pending.map((transaction) => tipOf(transaction, baseFeeWei));
  const queues = new Map<string, number[]>();
  pending.forEach(({ from }, i) => {
    const queue = queues.get(from);
    if (queue === undefined) queues.set(from, [i]);
    else queue.push(i);
  });
  const waiting = [...queues.values()].map((queue) => ({ queue, next: 0 }));
  const order: number[] = [];
  while (order.length < pending.length) {
    let best: { queue: number[]; next: number } | undefined;
    for (const each of waiting) {
      if (each.next === each.queue.length) continue;
      const [mine, theirs] = [each.queue[each.next], best?.queue[best.next]];
      if (theirs === undefined || tips[mine] > tips[theirs] || (tips[mine] === tips[theirs] && mine < theirs)) {
        best = each;
      }
    }
    if (best === undefined) break;
    order.push(best.queue[best.next]);
    best.next += 1;
  }
  return order;
}
