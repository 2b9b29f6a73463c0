import type { Counter, Gauge } from "prom-client";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Log } from "../../scripts/keeper/log.ts";
import { createMetrics } from "../../scripts/keeper/metrics.ts";
import { parseKeeperOptions, type KeeperArguments } from "../../scripts/keeper/options.ts";
import type { Eip1193 } from "../../scripts/keeper/rpc.ts";
import { setUpKeeper } from "../../scripts/keeper/setup.ts";
import { collateralFirst } from "./flash-fixtures.ts";

/** The scene of `flash-fixtures`, with a lens. Nobody was kicked yet. */
export async function keeperScene(connection: NetworkConnection) {
  const scene = await collateralFirst(connection);
  const lens = await scene.ethers.deployContract("AccountLens");
  const signers = await scene.ethers.getSigners();
  const venues = [scene.eth, scene.btc].map(({ collateral, venue }) => `${collateral}=${venue.address}`).join(",");
  return { ...scene, lensAddress: await lens.getAddress(), keepers: signers.slice(-2), venues };
}

export type KeeperScene = Awaited<ReturnType<typeof keeperScene>>;

export interface LineOfLog {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What the options of the task are when nothing is said. */
export function defaultArguments(): KeeperArguments {
  const options = [...hre.tasks.getTask("keeper").options];
  return Object.fromEntries(
    options.map(([name, { defaultValue }]) => [name, defaultValue]),
  ) as unknown as KeeperArguments;
}

/** A new checkpoint file, of which nothing is there yet. */
export function freshState(): string {
  return path.join(mkdtempSync(path.join(tmpdir(), "keeper-")), "state.json");
}

/** A whole keeper on a chain of this process. Its rounds are the test's to run. */
export async function startKeeper(
  scene: Pick<KeeperScene, "connection" | "poolAddress" | "flashAddress" | "lensAddress" | "keepers" | "venues">,
  changed: Partial<KeeperArguments> = {},
  { provider, index = 0 }: { provider?: Eip1193; index?: number } = {},
) {
  const lines: LineOfLog[] = [];
  const log: Log = (_level, event, fields = {}) => void lines.push({ event, fields });
  const metrics = createMetrics();
  const stop = new AbortController();
  const state = changed.state ?? freshState();
  const options = parseKeeperOptions({
    ...defaultArguments(),
    ...{ pool: scene.poolAddress, lens: scene.lensAddress, liquidator: scene.flashAddress, state, seed: "1" },
    ...{
      venues: scene.venues,
      account: scene.keepers[index].address,
      ethPrice: "1700",
      interval: "50",
      stopTimeout: "0",
    },
    ...changed,
  });
  const { keeper, close } = await setUpKeeper(hre, scene.connection, options, {
    ...{ log, metrics, signal: stop.signal, sleep: () => Promise.resolve() },
    ...(provider === undefined ? {} : { provider }),
  });
  return { keeper, close, metrics, lines, stop, state, address: scene.keepers[index].address };
}

/** Value of a metric with these labels; 0 if it was never touched. */
export async function valueOf<L extends string>(
  metric: Counter<L> | Gauge<L>,
  labels: Partial<Record<L, string>> = {},
): Promise<number> {
  const { values } = await metric.get();
  const wanted = Object.entries(labels);
  return values
    .filter((entry) => wanted.every(([name, value]) => (entry.labels as Record<string, unknown>)[name] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
