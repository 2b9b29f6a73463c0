import { ownChain } from "../shared/own-chain.ts";
import { closedRules, LIMITS } from "./erc4626-limits.ts";
import { MOVES } from "./erc4626-moves.ts";
import { VIEWS } from "./erc4626-views.ts";
import { DECIMALS, poolSetup, STATES } from "./pool-states.ts";
import { referenceSetup } from "./reference.ts";
import { describeRules } from "./system.ts";

describe("ERC-4626", () => {
  const chain = ownChain();
  const rules = [...VIEWS, ...LIMITS, ...MOVES];
  describeRules("the reference", rules, referenceSetup(chain));

  for (const decimals of DECIMALS) {
    describe(`a pool whose asset has ${decimals} decimals`, () => {
      for (const state of STATES) {
        describeRules(state.name, [...rules, ...closedRules(state.none)], poolSetup(chain, decimals, state));
      }
    });
  }
});
