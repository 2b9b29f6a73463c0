import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import type { Kept, StageKeeper } from "./engine/stage-keeper.ts";
import { buildWorld, type World, type WorldOptions } from "./engine/world.ts";
import { moveToRunner } from "./runner/move.ts";

/** Worlds in which nobody is yet: runs with other seeds have them in common. */
export type Worlds = StageKeeper<Kept>;

/**
 * Builds a world, or goes back to the one that is kept, lets something be done in it, and takes it back.
 * @param isMoved True: it moves to the runner, if that can be had, and may be kept.
 */
export async function inDeployedWorld<T>(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  options: WorldOptions,
  isMoved: boolean,
  worlds: Worlds | undefined,
  act: (world: World) => Promise<T>,
): Promise<T> {
  const build = () => buildWorld(hre, connection, options);
  const move = async (world: World) => {
    if (isMoved) await moveToRunner(hre, connection, world.chain);
    return { world };
  };
  if (worlds !== undefined && isMoved) {
    const { world } = await worlds.restored(keyOf(options), () => ({ build, fill: move }));
    return act(world);
  }
  await worlds?.close(); // the chain is one
  const world = await build();
  try {
    await move(world);
    return await act(world);
  } finally {
    await world.chain.close();
  }
}

/** All that decides what a world is. Of a scenario's functions that is the path's start and range, which are said. */
function keyOf(options: WorldOptions): string {
  const { scenario, parameters, curve, startPrice, features, profile, lendingScale, priceRange, rival } = options;
  return JSON.stringify({
    ...{ scenario, parameters, curve, startPrice, features, profile, lendingScale, priceRange, rival },
  } satisfies Record<keyof WorldOptions, unknown>);
}
