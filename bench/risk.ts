/**
 * How long `risk` takes on a pool of many accounts, against a node in a process of its own; and which size of pages is
 * quickest there. `npm run bench:risk`; ACCOUNTS=10000 by default. Some minutes, most of them for
 * opening the accounts.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import hre from "hardhat";

import { Chain } from "../scripts/keeper/chain.ts";
import { Rpc } from "../scripts/keeper/rpc.ts";
import { sleep } from "../scripts/keeper/sleep.ts";
import { readDebtors, readPoolInterface } from "../scripts/risk/accounts.ts";
import { Lens, readCompiledLens } from "../scripts/risk/lens.ts";
import { readPages, readSums } from "../scripts/risk/pages.ts";
import { populateDemo } from "../scripts/risk/populate-demo.ts";
import type { Deployment } from "../sim/deployments.ts";
import { createRng } from "../sim/rng.ts";
import { runHardhat, startNode } from "../test/shared/node-process.ts";

const ACCOUNTS = Number(process.env.ACCOUNTS ?? 10_000);
const SIZES = [50, 100, 200, 400];
const CONCURRENCIES = [1, 2, 4];
const EVERY = 1_000;

const seconds = async <T>(work: () => Promise<T>): Promise<[number, T]> => {
  const start = performance.now();
  const value = await work();
  return [(performance.now() - start) / 1_000, value];
};

const node = await startNode();
const directory = await mkdtemp(path.join(tmpdir(), "bench-risk-"));
const environment = { LOCALHOST_RPC_URL: node.url, BREAKWATER_DEPLOYMENTS: directory };
const connection = await hre.network.create({ network: "localhost", override: { url: node.url } });
try {
  const deployed = await runHardhat(["deploy", "--network", "localhost"], environment);
  if (deployed.code !== 0) throw new Error(deployed.stderr);
  const [file] = await readdir(directory);
  const deployment = JSON.parse(await readFile(path.join(directory, file), "utf8")) as Deployment;
  const [populating] = await seconds(() =>
    populateDemo(connection, deployment, {
      count: ACCOUNTS,
      onProgress: (opened) => {
        if (opened % EVERY === 0) console.log(`${opened} accounts opened`);
      },
    }),
  );
  console.log(`${ACCOUNTS} accounts opened in ${populating.toFixed(0)} s\n`);

  const rpc = new Rpc(connection.provider, { sleep, rng: createRng("bench") });
  const head = await new Chain(rpc).block("latest");
  if (head === undefined) throw new Error("no blocks");
  const { pool, riskLens } = deployment.contracts;
  const abi = await readPoolInterface(hre);
  const [reading, accounts] = await seconds(() => readDebtors(rpc, pool, abi, head, { logRange: 5_000 }));
  console.log(`events of ${accounts.length} debtors read in ${reading.toFixed(2)} s\n`);

  const lens = new Lens(rpc, await readCompiledLens(hre), { address: riskLens ?? "" }, head.number);
  console.log("pages of  at once  sums [s]  accounts [s]");
  for (const size of SIZES) {
    for (const concurrency of CONCURRENCIES) {
      const pages = { size, concurrency };
      const [sums] = await seconds(() => readSums(accounts, (page) => lens.sumsOf(pool, page), pages));
      const [each] = await seconds(() => readPages(accounts, (page) => lens.accountsOf(pool, page), pages));
      const cells = [String(size).padStart(8), String(concurrency).padStart(8)];
      console.log([...cells, sums.toFixed(2).padStart(9), each.toFixed(2).padStart(13)].join(" "));
    }
  }

  for (const args of [
    ["--accounts", "0"],
    ["--accounts", "10"],
  ]) {
    const [task, done] = await seconds(() =>
      runHardhat(["risk", "--network", "localhost", "--json", ...args], environment),
    );
    if (done.code !== 0) throw new Error(done.stderr);
    const { pools } = JSON.parse(done.stdout) as { pools: { accounts: { owing: number; complete: boolean } }[] };
    const { owing, complete } = pools[0].accounts;
    console.log(
      `\nrisk ${args.join(" ")}: ${task.toFixed(1)} s, process and all; ${owing} accounts, complete: ${complete}`,
    );
  }
} finally {
  await connection.close();
  await node.stop();
  await rm(directory, { recursive: true });
}
