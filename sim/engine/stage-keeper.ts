import type { Population } from "../population.ts";
import type { Rng } from "../rng.ts";
import type { World } from "./world.ts";

/** The least that is kept. */
export interface Kept {
  readonly world: World;
}

/** A world with everybody in it, before anything happens. */
export interface Stage extends Kept {
  readonly population: Population;
  readonly rng: Rng;
}

/** How a stage is made. */
export interface StageMaker<StageT extends Kept = Stage> {
  readonly build: () => Promise<World>;
  readonly fill: (world: World) => Promise<StageT>;
  /** Takes back what was built; default: the chain ends where it began. */
  readonly close?: (world: World) => Promise<void>;
}

const CLOSE = ({ chain }: World): Promise<void> => chain.close();

/**
 * Keeps the stage that runs one after the other have in common, and goes back to it: that gives the same to the bit as building
 * it anew.
 */
export class StageKeeper<StageT extends Kept = Stage> {
  #kept:
    | { readonly key: string; readonly stage: StageT; readonly close: () => Promise<void>; snapshot: unknown }
    | undefined;

  /** The stage of that name, as it is now: made, if another one or none is kept. */
  async at(key: string, maker: () => StageMaker<StageT>): Promise<StageT> {
    return (await this.#keep(key, maker)).stage;
  }

  /** The stage of that name, as it was when it was made. */
  async restored(key: string, maker: () => StageMaker<StageT>): Promise<StageT> {
    const kept = await this.#keep(key, maker);
    const { chain } = kept.stage.world;
    await chain.revert(kept.snapshot);
    kept.snapshot = await chain.snapshot(); // a snapshot serves once
    return kept.stage;
  }

  /** Takes back what was built. */
  async close(): Promise<void> {
    const kept = this.#kept;
    this.#kept = undefined;
    await kept?.close();
  }

  async #keep(key: string, maker: () => StageMaker<StageT>) {
    if (this.#kept?.key === key) return this.#kept;
    await this.close();
    const { build, fill, close = CLOSE } = maker();
    const world = await build();
    try {
      const stage = await fill(world);
      const snapshot = await stage.world.chain.snapshot();
      return (this.#kept = { key, stage, snapshot, close: () => close(world) });
    } catch (error) {
      await close(world);
      throw error;
    }
  }
}
