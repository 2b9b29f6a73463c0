import type { NetworkConnection } from "hardhat/types/network";

/** Call override: answers as of the next block, whose time must have been fixed. */
export const PENDING = { blockTag: "pending" } as const;

/**
 * Fixes the time of the next block. Reads with {@link PENDING} and the next transaction then see the same second, so that
 * a preview can be compared with what happens, to the unit.
 *
 * @param seconds From the latest block.
 */
export async function fixNextBlock({ networkHelpers }: NetworkConnection, seconds: number): Promise<void> {
  const { time } = networkHelpers;
  await time.setNextBlockTimestamp((await time.latest()) + seconds);
}
