import type { Dropped, Intent } from "../engine/agent.ts";
import type { Admitted, BlockSpace, Filling } from "../engine/block-space.ts";
import { effectiveTip, FeeMarket } from "./fee-market.ts";
import { Mempool, type Waiting } from "./mempool.ts";
import { CONGESTION } from "./parameters.ts";
import type { Demand } from "./profile.ts";

const GWEI = 1e9;
/** The market runs for so long before anybody looks, so that it does not begin empty. [s] */
const WARM_UP_SECONDS = 3_600;

/**
 * Blocks with background demand in them. A block of the lab is as many slots as mainnet would have had in its time; what got
 * into one of them is mined with it, at the mean of their base fees.
 */
export class CongestedSpace implements BlockSpace {
  readonly #demand: Demand;
  readonly #market: FeeMarket;
  readonly #mempool = new Mempool();
  /** Base fees of the last slots, in gwei, and how long each lasted. */
  readonly #recent: { readonly fee: number; readonly seconds: number }[] = [];
  /** What was decided while others of its sender's waited. */
  readonly #outdated = new WeakSet<Intent>();

  /** @param baseFeeGwei To begin with. */
  constructor(demand: Demand, baseFeeGwei: number) {
    this.#demand = demand;
    this.#market = new FeeMarket(baseFeeGwei);
    const { slotSeconds } = CONGESTION;
    for (let before = WARM_UP_SECONDS; before > 0; before -= slotSeconds) {
      this.#slot(-before, slotSeconds);
    }
  }

  /** As everybody believes it to be: the mean of the last minutes. */
  get baseFeeWei(): bigint {
    return inWei(this.#estimate);
  }

  get #estimate(): number {
    let [sum, time] = [0, 0];
    for (const { fee, seconds } of this.#recent) [sum, time] = [sum + fee * seconds, time + seconds];
    return sum / time;
  }

  /** @returns What got in, with what it pays for its place. */
  #slot(at: number, seconds: number): { readonly waiting: Waiting; readonly tip: number }[] {
    const fee = this.#market.baseFee;
    this.#recent.push({ fee, seconds });
    while (this.#recent.length * seconds > CONGESTION.estimateSeconds && this.#recent.length > 1) this.#recent.shift();
    const included = this.#market.fill(this.#demand.next(at, seconds), this.#mempool.queues(), seconds);
    for (const waiting of included) this.#mempool.remove(waiting);
    return included.map((waiting) => ({ waiting, tip: effectiveTip(waiting, fee) }));
  }

  fill(
    fresh: readonly Intent[],
    now: { readonly block: number; readonly seconds: number; readonly blockSeconds: number },
  ): Filling {
    const dropped: Dropped[] = this.#mempool.age(now);
    for (const intent of fresh) if (this.#mempool.isWaiting(intent.from)) this.#outdated.add(intent);
    for (const intent of fresh) {
      const replaced = this.#mempool.add(intent, this.#estimate, now);
      if (replaced !== undefined) dropped.push(replaced);
    }
    const slots = Math.max(1, Math.round(now.blockSeconds / CONGESTION.slotSeconds));
    const slotSeconds = now.blockSeconds / slots;
    let baseFees = 0;
    const mined = Array.from({ length: slots }, (_, slot) => {
      baseFees += this.#market.baseFee;
      return this.#slot(now.seconds + slot * slotSeconds, slotSeconds);
    }).flat();
    const late = new Set(
      mined.filter(({ waiting }) => waiting.sentBlock < now.block).map(({ waiting }) => waiting.intent),
    );
    return {
      admitted: mined.map(({ waiting, tip }): Admitted => ({
        ...{ intent: waiting.intent, priorityFeeWei: inWei(tip) },
        ...{ waitedBlocks: now.block - waiting.sinceBlock, waitedSeconds: now.seconds - waiting.since },
      })),
      ...{ dropped, baseFeeWei: inWei(baseFees / slots), waiting: this.#mempool.size },
      isOutdated: (intent) => late.has(intent) || this.#outdated.has(intent),
    };
  }
}

function inWei(gwei: number): bigint {
  return BigInt(Math.round(gwei * GWEI));
}
