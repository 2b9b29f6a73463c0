import { formatUnits } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import type { Totals } from "../scripts/keeper/bookkeeping.ts";
import { createLog, describeError } from "../scripts/keeper/log.ts";
import { createMetrics } from "../scripts/keeper/metrics.ts";
import { serveMetrics } from "../scripts/keeper/metrics-server.ts";
import { parseKeeperOptions, type KeeperArguments } from "../scripts/keeper/options.ts";
import { StoppedError } from "../scripts/keeper/rpc.ts";
import { setUpKeeper } from "../scripts/keeper/setup.ts";
import { runTask, UserError } from "./shared/user-error.ts";

const NOTHING: Totals = { transactions: {}, profit: 0n, rewards: 0n, gasSpent: 0n };

/** `npx hardhat keeper`: see the definition in `tasks/pool-tasks.ts`. */
export default runTask<KeeperArguments, Totals>(async (args, hre) => {
  const options = parseKeeperOptions(args);
  if (!args.noCompile) await hre.tasks.getTask("build").run({ quiet: true });
  const connection = await connect(hre, options.rpc);
  const log = createLog({
    level: options.logLevel,
    write: (line) => process.stdout.write(`${line}\n`),
    now: () => Date.now(),
    base: { pid: process.pid },
  });
  const metrics = createMetrics({ processMetrics: options.port !== undefined });
  const stop = stopOnSignals((signal) => log("info", "keeper.stopping", { signal }));
  try {
    const ready = await setUpKeeper(hre, connection, options, { log, metrics, signal: stop.signal });
    const server =
      options.port === undefined
        ? undefined
        : await serveMetrics({
            ...{ registry: metrics.registry, host: options.host, port: options.port },
            complaint: () => ready.keeper.complaint,
          }).catch(async (error: unknown) => {
            await ready.close();
            throw error;
          });
    log("info", "keeper.started", { account: ready.address, ...(server === undefined ? {} : { port: server.port }) });
    try {
      const totals = await ready.keeper.run(stop.signal);
      log("info", "keeper.stopped", { ...totals, gasSpent: formatUnits(totals.gasSpent, 18) });
      return totals;
    } catch (error) {
      log("error", "keeper.failed", { message: describeError(error) });
      throw new UserError(describeError(error), { cause: error });
    } finally {
      await server?.close();
      await ready.close();
    }
  } catch (error) {
    if (error instanceof StoppedError) return NOTHING;
    throw error;
  } finally {
    stop.dispose();
    metrics.registry.clear();
    await connection.close();
  }
});

/** The node of the chosen network, or the one that `--rpc` names, with the accounts of the network. */
async function connect(hre: HardhatRuntimeEnvironment, url: string | undefined): Promise<NetworkConnection> {
  const name = hre.globalOptions.network;
  const isHttp = name !== undefined && hre.config.networks[name]?.type === "http";
  if (!isHttp && (url === undefined || name !== undefined)) {
    throw new UserError("a keeper watches a node: add --network localhost, or --rpc with its address");
  }
  const network = name ?? "localhost";
  return hre.network.create(url === undefined ? { network } : { network, override: { url } });
}

/** The first signal asks for a clean end, the second does not wait for it. */
function stopOnSignals(report: (signal: string) => void) {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(130);
    report(signal);
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    dispose: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
