import { getAddress, type Interface } from "ethers";

import { decodeEvent, type Value } from "../../sim/protocols/fast-abi.ts";
import type { ChainLog } from "./chain.ts";

/** The events that say who owes, and who is for sale. */
const NAMES = ["Borrowed", "Repaid", "AccountKicked", "AccountUnkicked", "CollateralTaken", "BadDebtRealized"] as const;

/** One of them, as far as a keeper is concerned. */
export interface PoolEvent {
  readonly name: (typeof NAMES)[number];
  readonly account: string;
  readonly debtShares: bigint; // by how much they change
  readonly block: number;
  readonly transactionHash: string;
  /** Who kicked, unkicked or took. Of a flash liquidation its contract. */
  readonly by?: string;
}

/** Their topics, and how to read them. */
export function poolEvents(pool: Interface): {
  readonly topics: readonly string[];
  readonly decode: (log: ChainLog) => PoolEvent | undefined;
} {
  const names = new Map(NAMES.map((name) => [topicOf(pool, name), name]));
  const checksums = new Map<string, string>();
  const checksummed = (address: string): string => {
    let known = checksums.get(address);
    if (known === undefined) checksums.set(address, (known = getAddress(address)));
    return known;
  };
  const decode = (log: ChainLog): PoolEvent | undefined => {
    const name = names.get(log.topics[0]);
    if (name === undefined) return undefined;
    const args = decodeEvent(pool, name, log);
    const by = (args.taker ?? args.caller) as string | undefined;
    return {
      ...{ name, account: checksummed(args.account as string), block: log.blockNumber },
      ...{ transactionHash: log.transactionHash, debtShares: changeOf(name, args) },
      ...(by === undefined ? {} : { by: checksummed(by) }),
    };
  };
  return { topics: [...names.keys()], decode };
}

function changeOf(name: PoolEvent["name"], { debtShares, repaidShares }: Readonly<Record<string, Value>>): bigint {
  switch (name) {
    case "Borrowed":
      return debtShares as bigint;
    case "Repaid":
    case "BadDebtRealized":
      return -(debtShares as bigint);
    case "CollateralTaken":
      return -(repaidShares as bigint);
    default:
      return 0n;
  }
}

function topicOf(contract: Interface, name: string): string {
  const event = contract.getEvent(name);
  if (event === null) throw new Error(`the pool's interface has no event ${name}`);
  return event.topicHash;
}
