import { AbiCoder, type BaseContract, type ContractTransactionResponse } from "ethers";

/** One call of a script of `ScriptedAccount.sol`. */
export interface ScriptedCall {
  readonly target: string;
  readonly data: string;
}

/** A call as `ScriptedAccount.run` takes it. */
export async function callOf(
  contract: BaseContract,
  name: string,
  values: readonly unknown[] = [],
): Promise<ScriptedCall> {
  return { target: await contract.getAddress(), data: contract.interface.encodeFunctionData(name, values) };
}

/** The same calls as the `data` of a callback. */
export function scriptOf(calls: readonly ScriptedCall[]): string {
  return AbiCoder.defaultAbiCoder().encode(["tuple(address target, bytes data)[]"], [calls]);
}

/** What the calls of all scripts of a transaction answered, in the order in which they ended. [undecoded] */
export async function answersOf(account: BaseContract, tx: ContractTransactionResponse): Promise<string[]> {
  const receipt = await tx.wait();
  const events = (receipt?.logs ?? []).map((log) => account.interface.parseLog(log));
  return events.filter((event) => event?.name === "Answered").map((event) => String(event?.args[0]));
}
