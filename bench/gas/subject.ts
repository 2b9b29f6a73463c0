import type { Interface } from "ethers";

import type { EncodedCall } from "../../sim/market/uniswap-calls.ts";
import type { Sender } from "./chain.ts";

type Call = EncodedCall | Promise<EncodedCall>;

/**
 * A protocol as the bench uses it: calls that people send to it themselves, each for their own account. Amounts are in base units.
 * What a protocol does not have is left out.
 */
export interface Subject {
  readonly name: string;
  /** Takes tokens from people. */
  readonly spender: string;
  /** How many collaterals an account can have. */
  readonly collaterals: 1 | 3;
  /** What keepers do before people come. It is not counted. */
  prepare(): Promise<void>;
  /** A new price of the first collateral, everywhere. */
  setPrice(dollars: bigint): Promise<void>;

  supply(user: string, amount: bigint): Call;
  withdraw(user: string, amount: bigint): Call;
  withdrawAll(user: string): Call;
  /** @param index Of the collateral. */
  supplyCollateral(user: string, index: number, amount: bigint): Call;
  withdrawCollateral(user: string, index: number, amount: bigint): Call;
  borrow(user: string, amount: bigint): Call;
  repay(user: string, amount: bigint): Call;
  repayAll(user: string): Call;
  /** Of an account that nobody has touched, in one transaction: some of the first collateral. */
  liquidate(liquidator: string, account: string): Call;
  /** Taken by a contract for itself. */
  flashLoan(receiver: string, amount: bigint): Call;
  /** Taken by anybody for a contract. */
  flashLoanFor?(receiver: string, amount: bigint): Call;

  /** Limits all that is lent and owed, where the limits are the pool's own and cost something. */
  setCaps?(): Promise<void>;
  /** From now on whoever kicks is paid for it, and has been before. */
  setTip?(keeper: Sender): Promise<void>;
  /** What they do, where something depends on it. */
  readonly keepers?: {
    /** All that `prepare` does but the last: the snapshot of risk stays as it is. */
    prepareAllButSnapshot(): Promise<void>;
    /** The refresh of the first collateral's risk. */
    poke(): EncodedCall;
    /** From then on what lends refreshes it itself. [s] */
    readonly maxAge: number;
  };
  /** Puts an account up for sale, of which `liquidate` then is the second step; for the keeper of `setTip`, or for nobody. */
  kick?(account: string, isForTip?: boolean): Call;
  /** Sells some of the first collateral of several accounts. */
  liquidateBatch?(liquidator: string, accounts: readonly string[]): Call;
}

/** Makes calls of a contract. */
export function encoder(to: string, contract: Interface) {
  return (name: string, ...args: readonly unknown[]): EncodedCall => ({
    to,
    data: contract.encodeFunctionData(name, args),
  });
}
