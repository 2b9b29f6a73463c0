import { ownChain } from "../shared/own-chain.ts";
import { ERC20 } from "./erc20.ts";
import { DECIMALS, MAIN_STATES, poolSetup } from "./pool-states.ts";
import { referenceSetup } from "./reference.ts";
import { describeRules } from "./system.ts";

describe("ERC-20", () => {
  const chain = ownChain();
  describeRules("the reference", ERC20, referenceSetup(chain));

  for (const decimals of DECIMALS) {
    describe(`shares of a pool whose asset has ${decimals} decimals`, () => {
      for (const state of MAIN_STATES) describeRules(state.name, ERC20, poolSetup(chain, decimals, state));
    });
  }
});
