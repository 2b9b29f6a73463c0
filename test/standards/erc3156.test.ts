import { ownChain } from "../shared/own-chain.ts";
import { closedFlash, ERC3156 } from "./erc3156.ts";
import { DECIMALS, MAIN_STATES, poolSetup } from "./pool-states.ts";
import { referenceSetup } from "./reference.ts";
import { describeRules } from "./system.ts";

describe("ERC-3156", () => {
  const chain = ownChain();
  describeRules("the reference", ERC3156, referenceSetup(chain));

  for (const decimals of DECIMALS) {
    describe(`a pool whose asset has ${decimals} decimals`, () => {
      for (const state of MAIN_STATES) {
        describeRules(state.name, [...ERC3156, ...closedFlash(state.none)], poolSetup(chain, decimals, state));
      }
    });
  }
});
