import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

/** A chain of its own for the suites of a file. */
export function ownChain(): () => NetworkConnection {
  let connection: NetworkConnection | undefined;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection?.close());
  return () => {
    if (connection === undefined) throw new Error("used before the tests began");
    return connection;
  };
}
