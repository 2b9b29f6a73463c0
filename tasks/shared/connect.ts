import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { UserError } from "../../sim/user-error.ts";

/** Network of `hardhat.config.ts` that forks are made of. */
export const FORK_NETWORK = "fork";
const ANSWER_WITHIN_MS = 20_000;

/** One for each fork that was asked for, so that tasks run one after the other from code see the same chain. */
const forks = new WeakMap<HardhatRuntimeEnvironment, Promise<NetworkConnection>>();

/** True of a copy of another chain: what is there is not ours, and has its own past. */
export function isFork({ networkConfig }: NetworkConnection): boolean {
  return networkConfig.type === "edr-simulated" && networkConfig.forking !== undefined;
}

/** Whether `--fork-url` was given. */
export function isForkAskedFor({ globalOptions }: HardhatRuntimeEnvironment): boolean {
  return globalOptions.forkUrl !== "";
}

/**
 * What a task works on: the network of `--network`, a chain in process by default, or a copy of the chain behind
 * `--fork-url`, in process too, of which nothing reaches that chain.
 * @param isShared False: a connection of the task's own, which it closes.
 * @param usual Network where none was named; default: the configuration's default.
 * @throws UserError if the options contradict each other, or there is nothing to copy.
 */
export async function connect(
  hre: HardhatRuntimeEnvironment,
  isShared = true,
  usual?: string,
): Promise<NetworkConnection> {
  const { network, forkBlock } = hre.globalOptions;
  if (!isForkAskedFor(hre)) {
    if (forkBlock !== "") throw new UserError("--fork-block needs --fork-url");
    if (network === FORK_NETWORK) throw new UserError("the network fork needs --fork-url: what is it a fork of?");
    const name = network ?? usual;
    return isShared ? hre.network.getOrCreate(name) : hre.network.create(name);
  }
  if (network !== undefined && network !== FORK_NETWORK) {
    throw new UserError(`--fork-url and --network ${network} exclude each other: a fork is a chain in process`);
  }
  if (!isShared) return fork(hre);
  const shared = forks.get(hre) ?? fork(hre);
  forks.set(hre, shared);
  return shared;
}

async function fork(hre: HardhatRuntimeEnvironment): Promise<NetworkConnection> {
  const { forkUrl, forkBlock } = hre.globalOptions;
  const url = parseUrl(forkUrl);
  const blockNumber = forkBlock === "" ? undefined : parseBlock(forkBlock);
  // Signatures, deployments and the rules of its blocks go by the chain's own number.
  const chainId = Number(await ask(url, "eth_chainId"));
  const head = Number(await ask(url, "eth_blockNumber"));
  if (blockNumber !== undefined && blockNumber > head) {
    throw new UserError(`--fork-block ${blockNumber}: the chain is at block ${head}`);
  }
  const connection = await hre.network.create({
    network: FORK_NETWORK,
    override: { chainId, forking: { url, ...(blockNumber === undefined ? {} : { blockNumber }) } },
  });
  await addBlock(connection);
  return connection;
}

/**
 * A block of the fork's own, a second after the last one that it has taken over: on that one EDR refuses calls, unless it knows the
 * history of the chain's hard forks. Later blocks go on from there, however old the fork is.
 */
async function addBlock({ provider }: NetworkConnection): Promise<void> {
  const head = (await provider.request({ method: "eth_getBlockByNumber", params: ["latest", false] })) as {
    readonly timestamp: string;
  };
  await provider.request({ method: "evm_setNextBlockTimestamp", params: [Number(head.timestamp) + 1] });
  await provider.request({ method: "evm_mine" });
}

function parseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UserError("--fork-url must be the http(s) address of a node");
}

function parseBlock(text: string): number {
  const block = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(block)) return block;
  throw new UserError(`--fork-block must be a block's number, got "${text}"`);
}

/** One question, before anything is built on the answer. The address may carry a key: errors do not repeat it. */
async function ask(url: string, method: string): Promise<string> {
  let answer: { readonly result?: unknown; readonly error?: { readonly message?: unknown } };
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: [] }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    answer = (await response.json()) as typeof answer;
  } catch (error) {
    throw new UserError("no node answers at the address of --fork-url", { cause: error });
  }
  if (typeof answer.result === "string" && /^0x[0-9a-f]+$/i.test(answer.result)) return answer.result;
  throw new UserError(`the node of --fork-url does not answer ${method}: ${String(answer.error?.message ?? "")}`);
}
