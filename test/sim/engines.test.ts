import { expect } from "chai";
import hre from "hardhat";

import type { WorldOptions } from "../../sim/engine/world.ts";
import { createShockScenario } from "../../sim/scenarios/shock.ts";
import { runOnce, runShock, type OnceOptions, type ShockOptions } from "../../sim/shock.ts";

const scenario = createShockScenario(-0.45, 1_800, "WETH");
const few = { scenario, seed: "1", borrowers: 10, loopers: 2 };

async function run(options: ShockOptions) {
  const connection = await hre.network.create();
  try {
    return await runShock(hre, connection, options);
  } finally {
    await connection.close();
  }
}

describe("the two engines of the lab", function () {
  this.timeout(900_000); // the provider's takes its time
  const cases: readonly [string, ShockOptions][] = [
    ["a static pool", { ...few, curve: "dutch" }],
    [
      "a pool with all defences, dip buyers, slow bots and full blocks",
      {
        ...{ ...few, curve: "paced", features: "dynamic+breaker", dipBuyers: 3 },
        ...{ congestion: true, latency: [1, 3] },
      },
    ],
    ["blocks in random order", { ...few, curve: "dutch", ordering: "random" }],
    ["blocks in the order of arrival", { ...few, curve: "dutch", ordering: "arrival" }],
  ];
  for (const [what, options] of cases) {
    it(`agree to the bit: ${what}`, async () => {
      const [runner, node] = [await run({ ...options, engine: "runner" }), await run({ ...options, engine: "node" })];
      expect(runner.run.metrics.liquidations).to.be.greaterThan(0);
      expect(runner.run.metrics.failedTransactions).to.be.greaterThan(0);
      expect(runner).to.deep.equal(node);
    });
  }

  for (const rival of ["aave-v3", "morpho-blue"] as const) {
    it(`agree to the bit: ${rival}`, async () => {
      // Worlds are built by whatever `WorldOptions` are among a run's.
      const runOn = async (engine: "runner" | "node") => {
        const connection = await hre.network.create();
        try {
          const options: OnceOptions & Pick<WorldOptions, "rival"> = { ...few, curve: "fixed", rival, engine };
          return await runOnce(hre, connection, options);
        } finally {
          await connection.close();
        }
      };
      const runner = await runOn("runner");
      expect(runner.run.metrics.liquidations).to.be.greaterThan(0);
      expect(runner).to.deep.equal(await runOn("node"));
    });
  }

  it("fill blocks in another order when told so", async () => {
    const [byFee, random] = [
      await run({ ...few, curve: "dutch" }),
      await run({ ...few, curve: "dutch", ordering: "random" }),
    ];
    expect(random.run.hash).not.to.equal(byFee.run.hash);
    expect(random.parameters.ordering).to.equal("random");
    expect(byFee.parameters.ordering).to.equal(undefined);
  });
});
