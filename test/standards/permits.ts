import { expect } from "chai";
import { Signature, type Signer } from "ethers";

import { PERMIT } from "../shared/typed-data.ts";
import type { System } from "./system.ts";

const DAY = 86_400n;
/** What `holder` allows `stranger`, for a day; nothing of it comes from the contract. */
export async function permission({ connection, holder, stranger }: System) {
  const now = BigInt(await connection.networkHelpers.time.latest());
  return { owner: holder.address, spender: stranger.address, value: 1_000n, nonce: 0n, deadline: now + DAY };
}
type Permission = Awaited<ReturnType<typeof permission>>;

export async function domainOf({ connection, name, vaultAddress }: System) {
  const { chainId } = await connection.ethers.provider.getNetwork();
  return { name, version: "1", chainId, verifyingContract: vaultAddress };
}

export async function sign(system: System, granted: Permission, signer: Signer = system.holder, changed = {}) {
  return Signature.from(await signer.signTypedData({ ...(await domainOf(system)), ...changed }, PERMIT, granted));
}

/** Of a signature, which need not be one. */
interface Parts {
  readonly v: number;
  readonly r: string;
  readonly s: string;
}

/** Sent by somebody whom it does not concern. */
export function submit({ vault, other }: System, { owner, spender, value, deadline }: Permission, { v, r, s }: Parts) {
  return vault.connect(other).permit(owner, spender, value, deadline, v, r, s);
}

const isNot = (address: string) => (recovered: string) => recovered !== address;

export async function refusedAsForged(system: System, granted: Permission, signature: Parts) {
  const { vault } = system;
  await expect(submit(system, granted, signature))
    .to.be.revertedWithCustomError(vault, "ERC2612InvalidSigner")
    .withArgs(isNot(granted.owner), granted.owner);
}
