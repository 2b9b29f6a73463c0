import { ownChain } from "../shared/own-chain.ts";
import { ERC2612 } from "./erc2612.ts";
import { DECIMALS, IN_USE, PAUSED, poolSetup } from "./pool-states.ts";
import { referenceSetup } from "./reference.ts";
import { describeRules } from "./system.ts";

/** Signatures of operators, which are ours and no standard's: `test/unit/pool/operator-signatures.test.ts`. */
describe("ERC-2612, EIP-712 and ERC-5267", () => {
  const chain = ownChain();
  describeRules("the reference", ERC2612, referenceSetup(chain));

  for (const decimals of DECIMALS) {
    describe(`shares of a pool whose asset has ${decimals} decimals`, () => {
      for (const state of [IN_USE, PAUSED]) describeRules(state.name, ERC2612, poolSetup(chain, decimals, state));
    });
  }
});
