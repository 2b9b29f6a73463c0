import { tipOf, type Pending } from "./blocks.ts";

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
