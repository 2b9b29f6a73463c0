import { getAddress, HDNodeWallet, isAddress, keccak256, Transaction, Wallet, type BaseWallet } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { UserError } from "../../sim/user-error.ts";
import { encodeAmount, type Chain } from "./chain.ts";
import type { Fees } from "./fees.ts";

export interface TransactionRequest {
  readonly nonce: number;
  readonly to: string;
  readonly data: string;
  readonly gas: bigint;
  readonly fees: Fees;
}

/** Who pays. The key stays in here: it is neither logged nor saved. */
export interface SendingAccount {
  readonly address: string;
  /**
   * Makes a transaction ready.
   * @returns `hash` is known before it is sent where this process signs; `send` may be called again.
   */
  prepare(request: TransactionRequest): Promise<{ readonly hash?: string; readonly send: () => Promise<string> }>;
}

/** An account that the node itself keeps, as a development node does. */
export function nodeAccount(chain: Chain, address: string): SendingAccount {
  const send = async ({ nonce, to, data, gas, fees }: TransactionRequest) => {
    const price = fees.isLegacy
      ? { gasPrice: encodeAmount(fees.maxFee) }
      : { maxFeePerGas: encodeAmount(fees.maxFee), maxPriorityFeePerGas: encodeAmount(fees.tip) };
    const request = { from: address, to, data, nonce: encodeAmount(BigInt(nonce)), gas: encodeAmount(gas), ...price };
    return (await chain.rpc.request("eth_sendTransaction", [request])) as string;
  };
  return { address, prepare: (request) => Promise.resolve({ send: () => send(request) }) };
}

/** An account whose key is in the configuration: signed here, so that the hash is known whatever the node answers. */
export function localAccount(chain: Chain, wallet: BaseWallet, chainId: number): SendingAccount {
  return {
    address: wallet.address,
    prepare: async ({ nonce, to, data, gas, fees }) => {
      const price = fees.isLegacy
        ? { type: 0, gasPrice: fees.maxFee }
        : { type: 2, maxFeePerGas: fees.maxFee, maxPriorityFeePerGas: fees.tip };
      const transaction = Transaction.from({ chainId, nonce, to, data, gasLimit: gas, value: 0n, ...price });
      const raw = await wallet.signTransaction(transaction);
      const hash = keccak256(raw);
      const send = async () => {
        await chain.rpc.request("eth_sendRawTransaction", [raw]);
        return hash;
      };
      return { hash, send };
    },
  };
}

/**
 * The account that `--account` means, among those configured for the network.
 * @param choice Number or address; empty: the first.
 */
export async function chooseAccount(
  { networkConfig, networkName }: Pick<NetworkConnection, "networkConfig" | "networkName">,
  chain: Chain,
  choice: string,
): Promise<SendingAccount> {
  if (networkConfig.type !== "http" || networkConfig.accounts === "remote") {
    const addresses = (await chain.rpc.request("eth_accounts")) as string[];
    return nodeAccount(chain, getAddress(addresses[indexOf(choice, addresses, networkName)]));
  }
  const wallets = await configuredWallets(networkConfig.accounts);
  const addresses = wallets.map(({ address }) => address);
  return localAccount(chain, wallets[indexOf(choice, addresses, networkName)], await chain.chainId());
}

type Configured = Exclude<Extract<NetworkConnection["networkConfig"], { readonly type: "http" }>["accounts"], "remote">;

async function configuredWallets(accounts: Configured): Promise<BaseWallet[]> {
  if (Array.isArray(accounts)) {
    return Promise.all(accounts.map(async (account) => new Wallet(await account.getHexString())));
  }
  const { count, initialIndex, path, mnemonic, passphrase } = accounts;
  const root = HDNodeWallet.fromPhrase(await mnemonic.get(), await passphrase.get(), path);
  return Array.from({ length: count }, (_, index) => root.deriveChild(initialIndex + index));
}

function indexOf(choice: string, addresses: readonly string[], network: string): number {
  if (addresses.length === 0) throw new UserError(`no account is configured for ${network}`);
  const index = isAddress(choice)
    ? addresses.findIndex((address) => BigInt(address) === BigInt(choice))
    : /^\d*$/.test(choice)
      ? Number(choice)
      : -1;
  if (index >= 0 && index < addresses.length) return index;
  throw new UserError(`--account ${choice} is not there: ${network} has ${addresses.length} accounts, numbered from 0`);
}
