import { mkdir } from "node:fs/promises";
import path from "node:path";

import { MultiProcessMutex } from "@nomicfoundation/hardhat-utils/synchronization";
import type { TaskOverrideActionFunction } from "hardhat/types/tasks";

/** Compiling everything takes some minutes on a small machine. */
const LONGEST_WAIT_MS = 15 * 60_000;

/**
 * Processes in one folder build one after the other: Hardhat writes its cache by way of one temporary file, which a second process
 * moves away from under it.
 */
const build: TaskOverrideActionFunction = async (args, { config }, runSuper): Promise<unknown> => {
  await mkdir(config.paths.cache, { recursive: true });
  const lock = new MultiProcessMutex(path.join(config.paths.cache, "build.lock"), LONGEST_WAIT_MS);
  return lock.use((): Promise<unknown> => runSuper(args));
};

export default build;
