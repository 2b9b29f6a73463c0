import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { missingFromOurs, type Defence } from "./defences.ts";
import { activePool, type PoolOptions } from "./pool-fixtures.ts";

/** Runs an attack on the real pool and on one without the defence against it, each on a chain of its own. */
export async function onPools<T, P>(
  defence: Defence,
  attack: (p: P) => Promise<T>,
  fixture: (connection: NetworkConnection, options: PoolOptions) => Promise<P>,
): Promise<{ ours: T; weak: T }> {
  const run = async (without: Defence | undefined) => {
    const connection = await network.create();
    try {
      return await attack(await fixture(connection, { without }));
    } finally {
      await connection.close();
    }
  };
  return { ours: await run(missingFromOurs(defence)), weak: await run(defence) };
}

/** The same on {@link activePool}. */
export function onActivePools<T>(
  defence: Defence,
  attack: (p: Awaited<ReturnType<typeof activePool>>) => Promise<T>,
): Promise<{ ours: T; weak: T }> {
  return onPools(defence, attack, activePool);
}

/** What a transaction was refused with, or "done". */
export function outcome(transaction: Promise<unknown>): Promise<string> {
  return transaction.then(
    () => "done",
    (error: unknown) => String(error),
  );
}

/** Only on the real pool, or what stands for it while the defence is removed. */
export async function onOurs<T, P>(
  defence: Defence,
  attack: (p: P) => Promise<T>,
  fixture: (connection: NetworkConnection, options: PoolOptions) => Promise<P>,
): Promise<T> {
  const connection = await network.create();
  try {
    return await attack(await fixture(connection, { without: missingFromOurs(defence) }));
  } finally {
    await connection.close();
  }
}
