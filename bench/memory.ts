/**
 * What a hundred thousand steps of one run take: `npm run bench:memory`. A flat price in small noise, so that the feed and the
 * arbitrageur have work; memory of the whole process is printed every tenth of the way.
 */
import hre from "hardhat";

import { createAgents } from "../sim/agents/create-agents.ts";
import { ARBITRAGEUR } from "../sim/agents/arbitrageur.ts";
import { LAB } from "../sim/config.ts";
import { arbitrageurAccount, debtorsOf, populate } from "../sim/engine/populate.ts";
import { Stepper } from "../sim/engine/stepper.ts";
import { buildWorld } from "../sim/engine/world.ts";
import { Exchange } from "../sim/market/exchange.ts";
import { planPopulation } from "../sim/population.ts";
import { createRng } from "../sim/rng.ts";
import { moveToRunner } from "../sim/runner/move.ts";
import { findScenario } from "../sim/scenarios/built-in.ts";

const STEPS = Number(process.env.BENCH_STEPS ?? 100_000);

const scenario = findScenario("black-thursday");
const rng = createRng("memory");
const connection = await hre.network.create();
const startPrice = 200;
const world = await buildWorld(hre, connection, { scenario, curve: "dutch", startPrice });
if ((await moveToRunner(hre, connection, world.chain)) === undefined) throw new Error("no runner on this machine");
const counts = { borrowers: 20, loopers: 2, dipBuyers: 0 };
const population = planPopulation(rng.fork("population"), counts, world.profile, startPrice);
const agents = createAgents(world, population);
const members = agents.flatMap((agent) => agent.members);
await populate(world, population, { members, rng, isLimited: false });

const exchange = new Exchange({
  ...{ depth: world.exchangeDepth, startPrice, hasImpact: true },
  ...{ permanentShare: LAB.permanentImpactShare, halfLifeSeconds: LAB.impactHalfLifeSeconds },
});
const funds = arbitrageurAccount(world);
exchange.credit(ARBITRAGEUR, funds.collateral, funds.loan);
const stepper = await Stepper.start(world, { exchange, agents, rng, accounts: debtorsOf(population) });
const noise = rng.fork("noise");
let transactions = 0;
const start = performance.now();
for (let step = 1; step <= STEPS; ++step) {
  const { outcomes } = await stepper.step(startPrice * (1 + 0.003 * Math.sin(step / 40) + 0.0005 * noise.normal()));
  transactions += outcomes.length;
  if (step % Math.floor(STEPS / 10) !== 0) continue;
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const rate = (1e3 * step) / (performance.now() - start);
  console.log(
    `${step} steps, ${transactions} transactions: ${(rss / 1e6).toFixed(0)} MB resident, ` +
      `${(heapUsed / 1e6).toFixed(0)} MB of JavaScript, ${rate.toFixed(0)} steps/s`,
  );
}
await world.chain.close();
process.exit(0);
