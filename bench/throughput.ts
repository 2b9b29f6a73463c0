/**
 * How fast a crash is simulated, in one run: `npm run bench:throughput`. All four execute operations of the same crash, with a
 * thousand borrowers, on the same contracts:
 *
 * - naive: ethers, automine, one await a transaction; what had failed is left out, as ethers cannot estimate its gas;
 * - node: the lab's run on Hardhat's provider;
 * - chain: the lab's run in EDR's Solidity runner, with agents that see every step;
 * - replay: the recorded operations of that run, executed again and compared event by event.
 *
 * Rates are per second of processor time of the whole process, which other processes disturb less, and per second that passed.
 */
import hre from "hardhat";

import { createAgents } from "../sim/agents/create-agents.ts";
import { addressOf, planPopulation } from "../sim/population.ts";
import { populate } from "../sim/engine/populate.ts";
import { runScenario } from "../sim/engine/run.ts";
import { buildWorld } from "../sim/engine/world.ts";
import { createRng } from "../sim/rng.ts";
import { moveToRunner } from "../sim/runner/move.ts";
import { Replay, type RecordedBlock } from "../sim/runner/replay.ts";
import { createShockScenario } from "../sim/scenarios/shock.ts";

const BORROWERS = Number(process.env.BENCH_BORROWERS ?? 1_000);
const NAIVE_TRANSACTIONS = Number(process.env.BENCH_NAIVE ?? 1_000);
const REPLAYS = Number(process.env.BENCH_REPLAYS ?? 5);
const FALL_SECONDS = Number(process.env.BENCH_SECONDS ?? 3_600);

interface Measured {
  readonly operations: number;
  readonly blocks: number;
  readonly cpuSeconds: number;
  readonly seconds: number;
}

async function measure(
  act: () => Promise<{ readonly operations: number; readonly blocks: number }>,
): Promise<Measured> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const done = await act();
  const { user, system } = process.cpuUsage(before);
  return { ...done, cpuSeconds: (user + system) / 1e6, seconds: (performance.now() - start) / 1e3 };
}

const scenario = createShockScenario(-0.4, FALL_SECONDS, "WETH");
const rng = createRng("bench");
const path = scenario.path(rng.fork("path"));

/** A populated world, in the runner or not. */
async function stage(engine: "runner" | "node") {
  const connection = await hre.network.create();
  const world = await buildWorld(hre, connection, { scenario, curve: "dutch", startPrice: path[0] });
  const moved = engine === "runner" ? await moveToRunner(hre, connection, world.chain) : undefined;
  if (engine === "runner" && moved === undefined) throw new Error("there is no runner on this machine");
  const blocks: RecordedBlock[] = [];
  if (moved !== undefined) moved.blocks.onBlock = (block) => blocks.push(block);
  const counts = { borrowers: BORROWERS, loopers: 20, dipBuyers: 0 };
  const population = planPopulation(rng.fork("population"), counts, world.profile, path[0]);
  const members = createAgents(world, population).flatMap((agent) => agent.members);
  await populate(world, population, { members, rng, isLimited: false });
  const perform = () =>
    measure(async () => {
      const { metrics } = await runScenario(world, population, { path, hasImpact: true, rng: rng.fork("run") });
      return { operations: metrics.transactions, blocks: metrics.blocks };
    });
  return { connection, world, moved, blocks, perform, populated: blocks.length };
}

const fast = await stage("runner");
const chain = await fast.perform();
const { blocks: recorded, populated, moved } = fast;
if (moved === undefined) throw new Error("not moved");
await fast.world.chain.close();

/** Several times, as one takes a third of a second. */
async function replay(isIsolated: boolean): Promise<Measured> {
  const all: Measured[] = [];
  for (let i = 0; i < REPLAYS; ++i) all.push(await replayOnce(isIsolated));
  const sum = (key: keyof Measured) => all.reduce((total, one) => total + one[key], 0);
  return {
    operations: sum("operations"),
    blocks: sum("blocks"),
    cpuSeconds: sum("cpuSeconds"),
    seconds: sum("seconds"),
  };
}

async function replayOnce(isIsolated: boolean): Promise<Measured> {
  if (moved === undefined) throw new Error("not moved");
  const session = await Replay.start({ ...moved.options, isIsolated });
  await session.execute(recorded.slice(0, populated));
  const run = recorded.slice(populated);
  const measured = await measure(async () => ({ operations: await session.execute(run), blocks: run.length }));
  await session.close();
  return measured;
}
const replays = { isolated: await replay(true), plain: await replay(false) };

const slow = await stage("node");
const start = await slow.world.chain.snapshot();
const node = await slow.perform();
await slow.world.chain.revert(start);
await slow.world.chain.releaseBlocks();
const naive = await measure(() => naiveRun(recorded.slice(populated)));
await slow.connection.close();

/** What the recording did, as a script would do it. */
async function naiveRun(blocks: readonly RecordedBlock[]): Promise<{ operations: number; blocks: number }> {
  const { ethers, provider } = slow.connection;
  let operations = 0;
  let mined = 0;
  for (const { timestamp, commands, outcomes, names } of blocks) {
    if (operations >= NAIVE_TRANSACTIONS) break;
    mined += 1;
    // With a block for each transaction the chain's clock may be ahead already.
    if ((await ethers.provider.getBlock("latest"))!.timestamp < timestamp) {
      await provider.request({ method: "evm_setNextBlockTimestamp", params: [`0x${timestamp.toString(16)}`] });
    }
    for (let i = 0; i < commands.length; ++i) {
      if (outcomes[i][0] === 0) continue;
      const { from, to } = names[i];
      const signer = await ethers.getSigner(from);
      const call = { to, data: `0x${commands[i].slice(2 + 40 + 40 + 8 + 8)}` };
      // A block a transaction moves time and prices on: what no longer can be done is counted as tried.
      await signer.sendTransaction(call).then(
        (sent) => sent.wait(),
        () => undefined,
      );
      operations += 1;
    }
  }
  return { operations, blocks: mined };
}

const rate = ({ operations, cpuSeconds }: Measured) => operations / cpuSeconds;
const rows: readonly [string, Measured][] = [
  ["naive", naive],
  ["node", node],
  ["chain", chain],
  ["replay, isolated", replays.isolated],
  ["replay", replays.plain],
];
console.log(`${BORROWERS} borrowers, 20 loopers; ${scenario.title}; keeper ${addressOf("oracle-keeper")}`);
console.log("                    operations  blocks  cpu s    op/cpu s     op/s  blocks/cpu s  × naive");
for (const [name, m] of rows) {
  const cells = [
    m.operations.toFixed(0).padStart(10),
    m.blocks.toFixed(0).padStart(7),
    m.cpuSeconds.toFixed(2).padStart(6),
    rate(m).toFixed(0).padStart(11),
    (m.operations / m.seconds).toFixed(0).padStart(8),
    (m.blocks / m.cpuSeconds).toFixed(0).padStart(13),
    (rate(m) / rate(naive)).toFixed(1).padStart(8),
  ];
  console.log(`${name.padEnd(19)} ${cells.join(" ")}`);
}
process.exit(0);
