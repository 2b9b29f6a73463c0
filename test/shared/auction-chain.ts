import { Interface, toBeHex } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import type { AuctionWorld } from "./auction-world.ts";

export interface Call {
  readonly to: string;
  readonly data: string;
}

/** A sale, from its event. */
export interface TakenEvent {
  readonly amount: bigint;
  readonly repay: bigint;
  readonly price36: bigint;
}

export interface Probed {
  readonly succeeded: readonly boolean[];
  readonly answers: readonly string[];
  readonly state: readonly bigint[];
  readonly taken: readonly TakenEvent[];
}

interface Receipt {
  readonly status: string;
  readonly logs: readonly { readonly address: string; readonly topics: readonly string[]; readonly data: string }[];
}

const GAS = toBeHex(16_000_000);
const GAS_PRICE = toBeHex(10_000_000_000);

/** Plain requests: what is done ten thousand times goes past the conveniences of ethers. */
export class AuctionChain {
  readonly pool: Interface;
  readonly engine: Interface;
  readonly curve: Interface;
  readonly oracle: Interface;
  readonly #connection: NetworkConnection;
  readonly #probe: Interface;
  readonly #from: string;
  #snapshot = "";

  private constructor(connection: NetworkConnection, from: string, interfaces: readonly Interface[]) {
    this.#connection = connection;
    this.#from = from;
    [this.pool, this.#probe, this.engine, this.curve, this.oracle] = interfaces;
  }

  static async connect(connection: NetworkConnection): Promise<AuctionChain> {
    const { ethers } = connection;
    const [governor] = await ethers.getSigners();
    const names = ["AuctionProbe", "MockRiskEngine", "ScriptedCurve", "ConstantPriceOracle"];
    const parts = ["ILendingPool", "IPoolAdmin", "ILiquidationModule"];
    const fragments = await Promise.all(parts.map(async (name) => (await interfaceOf(connection, name)).fragments));
    const seen = new Set<string>();
    const merged = fragments.flat().filter((fragment) => {
      const text = fragment.format();
      return seen.has(text) ? false : seen.add(text);
    });
    const others = await Promise.all(names.map((name) => interfaceOf(connection, name)));
    return new AuctionChain(connection, governor.address, [new Interface(merged), ...others]);
  }

  async remember(): Promise<void> {
    this.#snapshot = (await this.#request("evm_snapshot")) as string;
  }

  async goBack(): Promise<void> {
    await this.#request("evm_revert", this.#snapshot);
    await this.remember();
  }

  /** All of it in one block at that time. */
  async run(world: AuctionWorld, calls: readonly Call[], time: bigint): Promise<Probed> {
    await this.#request("evm_setNextBlockTimestamp", toBeHex(time));
    const data = this.#probe.encodeFunctionData("run", [calls.map(({ to }) => to), calls.map((call) => call.data)]);
    const transaction = { from: this.#from, to: world.probe, data, gas: GAS, gasPrice: GAS_PRICE };
    const hash = await this.#request("eth_sendTransaction", transaction);
    const receipt = (await this.#request("eth_getTransactionReceipt", hash)) as Receipt;
    if (BigInt(receipt.status) !== 1n) throw new Error("the probe failed");
    const probed = this.#probe.getEvent("Probed")!.topicHash;
    const takenTopic = this.pool.getEvent("CollateralTaken")!.topicHash;
    const log = receipt.logs.find(({ topics }) => topics[0] === probed)!;
    const [succeeded, answers, state] = this.#probe.decodeEventLog("Probed", log.data).toArray(true) as [
      boolean[],
      string[],
      bigint[],
    ];
    const taken = receipt.logs
      .filter(({ topics }) => topics[0] === takenTopic)
      .map((entry) => {
        const [amount, repay, , price36] = wordsOf(entry.data);
        return { amount, repay, price36 };
      });
    return { succeeded, answers, state, taken };
  }

  /** Name and numbers of an error; of addresses nothing. */
  explain(answer: string): { name: string; values: bigint[] } {
    if (answer.length < 10) return { name: "nothing", values: [] };
    const error = this.pool.getError(answer.slice(0, 10)) ?? this.#probe.getError(answer.slice(0, 10));
    if (error === null) return { name: answer.slice(0, 10), values: [] };
    const words = wordsOf(`0x${answer.slice(10)}`);
    return { name: error.name, values: words.filter((_, i) => error.inputs[i].type !== "address") };
  }

  quote(world: AuctionWorld, account: string, collateral: string, most: bigint): Call {
    return { to: world.probe, data: this.#probe.encodeFunctionData("quote", [account, collateral, most]) };
  }

  async #request(method: string, ...params: unknown[]): Promise<unknown> {
    return this.#connection.provider.request({ method, params });
  }
}

async function interfaceOf({ ethers }: NetworkConnection, name: string): Promise<Interface> {
  const zero = "0x0000000000000000000000000000000000000001";
  return (await ethers.getContractAt(name, zero)).interface as Interface;
}

function wordsOf(data: string): bigint[] {
  const words = [];
  for (let at = 2; at + 64 <= data.length; at += 64) words.push(BigInt(`0x${data.slice(at, at + 64)}`));
  return words;
}
