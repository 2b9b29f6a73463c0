import { expect } from "chai";
import { Interface, type InterfaceAbi } from "ethers";
import { artifacts } from "hardhat";

import { RESTRICTED_FUNCTIONS, ROLES, selectorsOf, type RestrictedContract } from "../../../ignition/modules/roles.ts";

/** Functions of an interface that change state. */
function changing(abi: InterfaceAbi): string[] {
  const signatures: string[] = [];
  new Interface(abi).forEachFunction((f) => {
    if (f.stateMutability === "nonpayable" || f.stateMutability === "payable") signatures.push(f.format("sighash"));
  });
  return signatures;
}

/** Its own manager alone may call it. */
const BY_MANAGER = "setAuthority(address)";

/** Where a contract's functions are declared, and which of them are for anyone, or for whom they name. */
const DECLARED: Readonly<Record<RestrictedContract, { contracts: readonly string[]; open: readonly string[] }>> = {
  pool: {
    contracts: ["IPoolAdmin", "IPoolRisk"],
    open: [
      "payKeeper(address,uint256)", // the engine
      "applyRisk(address,(uint256,uint256,bool,uint256,uint256,uint256,bool,uint256),(bool,uint136,uint88))", // the engine
    ],
  },
  oracle: { contracts: ["PriceOracle"], open: ["poke(address)", "pokeConditions(address,uint256)"] },
  volatilityOracle: {
    contracts: ["VolatilityOracle"],
    open: ["poke(address)", "pokePair(address,address)", "pokeVolatility(address)"],
  },
  liquidityOracle: { contracts: ["LiquidityOracle"], open: ["pokeDepth(address)"] },
  factorModel: { contracts: ["CollateralFactorModel"], open: [] },
  breaker: {
    contracts: ["CircuitBreaker"],
    // They move the caller's own state.
    open: [
      "assess(address,(uint256,uint256,uint256,uint256,uint256,uint256,bool))",
      "assessWithPool(address,uint256,uint256,uint256,uint256,bool,address,uint256,uint256)",
    ],
  },
  poolRegistry: { contracts: ["PoolRegistry"], open: [] },
  riskEngine: {
    contracts: ["RiskEngine"],
    open: ["poke(address)", "refresh(address)", "pokeCorrelations(address)", "claim(address)"],
  },
};

describe("roles", () => {
  for (const [name, { contracts, open }] of Object.entries(DECLARED)) {
    it(`map every administrative function of ${name}, once`, async () => {
      const mapped = Object.values<readonly string[]>(RESTRICTED_FUNCTIONS[name as RestrictedContract]).flat();
      const declared: string[] = [];
      for (const contract of contracts) declared.push(...changing((await artifacts.readArtifact(contract)).abi));
      const administrative = declared.filter((signature) => !open.includes(signature) && signature !== BY_MANAGER);
      expect(mapped).to.have.members(administrative);
      expect(new Set(selectorsOf(mapped)).size).to.equal(mapped.length);
      expect(declared).to.include.members([...open]);
    });
  }

  it("give the guardian nothing that loosens", () => {
    const { pool, volatilityOracle, breaker, ...others } = RESTRICTED_FUNCTIONS;
    for (const signature of pool.guardian) expect(signature).to.match(/^(pause|lower|rampDown)/);
    // Both revert unless they tighten: see their tests.
    expect(volatilityOracle.guardian).to.deep.equal(["raiseFloor(address,uint64)"]);
    expect(breaker.guardian).to.deep.equal(["raise(address,address,uint8,uint32)"]);
    for (const { guardian } of Object.values(others)) expect(guardian).to.have.lengthOf(0);
  });

  it("let who posts implied volatilities do nothing else", () => {
    const posted = Object.values(RESTRICTED_FUNCTIONS).flatMap((roles) =>
      "impliedPoster" in roles ? [...roles.impliedPoster] : [],
    );
    expect(posted).to.deep.equal(["postImplied(address,uint64)"]);
    expect(new Set(Object.values(ROLES)).size).to.equal(Object.keys(ROLES).length);
  });
});
