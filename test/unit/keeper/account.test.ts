import { expect } from "chai";
import { Transaction } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { chooseAccount } from "../../../scripts/keeper/account.ts";
import { Chain } from "../../../scripts/keeper/chain.ts";
import { Rpc } from "../../../scripts/keeper/rpc.ts";
import { createRng } from "../../../sim/rng.ts";
import { UserError } from "../../../sim/user-error.ts";
import { nodeKey } from "../../shared/keeper-process.ts";

const ADDRESSES = [
  "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
  "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
];
const REQUEST = {
  nonce: 7,
  to: ADDRESSES[2],
  data: "0x1234",
  gas: 50_000n,
  fees: { maxFee: 20n, tip: 3n, isLegacy: false },
};

function chainThatKnows(sent: { method: string; params?: readonly unknown[] }[] = []) {
  const request = (call: { method: string; params?: readonly unknown[] }) => {
    sent.push(call);
    if (call.method === "eth_accounts") return Promise.resolve(ADDRESSES.map((address) => address.toLowerCase()));
    return Promise.resolve(call.method === "eth_chainId" ? "0x7a69" : "0xhash");
  };
  return new Chain(new Rpc({ request }, { sleep: () => Promise.resolve(), rng: createRng("1") }));
}

const variable = (value: string) => ({ get: () => Promise.resolve(value), getHexString: () => Promise.resolve(value) });
const networkOf = (accounts: unknown) =>
  ({ networkName: "here", networkConfig: { type: "http", accounts } }) as unknown as NetworkConnection;
const KINDS: readonly (readonly [string, unknown])[] = [
  ["the node's", "remote"],
  ["configured keys", [0, 1, 2].map((number) => variable(nodeKey(number)))],
  [
    "a configured phrase",
    {
      ...{
        mnemonic: variable("test test test test test test test test test test test junk"),
        passphrase: variable(""),
      },
      ...{ path: "m/44'/60'/0'/0", initialIndex: 0, count: 3 },
    },
  ],
];

describe("#chooseAccount", () => {
  for (const [what, accounts] of KINDS) {
    it(`finds an account among ${what}`, async () => {
      for (const [choice, index] of [
        ["", 0],
        ["0", 0],
        ["2", 2],
        [ADDRESSES[1], 1],
        [ADDRESSES[1].toLowerCase(), 1],
      ] as const) {
        expect((await chooseAccount(networkOf(accounts), chainThatKnows(), choice)).address).to.equal(ADDRESSES[index]);
      }
      for (const choice of ["3", "x", "-1", "0x00000000000000000000000000000000000000aa"]) {
        const error: unknown = await chooseAccount(networkOf(accounts), chainThatKnows(), choice).catch(
          (e: unknown) => e,
        );
        expect(error).to.be.instanceOf(UserError);
        expect((error as UserError).message).to.equal(
          `--account ${choice} is not there: here has 3 accounts, numbered from 0`,
        );
      }
    });
  }

  it("says that none is configured", async () => {
    const error: unknown = await chooseAccount(networkOf([]), chainThatKnows(), "").catch((e: unknown) => e);
    expect((error as UserError).message).to.equal("no account is configured for here");
  });

  it("signs with a configured key, and knows the hash before it sends", async () => {
    const sent: { method: string; params?: readonly unknown[] }[] = [];
    const account = await chooseAccount(networkOf(KINDS[1][1]), chainThatKnows(sent), "1");
    const { hash, send } = await account.prepare(REQUEST);
    expect(sent.map(({ method }) => method)).not.to.include("eth_sendRawTransaction");
    expect(await send()).to.equal(hash);
    const raw = sent.find(({ method }) => method === "eth_sendRawTransaction")?.params?.[0] as string;
    const transaction = Transaction.from(raw);
    expect(transaction.hash).to.equal(hash);
    expect(transaction).to.include({ from: ADDRESSES[1], to: ADDRESSES[2], data: "0x1234", nonce: 7, type: 2 });
    expect([
      transaction.chainId,
      transaction.gasLimit,
      transaction.maxFeePerGas,
      transaction.maxPriorityFeePerGas,
    ]).to.eql([...[31_337n, 50_000n, 20n, 3n]]);
  });

  it("leaves signing to a node that keeps the account", async () => {
    const sent: { method: string; params?: readonly unknown[] }[] = [];
    const account = await chooseAccount(networkOf("remote"), chainThatKnows(sent), "");
    const { hash, send } = await account.prepare({ ...REQUEST, nonce: 0 });
    expect(hash).to.equal(undefined);
    expect(await send()).to.equal("0xhash");
    expect(sent.at(-1)?.params).to.deep.equal([
      {
        ...{ from: ADDRESSES[0], to: ADDRESSES[2], data: "0x1234", nonce: "0x0", gas: "0xc350" },
        ...{ maxFeePerGas: "0x14", maxPriorityFeePerGas: "0x3" },
      },
    ]);
  });
});
