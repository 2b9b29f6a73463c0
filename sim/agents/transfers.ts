import { Interface } from "ethers";

import { priorityFee, type Intent } from "../engine/agent.ts";
import { encodeCall } from "../protocols/fast-abi.ts";
import type { Token } from "../protocols/protocol.ts";

const tokenInterface = new Interface([
  "function mint(address to, uint256 amount)",
  "function burn(address from, uint256 amount)",
]);

/**
 * Tokens leave the exchange by being minted and reach it by being burnt: the engine books the other side of each on the
 * owner's exchange account.
 */
export function withdrawFromExchange(token: Token, owner: string, amount: bigint): Intent {
  return transfer(token, owner, encodeCall(tokenInterface, "mint", [owner, amount]), "withdraw from exchange");
}

export function depositAtExchange(token: Token, owner: string, amount: bigint): Intent {
  return transfer(token, owner, encodeCall(tokenInterface, "burn", [owner, amount]), "deposit at exchange");
}

function transfer({ address }: Token, from: string, data: string, label: string): Intent {
  return { from, to: address, data, gas: 120_000, priorityFeeWei: priorityFee(1), label, touches: [] };
}
