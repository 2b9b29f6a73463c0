import { decodeBytes32String, Interface, toBeHex } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import type { RefusedValue } from "../../sim/reference/word.ts";

const GAS = toBeHex(16_000_000);
const GAS_PRICE = toBeHex(10_000_000_000);
/** Of libraries and the language, which no interface of ours lists. */
const OTHER_ERRORS = [
  "error Panic(uint256 code)",
  "error MulDivFailed()",
  "error FullMulDivFailed()",
  "error ExpOverflow()",
];
const PARTS = [
  ...["LendingPool", "ILendingPool", "IPoolAdmin", "ILiquidationModule", "IPoolRisk", "IPriceOracle"],
  ...["ConstantPriceOracle", "MockRiskEngine", "ScriptedAccount"],
];

/** What a call answers, or why it is refused. */
export type Answer = { readonly data: string } | { readonly name: string; readonly values: readonly RefusedValue[] };

export interface ChainCall {
  readonly from?: string;
  readonly to: string;
  readonly data: string;
}

/** Plain requests: what is done thousands of times goes past the conveniences of ethers. */
export class PoolChain {
  readonly abi: Interface;
  readonly #connection: NetworkConnection;
  readonly #encoded = new Map<string, string>();
  readonly #multicall: string;
  #snapshot = "";

  private constructor(connection: NetworkConnection, abi: Interface) {
    [this.#connection, this.abi] = [connection, abi];
    this.#multicall = abi.getFunction("multicall")!.selector;
  }

  static async connect(connection: NetworkConnection): Promise<PoolChain> {
    const nowhere = toBeHex(1, 20);
    const seen = new Set<string>();
    const fragments = [];
    for (const part of PARTS) {
      const { interface: abi } = await connection.ethers.getContractAt(part, nowhere);
      for (const fragment of (abi as Interface).fragments) {
        if (fragment.type === "constructor") continue;
        const text = fragment.format();
        if (!seen.has(text)) fragments.push(fragment);
        seen.add(text);
      }
    }
    return new PoolChain(connection, new Interface([...fragments, ...OTHER_ERRORS]));
  }

  async remember(): Promise<void> {
    this.#snapshot = String(await this.request("evm_snapshot"));
  }

  async goBack(): Promise<void> {
    await this.request("evm_revert", this.#snapshot);
    await this.remember();
  }

  encode(name: string, values: readonly unknown[]): string {
    return this.abi.encodeFunctionData(name, values);
  }

  /** The same for what is asked again and again. */
  encodeOften(name: string, values: readonly (string | bigint)[]): string {
    const key = `${name} ${values.join(" ")}`;
    const known = this.#encoded.get(key);
    if (known !== undefined) return known;
    const data = this.encode(name, values);
    this.#encoded.set(key, data);
    return data;
  }

  /** In a block of its own at that time. What is refused changes nothing but the time. */
  async act(call: ChainCall, time: bigint): Promise<Answer> {
    await this.request("evm_setNextBlockTimestamp", toBeHex(time));
    const answer = await this.ask(call, "pending");
    if ("name" in answer) await this.request("evm_mine");
    else await this.request("eth_sendTransaction", { ...call, gas: GAS, gasPrice: GAS_PRICE });
    return answer;
  }

  async ask(call: ChainCall, block = "latest"): Promise<Answer> {
    try {
      return { data: String(await this.request("eth_call", { ...call, gas: GAS }, block)) };
    } catch (error) {
      return this.#explain(revertDataOf(error));
    }
  }

  /** Answers to several questions at one address, or the refusal of the first that is refused. */
  async askAll(to: string, questions: readonly string[]): Promise<readonly string[] | undefined> {
    const answer = await this.ask({ to, data: this.#multicall + encodeAll(questions) });
    return "name" in answer ? undefined : decodeAll(answer.data);
  }

  async request(method: string, ...params: unknown[]): Promise<unknown> {
    return this.#connection.provider.request({ method, params });
  }

  #explain(data: string): Answer {
    if (data.length < 10) return { name: "nothing", values: [] };
    const error = this.abi.getError(data.slice(0, 10));
    if (error === null) return { name: data.slice(0, 10), values: [] };
    const values = this.abi.decodeErrorResult(error, data).toArray() as RefusedValue[];
    return {
      name: error.name,
      values: values.map((value, i) =>
        error.inputs[i].type === "bytes32" ? decodeBytes32String(String(value)) : value,
      ),
    };
  }
}

const WORD = 64; // digits
const wordOf = (value: number) => value.toString(16).padStart(WORD, "0");

/** The parameter of `multicall(bytes[])`, without a prefix. */
function encodeAll(items: readonly string[]): string {
  let [offset, heads, tails] = [items.length * 32, "", ""];
  for (const item of items) {
    const bytes = (item.length - 2) / 2;
    const padded = Math.ceil(bytes / 32) * WORD;
    heads += wordOf(offset);
    tails += wordOf(bytes) + item.slice(2).padEnd(padded, "0");
    offset += 32 + padded / 2;
  }
  return wordOf(32) + wordOf(items.length) + heads + tails;
}

/** And its answer. */
function decodeAll(data: string): string[] {
  const numberAt = (digit: number) => Number.parseInt(data.slice(digit, digit + WORD), 16);
  const list = 2 + WORD; // behind the prefix and the list's own offset
  return Array.from({ length: numberAt(list) }, (_, i) => {
    const at = list + WORD + numberAt(list + WORD * (i + 1)) * 2;
    return `0x${data.slice(at + WORD, at + WORD + numberAt(at) * 2)}`;
  });
}

/** What a refused call answered, wherever the provider put it. Throws on, where it is no refusal. */
function revertDataOf(error: unknown): string {
  let at: unknown = error;
  for (let depth = 0; depth < 4 && typeof at === "object" && at !== null; ++depth) {
    const { data, cause } = at as { data?: unknown; cause?: unknown };
    if (typeof data === "string" && data.startsWith("0x")) return data;
    at = typeof data === "object" && data !== null ? data : cause;
  }
  throw error;
}
