import { CONGESTION } from "./parameters.ts";

/** A transaction that wants room in a block. Fees in gwei. */
export interface Bid {
  readonly gas: number;
  readonly maxFee: number; // base fee and bid together
  readonly tip: number;
}

/** Classes of background bids: from a tenth of a gwei to a hundred thousand, each 12 % above the one before. */
const LOWEST = 0.1;
const STEP = 1.12;
const CLASSES = Math.ceil(Math.log(1e6) / Math.log(STEP));

/** What a block pays for the bid's place: no more than what the base fee leaves. */
export function effectiveTip({ maxFee, tip }: Bid, baseFee: number): number {
  return Math.min(tip, maxFee - baseFee);
}

/**
 * Room in blocks, and who gets it. Background demand is a fluid in classes of what its senders would pay: each bids all of
 * it, whoever pays less than the base fee waits, and who waits loses patience. The base fee follows EIP-1559.
 */
export class FeeMarket {
  readonly #fees: readonly number[];
  readonly #shares: readonly number[];
  readonly #waiting: number[];
  #baseFee: number;

  /** @param baseFee At the start, in gwei. */
  constructor(baseFee: number) {
    this.#baseFee = baseFee;
    this.#fees = Array.from({ length: CLASSES }, (_, i) => LOWEST * STEP ** i);
    this.#waiting = this.#fees.map(() => 0);
    const { medianBidGwei, bidDeviation } = CONGESTION;
    const densities = this.#fees.map((fee) => Math.exp(-((Math.log(fee / medianBidGwei) / bidDeviation) ** 2) / 2));
    const total = densities.reduce((sum, density) => sum + density, 0);
    this.#shares = densities.map((density) => density / total);
  }

  /** Of the next slot. [gwei] */
  get baseFee(): number {
    return this.#baseFee;
  }

  /** Background gas that would pay the base fee now. */
  get waitingGas(): number {
    return this.#above(0);
  }

  /**
   * Fills one slot: the dearest first, whoever they are.
   * @param arriving Background demand, as a multiple of what blocks hold on average.
   * @param queues Bids of one sender each: the second has no chance before the first.
   * @returns What got in, in that order.
   */
  fill<T extends Bid>(arriving: number, queues: readonly (readonly T[])[], slotSeconds: number): T[] {
    const scale = slotSeconds / CONGESTION.slotSeconds; // a shorter slot holds less
    const [target, limit] = [CONGESTION.targetGas * scale, CONGESTION.limitGas * scale];
    this.#shares.forEach((share, i) => (this.#waiting[i] += arriving * target * share));
    const included: T[] = [];
    let used = 0;
    const rest = queues.map((queue) => [...queue]);
    for (let best = this.#dearest(rest); best !== undefined; best = this.#dearest(rest)) {
      const [bid] = best;
      // A transaction that is larger than a slot's limit has one to itself.
      const isTooMuch = this.#above(effectiveTip(bid, this.#baseFee)) + used + Math.min(bid.gas, limit) > limit;
      if (isTooMuch) {
        best.length = 0; // the sender's others wait behind it
        continue;
      }
      best.shift();
      included.push(bid);
      used += bid.gas;
    }
    used += this.#take(Math.max(0, limit - used));
    const change = (CONGESTION.baseFeeStep * (Math.min(used, limit) - target)) / target;
    this.#baseFee = Math.max(CONGESTION.minBaseFeeGwei, this.#baseFee * (1 + change) ** scale);
    const kept = Math.exp(-slotSeconds / CONGESTION.patienceSeconds);
    this.#waiting.forEach((gas, i) => (this.#waiting[i] = gas * kept));
    return included;
  }

  /** The queue whose first bid is the dearest that pays the base fee. */
  #dearest<T extends Bid>(queues: readonly T[][]): T[] | undefined {
    let best: T[] | undefined;
    let highest = -Infinity;
    for (const queue of queues) {
      if (queue.length === 0 || queue[0].maxFee < this.#baseFee) continue;
      const tip = effectiveTip(queue[0], this.#baseFee);
      if (tip > highest) [best, highest] = [queue, tip];
    }
    return best;
  }

  /** Background gas that is bid more for than `tip` above the base fee. */
  #above(tip: number): number {
    let sum = 0;
    this.#fees.forEach((fee, i) => (sum += fee - this.#baseFee > tip ? this.#waiting[i] : 0));
    return sum;
  }

  /** Takes background transactions in, dearest first. */
  #take(room: number): number {
    let left = room;
    for (let i = CLASSES - 1; i >= 0 && left > 0 && this.#fees[i] >= this.#baseFee; --i) {
      const taken = Math.min(this.#waiting[i], left);
      this.#waiting[i] -= taken;
      left -= taken;
    }
    return room - left;
  }
}
