import { Interface, toBeHex, type LogDescription, type Result } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { Divergence } from "./auction-compare.ts";

export interface Call {
  readonly to: string;
  readonly data: string;
}

/** What came of a call: its values, or its error with the numbers in it. */
export type Answered = { readonly ok: true; readonly data: string } | { readonly ok: false; readonly error: string };

export interface Told {
  readonly from: string;
  readonly event: LogDescription;
}

interface Receipt {
  readonly status: string;
  readonly gasUsed: string;
  readonly logs: readonly { readonly address: string; readonly topics: readonly string[]; readonly data: string }[];
}

const GAS = toBeHex(16_000_000);
const GAS_PRICE = toBeHex(10_000_000_000);

/** A contract at an address. */
export class Contact {
  readonly address: string;
  readonly #interface: Interface;

  constructor(address: string, methods: Interface) {
    [this.address, this.#interface] = [address, methods];
  }

  call(name: string, ...values: readonly unknown[]): Call {
    return { to: this.address, data: this.#interface.encodeFunctionData(name, values) };
  }

  /** Of a call that must have succeeded. */
  read(name: string, answer: Answered): Result {
    if (!answer.ok) throw new Divergence(`${name} is refused: ${answer.error}`);
    return this.#interface.decodeFunctionResult(name, answer.data);
  }
}

/** Plain requests: what is done thousands of times goes past the conveniences of ethers. */
export class RiskChain {
  readonly #connection: NetworkConnection;
  readonly #from: string;
  readonly #probe: Interface;
  readonly #known: Interface;
  #snapshot = "";

  private constructor(connection: NetworkConnection, from: string, probe: Interface, known: Interface) {
    [this.#connection, this.#from, this.#probe, this.#known] = [connection, from, probe, known];
  }

  /** @param names Contracts whose errors and events are understood. */
  static async connect(connection: NetworkConnection, names: readonly string[]): Promise<RiskChain> {
    const [governor] = await connection.ethers.getSigners();
    const all = await Promise.all(names.map((name) => interfaceOf(connection, name)));
    const seen = new Set<string>();
    const fragments = all
      .flatMap((each) => each.fragments)
      .filter((fragment) => {
        if (fragment.type !== "error" && fragment.type !== "event") return false;
        const isNew = !seen.has(fragment.format());
        seen.add(fragment.format());
        return isNew;
      });
    const probe = await interfaceOf(connection, "RiskProbe");
    return new RiskChain(connection, governor.address, probe, new Interface(fragments));
  }

  async contact(name: string, address: string): Promise<Contact> {
    return new Contact(address, await interfaceOf(this.#connection, name));
  }

  async remember(): Promise<void> {
    this.#snapshot = (await this.#request("evm_snapshot")) as string;
  }

  async goBack(): Promise<void> {
    await this.#request("evm_revert", this.#snapshot);
    await this.remember();
  }

  /** All of it in one block at that time, each call whatever became of the ones before. */
  async run(probe: string, calls: readonly Call[], time: bigint): Promise<{ answers: Answered[]; told: Told[] }> {
    await this.#request("evm_setNextBlockTimestamp", toBeHex(time));
    const data = this.#probe.encodeFunctionData("run", [calls.map(({ to }) => to), calls.map((call) => call.data)]);
    const transaction = { from: this.#from, to: probe, data, gas: GAS, gasPrice: GAS_PRICE };
    const hash = await this.#request("eth_sendTransaction", transaction);
    const receipt = (await this.#request("eth_getTransactionReceipt", hash)) as Receipt;
    if (BigInt(receipt.status) !== 1n) throw new Error("the probe failed");
    const topic = this.#probe.getEvent("Probed")!.topicHash;
    const probed = receipt.logs[receipt.logs.length - 1];
    if (probed.topics[0] !== topic) throw new Error("the probe is silent");
    const [succeeded, words] = this.#probe.decodeEventLog("Probed", probed.data).toArray(true) as [boolean[], string[]];
    const told = receipt.logs.flatMap((log) => {
      const event = this.#known.parseLog(log);
      return event === null ? [] : [{ from: log.address, event }];
    });
    const answers = succeeded.map((ok, i): Answered =>
      ok ? { ok, data: words[i] } : { ok, error: this.#explain(words[i]) },
    );
    return { answers, told };
  }

  /** Name and numbers of an error; of addresses nothing. */
  #explain(data: string): string {
    const error = data.length < 10 ? null : this.#known.getError(data.slice(0, 10));
    if (error === null) return data;
    const values: unknown[] = this.#known.decodeErrorResult(error, data).toArray();
    const numbers = values.filter((_, i) => /^(u?int|bytes32)/.test(error.inputs[i].type));
    return refusalText(
      error.name,
      numbers.map((value) => BigInt(value as string | bigint)),
    );
  }

  async #request(method: string, ...params: unknown[]): Promise<unknown> {
    return this.#connection.provider.request({ method, params });
  }
}

export function refusalText(reason: string, values: readonly bigint[]): string {
  return `${reason}(${values.join(", ")})`;
}

async function interfaceOf({ ethers }: NetworkConnection, name: string): Promise<Interface> {
  return (await ethers.getContractAt(name, "0x0000000000000000000000000000000000000001")).interface as Interface;
}
