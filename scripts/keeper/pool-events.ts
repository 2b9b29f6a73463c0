import type { Interface } from "ethers";

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
  const decode = (log: ChainLog): PoolEvent | undefined => {
    const name = names.get(log.topics[0]);
    const parsed = name === undefined ? null : pool.parseLog({ topics: [...log.topics], data: log.data });
    if (name === undefined || parsed === null) return undefined;
    const { args } = parsed;
    const by = (args.taker ?? args.caller) as string | undefined;
    return {
      ...{ name, account: args.account as string, block: log.blockNumber, transactionHash: log.transactionHash },
      debtShares: changeOf(name, args as unknown as Readonly<Record<string, bigint>>),
      ...(by === undefined ? {} : { by }),
    };
  };
  return { topics: [...names.keys()], decode };
}

function changeOf(name: PoolEvent["name"], args: Readonly<Record<string, bigint>>): bigint {
  switch (name) {
    case "Borrowed":
      return args.debtShares;
    case "Repaid":
    case "BadDebtRealized":
      return -args.debtShares;
    case "CollateralTaken":
      return -args.repaidShares;
    default:
      return 0n;
  }
}

function topicOf(contract: Interface, name: string): string {
  const event = contract.getEvent(name);
  if (event === null) throw new Error(`the pool's interface has no event ${name}`);
  return event.topicHash;
}
