import { expect } from "chai";
import { artifacts } from "hardhat";

import { skipUnderCoverage } from "../shared/skip-under-coverage.ts";

/** EIP-170. [bytes] */
const MAX_DEPLOYED_BYTES = 24_576;

/** Fully qualified names of what can be deployed from `contracts/`, mocks and tests aside. */
async function deployable(): Promise<string[]> {
  const names = [...(await artifacts.getAllFullyQualifiedNames())];
  const ours = names.filter((name) => /^contracts\/(?!mocks\/)[^:]+(?<!\.t)\.sol:/.test(name));
  const withCode = await Promise.all(ours.map(async (name) => (await deployedBytes(name)) > 0));
  return ours.filter((_, index) => withCode[index]);
}

async function deployedBytes(name: string): Promise<number> {
  const { deployedBytecode } = await artifacts.readArtifact(name);
  return (deployedBytecode.length - 2) / 2;
}

/** The simulated networks refuse larger contracts too, but only those that some test deploys. */
describe("contract sizes", () => {
  it("every deployable contract fits into 24,576 bytes", async function () {
    skipUnderCoverage(this);
    const sizes = await Promise.all(
      (await deployable()).map(async (name) => ({ name, bytes: await deployedBytes(name) })),
    );
    const tooLarge = sizes.filter(({ bytes }) => bytes > MAX_DEPLOYED_BYTES);
    expect(tooLarge).to.deep.equal([]);
  });

  it("the pool, its modules, the router and the oracles are among those measured", async () => {
    const names = (await deployable()).map((name) => name.replace(/^.*:/, ""));
    expect(names).to.include.members([
      "LendingPool",
      "PoolAdminModule",
      "LiquidationModule",
      "LeverageRouter",
      "PriceOracle",
      "LiquidityOracle",
      "VolatilityOracle",
      "CollateralFactorModel",
      "CircuitBreaker",
      "RiskEngine",
      "PoolRiskModule",
      "KinkedRateModel",
      "AdaptiveRateModel",
    ]);
  });
});
