import { expect } from "chai";
import hre from "hardhat";

import { createAgents } from "../../sim/agents/create-agents.ts";
import { populate } from "../../sim/engine/populate.ts";
import { runScenario } from "../../sim/engine/run.ts";
import { buildWorld } from "../../sim/engine/world.ts";
import { planPopulation } from "../../sim/population.ts";
import { createRng } from "../../sim/rng.ts";
import type { Renewal } from "../../sim/runner/long-session.ts";
import { moveToRunner } from "../../sim/runner/move.ts";
import { createShockScenario } from "../../sim/scenarios/shock.ts";

const scenario = createShockScenario(-0.4, 600, "WETH");

/** Hashes of a run and of its repetition after going back. */
async function hashes(renewal?: Renewal): Promise<string[]> {
  const rng = createRng("renewed");
  const path = scenario.path(rng.fork("path"));
  const connection = await hre.network.create();
  const world = await buildWorld(hre, connection, {
    ...{ scenario, curve: "paced", features: "dynamic+breaker", startPrice: path[0] },
  });
  if ((await moveToRunner(hre, connection, world.chain, renewal)) === undefined) throw new Error("no runner here");
  const counts = { borrowers: 12, loopers: 2, dipBuyers: 1 };
  const population = planPopulation(rng.fork("population"), counts, world.profile, path[0]);
  const members = createAgents(world, population).flatMap((agent) => agent.members);
  await populate(world, population, { members, rng, isLimited: true });
  const start = await world.chain.snapshot();
  const perform = () => runScenario(world, population, { path, hasImpact: true, rng: rng.fork("run") });
  const first = await perform();
  await world.chain.revert(start);
  const second = await perform();
  await world.chain.close();
  await connection.close();
  return [first.hash, second.hash];
}

describe("a run in sessions that are renewed", () => {
  it("is the same to the byte, however often they are, and after going back", async () => {
    const [first, again] = await hashes();
    expect(again).to.equal(first);
    // Every few blocks.
    expect(await hashes({ firstLook: 20_000, worthIt: 0 })).to.deep.equal([first, first]);
  });
});
