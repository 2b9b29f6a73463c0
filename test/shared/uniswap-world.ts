import { AbiCoder, Contract, dataSlice, toBeHex, type Interface } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { factoryInterface, poolInterface, uniswapArtifacts } from "../../sim/market/uniswap-artifacts.ts";
import { poolAddressOf, sortTokens } from "../../sim/market/uniswap-deploy.ts";
import { NAMELESS } from "../../sim/reference/uniswap-state.ts";
import { refusalText, type Answered } from "./risk-chain.ts";

/** The factory's own, those that its owner may add, and the extremes of both numbers. */
export const TIERS: readonly (readonly [feePips: number, tickSpacing: number])[] = [
  ...([[500, 10], [3_000, 60], [10_000, 200]] as const), // prettier-ignore
  ...([[100, 1], [0, 5], [900_000, 100], [20_000, 16_383]] as const), // prettier-ignore
];
const OWN_TIERS = 3;
const GAS = 900_000_000;

export interface Tier {
  readonly pool: string;
  readonly feePips: number;
  readonly tickSpacing: number;
}

/** Pools of two tokens, one a tier, none of them initialised, and a probe that pays for what it does in them. */
export async function uniswapWorld(connection: NetworkConnection) {
  const { ethers, provider } = connection;
  const [governor] = await ethers.getSigners();
  const deployed = async (contract: { getAddress(): Promise<string> }) => contract.getAddress();
  const probe = await ethers.deployContract("UniswapProbe");
  const probeAddress = await deployed(probe);
  const one = await deployed(await ethers.deployContract("MockERC20", ["One", "ONE", 18]));
  const other = await deployed(await ethers.deployContract("MockERC20", ["Other", "OTHER", 18]));
  const { abi, bytecode } = uniswapArtifacts.factory;
  const factoryAddress = await deployed(await new ethers.ContractFactory(abi as never, bytecode, governor).deploy());
  const factory = new Contract(factoryAddress, factoryInterface, governor);
  const tiers: Tier[] = [];
  for (const [i, [feePips, tickSpacing]] of TIERS.entries()) {
    if (i >= OWN_TIERS) await factory.getFunction("enableFeeAmount")(feePips, tickSpacing);
    await factory.getFunction("createPool")(...sortTokens(one, other), feePips);
    tiers.push({ pool: poolAddressOf(factoryAddress, one, other, feePips), feePips, tickSpacing });
  }
  await factory.getFunction("setOwner")(probeAddress); // who may turn the protocol's fee on
  return { tiers, probe: probeAddress, chain: new ProbeChain(provider, probeAddress, probe.interface as Interface) };
}

export type UniswapWorld = Awaited<ReturnType<typeof uniswapWorld>>;

/** All of a sequence in one `eth_call`, which leaves nothing behind. */
class ProbeChain {
  readonly #provider: NetworkConnection["provider"];
  readonly #address: string;
  readonly #probe: Interface;

  constructor(provider: NetworkConnection["provider"], address: string, probe: Interface) {
    [this.#provider, this.#address, this.#probe] = [provider, address, probe];
  }

  /** Each call, whatever became of the ones before. */
  async run(pool: string, calls: readonly string[]): Promise<readonly Answered[]> {
    const [succeeded, answers] = await this.#ask<[boolean[], string[]]>("run", pool, calls);
    return succeeded.map((ok, i) => (ok ? { ok, data: answers[i] } : { ok, error: explain(answers[i]) }));
  }

  /** The tick that the pool, which must be new, takes each price for. Undefined: it refuses it. */
  async ticksOf(pool: string, prices: readonly bigint[]): Promise<readonly (number | undefined)[]> {
    const changes = prices.map((price) => encode("initialize", price));
    const [reasons] = await this.#ask<[string[]]>("tryEach", pool, changes, encode("slot0"));
    return reasons.map((reason) => {
      const [answer] = this.#probe.decodeErrorResult("Tried", reason).toArray() as [string];
      return answer.length < 2 + 7 * 64 ? undefined : Number(decode("slot0", answer)[1]);
    });
  }

  async #ask<T>(name: string, ...values: readonly unknown[]): Promise<T> {
    const call = { to: this.#address, data: this.#probe.encodeFunctionData(name, values), gas: toBeHex(GAS) };
    const data = (await this.#provider.request({ method: "eth_call", params: [call, "latest"] })) as string;
    return this.#probe.decodeFunctionResult(name, data).toArray(true) as T;
  }
}

export function encode(name: string, ...values: readonly unknown[]): string {
  return poolInterface.encodeFunctionData(name, values);
}

export function decode(name: string, data: string): readonly (bigint | boolean)[] {
  return poolInterface.decodeFunctionResult(name, data).toArray() as (bigint | boolean)[];
}

/** The pool's code for a refusal, if it has one. */
function explain(data: string): string {
  if (data === "0x") return refusalText(NAMELESS, []);
  if (!data.startsWith("0x08c379a0")) return data;
  const [code] = AbiCoder.defaultAbiCoder().decode(["string"], dataSlice(data, 4)) as unknown as [string];
  return refusalText(code, []);
}
