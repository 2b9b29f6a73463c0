import { expect } from "chai";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { UserError } from "../../../sim/user-error.ts";
import { connect } from "../../../tasks/shared/connect.ts";

interface Options {
  readonly network?: string;
  readonly forkUrl?: string;
  readonly forkBlock?: string;
}

/** What a task sees; connections are told by their names. */
function surroundings({ network, forkUrl = "", forkBlock = "" }: Options): HardhatRuntimeEnvironment {
  return {
    globalOptions: { ...(network === undefined ? {} : { network }), forkUrl, forkBlock },
    network: { create: async () => Promise.resolve("new"), getOrCreate: async () => Promise.resolve("shared") },
  } as unknown as HardhatRuntimeEnvironment;
}

async function refusal(options: Options): Promise<unknown> {
  return connect(surroundings(options)).then(
    () => undefined,
    (error: unknown) => (error instanceof UserError ? error.message : error),
  );
}

/** Nobody listens there. */
const NOWHERE = "http://127.0.0.1:9";

describe("connecting a task", () => {
  for (const [options, message] of [
    [{ forkUrl: "ws://x" }, "--fork-url must be the http(s) address of a node"],
    [{ forkUrl: "nowhere" }, "--fork-url must be the http(s) address of a node"],
    [{ forkBlock: "1" }, "--fork-block needs --fork-url"],
    [{ network: "fork" }, "the network fork needs --fork-url: what is it a fork of?"],
    [{ forkUrl: NOWHERE, forkBlock: "x" }, '--fork-block must be a block\'s number, got "x"'],
    [{ forkUrl: NOWHERE, forkBlock: "-1" }, '--fork-block must be a block\'s number, got "-1"'],
    [
      { forkUrl: NOWHERE, network: "localhost" },
      "--fork-url and --network localhost exclude each other: a fork is a chain in process",
    ],
    [{ forkUrl: `${NOWHERE}/secret-key` }, "no node answers at the address of --fork-url"],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, async () => {
      expect(await refusal(options)).to.equal(message);
    });
  }

  it("takes the network's connection, shared or new, where no fork is asked for", async () => {
    expect(await connect(surroundings({}))).to.equal("shared");
    expect(await connect(surroundings({ network: "localhost" }), false)).to.equal("new");
  });
});
