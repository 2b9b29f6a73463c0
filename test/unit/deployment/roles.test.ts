import { expect } from "chai";
import { Interface, type InterfaceAbi } from "ethers";
import { artifacts } from "hardhat";

import { RESTRICTED_FUNCTIONS, selectorsOf } from "../../../ignition/modules/roles.ts";

/** Selectors of the functions of an interface that change state. */
function changing(abi: InterfaceAbi): string[] {
  const selectors: string[] = [];
  new Interface(abi).forEachFunction((f) => {
    if (f.stateMutability === "nonpayable" || f.stateMutability === "payable") selectors.push(f.selector);
  });
  return selectors;
}

describe("roles", () => {
  it("map every administrative function of the pool, once", async () => {
    const { guardian, governor } = RESTRICTED_FUNCTIONS.pool;
    const mapped = selectorsOf([...guardian, ...governor]);
    const { abi } = await artifacts.readArtifact("IPoolAdmin");
    expect(mapped).to.have.members(changing(abi));
  });

  it("map every administrative function of the oracle, once", async () => {
    const { guardian, governor } = RESTRICTED_FUNCTIONS.oracle;
    const mapped = selectorsOf([...guardian, ...governor]);
    const { abi } = await artifacts.readArtifact("IPriceOracleAdmin");
    expect(mapped).to.have.members(changing(abi));
  });

  it("give the guardian nothing that loosens", () => {
    for (const signature of RESTRICTED_FUNCTIONS.pool.guardian) expect(signature).to.match(/^(pause|lower|rampDown)/);
    expect(RESTRICTED_FUNCTIONS.oracle.guardian).to.have.lengthOf(0);
  });
});
