/**
 * What a block costs as the crowd grows: `npm run bench:accounts`. The same crash with the same debt, in pieces: a hundred, a
 * thousand and ten thousand borrowers (`BENCH_ACCOUNTS`) and twenty loopers. Costs are of processor time of the
 * whole process; "to linear" is the growth of a block's cost ÷ the growth of the crowd, since the row before: above 1 would be worse than
 * linear.
 */
import hre from "hardhat";

import { createAgents } from "../sim/agents/create-agents.ts";
import { DEFAULTS, LAB } from "../sim/config.ts";
import { populate } from "../sim/engine/populate.ts";
import { runScenario } from "../sim/engine/run.ts";
import { buildWorld } from "../sim/engine/world.ts";
import { planPopulation } from "../sim/population.ts";
import { createRng } from "../sim/rng.ts";
import { moveToRunner } from "../sim/runner/move.ts";
import { createShockScenario } from "../sim/scenarios/shock.ts";

const CROWDS = (process.env.BENCH_ACCOUNTS ?? "100,1000,10000").split(",").map(Number);
const FALL_SECONDS = Number(process.env.BENCH_SECONDS ?? 3_600);
const LOOPERS = 20;
/** Low enough for ten thousand to share the debt. [loan asset] */
const PARAMETERS = { ...DEFAULTS, lab: { ...LAB, minDebt: 200 } };

const scenario = createShockScenario(-0.4, FALL_SECONDS, "WETH");

async function cpuSeconds(act: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function measure(borrowers: number) {
  const rng = createRng("accounts");
  const path = scenario.path(rng.fork("path"));
  const connection = await hre.network.create();
  const world = await buildWorld(hre, connection, {
    ...{ scenario, curve: "dutch", startPrice: path[0], parameters: PARAMETERS },
  });
  if ((await moveToRunner(hre, connection, world.chain)) === undefined) throw new Error("no runner on this machine");
  const counts = { borrowers, loopers: LOOPERS, dipBuyers: 0 };
  const population = planPopulation(rng.fork("population"), counts, world.profile, path[0], PARAMETERS.lab);
  const members = createAgents(world, population).flatMap((agent) => agent.members);
  const populating = await cpuSeconds(() => populate(world, population, { members, rng, isLimited: false }));
  let blocks = 0;
  let transactions = 0;
  let liquidated = 0;
  const running = await cpuSeconds(async () => {
    const { metrics } = await runScenario(world, population, { path, hasImpact: true, rng: rng.fork("run") });
    ({ blocks, transactions } = metrics);
    liquidated = metrics.accountsLiquidated;
  });
  globalThis.gc?.();
  const resident = process.memoryUsage().rss / 1e6;
  await world.chain.close();
  await connection.close();
  return { accounts: borrowers + counts.loopers, populating, blocks, transactions, liquidated, running, resident };
}

console.log(scenario.title);
console.log(
  "accounts  populate s  blocks  transactions  liquidated  run s  ms/block  µs/account  to linear  resident MB",
);
let before: { accounts: number; msPerBlock: number } | undefined;
for (const borrowers of CROWDS) {
  const m = await measure(borrowers);
  const msPerBlock = (1e3 * m.running) / m.blocks;
  const growth =
    before === undefined ? "–" : ((msPerBlock / before.msPerBlock) * (before.accounts / m.accounts)).toFixed(2);
  const cells = [
    String(m.accounts).padStart(8),
    m.populating.toFixed(1).padStart(11),
    String(m.blocks).padStart(7),
    String(m.transactions).padStart(13),
    String(m.liquidated).padStart(11),
    m.running.toFixed(1).padStart(6),
    msPerBlock.toFixed(1).padStart(9),
    ((1e3 * msPerBlock) / m.accounts).toFixed(0).padStart(11),
    growth.padStart(10),
    m.resident.toFixed(0).padStart(12),
  ];
  console.log(cells.join(" "));
  before = { accounts: m.accounts, msPerBlock };
}
process.exit(0);
