import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { toQuantity, type TransactionRequest } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { addressOf } from "../population.ts";
import type { Chain } from "./chain.ts";

/**
 * Who builds the world. Nobody but the lab sends from this address, so that the contracts have the same addresses on a
 * node that has been used as on a new chain: token order in Uniswap's pools, rounding and gas depend on them. Each
 * transaction comes a second after the one before, however long the machine takes: interest models count the time.
 */
export async function createFounder({ ethers }: NetworkConnection, chain: Chain): Promise<HardhatEthersSigner> {
  const address = addressOf("founder");
  await chain.unlock([address]);
  const founder = await ethers.getImpersonatedSigner(address);
  const send = founder.sendTransaction.bind(founder);
  founder.sendTransaction = async (transaction: TransactionRequest) => {
    await chain.rpc("evm_setNextBlockTimestamp", toQuantity((await chain.timestamp()) + 1));
    return send(transaction);
  };
  return founder;
}
