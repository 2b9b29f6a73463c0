import { toQuantity, type Interface } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import type { EncodedCall } from "../../sim/market/uniswap-calls.ts";

const BEGINNING = Date.UTC(2026, 0, 1) / 1_000; // [unix s]
/** Between blocks that nobody measures. [s] */
const BLOCK_SECONDS = 2;
const HOUR = 3_600;
/** For what keepers do before a measured transaction. [s] */
const KEEPERS_SECONDS = 60;
/** Given to every transaction, so that none is estimated: a chain's estimate depends on the clock of the machine. */
const GAS_LIMIT = 16_000_000n;

/** A transaction that was measured. */
export interface Measured {
  readonly gas: number; // receipt.gasUsed of the whole transaction
  readonly hash: string;
}

/** Someone with an unlocked account. */
export interface Sender {
  readonly address: string;
}

/**
 * One in-process chain, a transaction a block, whose clock only this moves: the same calls give the same bytes whenever and
 * wherever they run.
 */
export class BenchChain {
  readonly connection: NetworkConnection;
  #now = BEGINNING;
  #measuredAt = BEGINNING;

  private constructor(connection: NetworkConnection) {
    this.connection = connection;
    const { provider } = connection;
    const request = provider.request.bind(provider);
    // Whoever deploys or sends through the connection gets his block at the time that is due.
    provider.request = async (args) => {
      if (args.method === "eth_sendTransaction") {
        this.#now += BLOCK_SECONDS;
        await request({ method: "evm_setNextBlockTimestamp", params: [toQuantity(this.#now)] });
      }
      return request(args);
    };
  }

  static async open(hre: HardhatRuntimeEnvironment): Promise<BenchChain> {
    const initialDate = new Date(BEGINNING * 1_000);
    return new BenchChain(await hre.network.create({ network: "default", override: { initialDate, gas: GAS_LIMIT } }));
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** Lets time pass before the next block. [s] */
  pass(seconds: number): void {
    this.#now += seconds;
  }

  rpc(method: string, ...params: unknown[]): Promise<unknown> {
    return this.connection.provider.request({ method, params });
  }

  /** @returns What a function answers. */
  async ask(to: string, contract: Interface, name: string, ...args: readonly unknown[]): Promise<unknown> {
    const data = contract.encodeFunctionData(name, args);
    const answer = (await this.rpc("eth_call", { to, data }, "latest")) as string;
    return contract.decodeFunctionResult(name, answer)[0] as unknown;
  }

  /** Sends a call that is not measured. */
  async send(from: Sender, call: EncodedCall): Promise<void> {
    await this.#mine(from, call);
  }

  /**
   * Measures a call in a block of its own, an hour after the last one that was measured.
   * @param prepare What keepers do in the minute before.
   * @param afterSeconds In place of the hour.
   */
  async measure(
    from: Sender,
    call: EncodedCall,
    prepare: () => Promise<void>,
    afterSeconds: number = HOUR,
  ): Promise<Measured> {
    const due = Math.max(this.#measuredAt + afterSeconds, this.#now + KEEPERS_SECONDS + BLOCK_SECONDS);
    this.#now = due - KEEPERS_SECONDS;
    await prepare();
    if (this.#now >= due) throw new Error("keepers took longer than a minute");
    this.#now = due - BLOCK_SECONDS;
    const measured = await this.#mine(from, call);
    this.#measuredAt = due;
    return measured;
  }

  async #mine({ address: from }: Sender, { to, data }: EncodedCall): Promise<Measured> {
    const hash = (await this.rpc("eth_sendTransaction", { from, to, data, gas: toQuantity(GAS_LIMIT) })) as string;
    const receipt = (await this.rpc("eth_getTransactionReceipt", hash)) as { readonly gasUsed: string };
    return { gas: Number(receipt.gasUsed), hash };
  }
}
