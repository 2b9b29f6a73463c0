import type { Chain } from "./chain.ts";
import { describeError, type Log } from "./log.ts";

/**
 * The block in which a contract was created, by bisection. A node without old states cannot tell: then 0, which costs
 * reading more blocks than need be, and misses nothing.
 */
export async function findFirstBlock(chain: Chain, address: string, head: number, log: Log): Promise<number> {
  let [low, high] = [0, head];
  try {
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((await chain.code(address, middle)) === "0x") low = middle + 1;
      else high = middle;
    }
    return low;
  } catch (error) {
    log("warn", "first-block.unknown", { message: describeError(error), advice: "--from-block" });
    return 0;
  }
}
