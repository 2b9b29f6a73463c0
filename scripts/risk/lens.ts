import { getAddress, Interface, keccak256, toUtf8Bytes, type InterfaceAbi, type ParamType, type Result } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import type { AccountRisk, Figures, PoolState, Sums } from "../../sim/risk/lens-types.ts";
import { encodeTag, type BlockTag } from "../keeper/chain.ts";
import type { Rpc } from "../keeper/rpc.ts";

/** Where a lens is, or the code that stands for one while a call lasts. */
export type LensPlace = { readonly address: string } | { readonly code: string };

/** Nobody has the key to it: what is not deployed is put there. */
const BORROWED = getAddress(`0x${keccak256(toUtf8Bytes("breakwater.risk-lens")).slice(-40)}`);

export interface CompiledLens {
  readonly abi: Interface;
  /** What works at any address: it has neither constructor nor immutables. */
  readonly code: string;
}

export async function readCompiledLens(hre: Pick<HardhatRuntimeEnvironment, "artifacts">): Promise<CompiledLens> {
  const { abi, deployedBytecode } = await hre.artifacts.readArtifact("RiskLens");
  return { abi: new Interface(abi as unknown as InterfaceAbi), code: deployedBytecode };
}

/** Some accounts, added up, and the health factor of each. [WAD] */
export interface Page {
  readonly sums: Sums;
  readonly healthWad: readonly bigint[];
}

/**
 * `RiskLens` on one block of a node. One that is not deployed comes along with each call as a state override, which
 * geth, Erigon, Nethermind, Reth, anvil and Hardhat know: any pool can be read, without an account or gas.
 */
export class Lens {
  readonly #rpc: Rpc;
  readonly #abi: Interface;
  readonly #place: LensPlace;
  readonly block: BlockTag;

  constructor(rpc: Rpc, { abi }: CompiledLens, place: LensPlace, block: BlockTag) {
    this.#rpc = rpc;
    this.#abi = abi;
    this.#place = place;
    this.block = block;
  }

  async poolOf(pool: string): Promise<PoolState> {
    return (await this.#read("poolOf", [pool])) as PoolState;
  }

  async accountsOf(pool: string, accounts: readonly string[]): Promise<readonly AccountRisk[]> {
    return (await this.#read("accountsOf", [pool, accounts])) as readonly AccountRisk[];
  }

  async sumsOf(pool: string, accounts: readonly string[]): Promise<Page> {
    const [sums, healthWad] = await this.#readAll("sumsOf", [pool, accounts]);
    return { sums: sums as Sums, healthWad: healthWad as readonly bigint[] };
  }

  async figuresOf(state: PoolState, sums: Sums): Promise<Figures> {
    return (await this.#read("figuresOf", [state, sums])) as Figures;
  }

  async #read(name: string, args: readonly unknown[]): Promise<unknown> {
    const [value] = await this.#readAll(name, args);
    return value;
  }

  async #readAll(name: string, args: readonly unknown[]): Promise<unknown[]> {
    const fragment = this.#abi.getFunction(name);
    if (fragment === null) throw new Error(`the lens has no ${name}`);
    const isThere = "address" in this.#place;
    const call = {
      to: isThere ? this.#place.address : BORROWED,
      data: this.#abi.encodeFunctionData(fragment, args),
    };
    const override = isThere ? [] : [{ [BORROWED]: { code: this.#place.code } }];
    const answer = (await this.#rpc.request("eth_call", [call, encodeTag(this.block), ...override])) as string;
    const values = this.#abi.decodeFunctionResult(fragment, answer);
    return fragment.outputs.map((type, i) => plain(values[i], type));
  }
}

/** A decoded value as objects and arrays: ethers keeps names and places in one. */
export function plain(value: unknown, type: ParamType): unknown {
  if (type.isArray()) return [...(value as Result)].map((item) => plain(item, type.arrayChildren));
  if (!type.isTuple()) return value;
  const values = value as Result;
  return Object.fromEntries(type.components.map((part, i) => [part.name, plain(values[i], part)]));
}
