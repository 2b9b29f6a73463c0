import { expect } from "chai";
import { Wallet } from "ethers";

import { localAccount, nodeAccount } from "../../../scripts/keeper/account.ts";
import { Chain, type Block } from "../../../scripts/keeper/chain.ts";
import type { Intent, SavedTransaction } from "../../../scripts/keeper/pending.ts";
import { Rpc } from "../../../scripts/keeper/rpc.ts";
import { Sender, type SenderOptions } from "../../../scripts/keeper/sender.ts";
import { createRng } from "../../../sim/rng.ts";
import { FakeNode, NodeError } from "../../shared/fake-node.ts";

const wallet = new Wallet(`0x${"11".repeat(32)}`);
const TO = "0x00000000000000000000000000000000000000bb";

const intent = (key: string, more: Partial<Intent> = {}): Intent => ({
  ...{ kind: "take", key, to: TO, data: `0x${Buffer.from(key).toString("hex")}`, gas: 100_000n },
  ...more,
});

interface SetUp {
  readonly node?: FakeNode;
  readonly signs?: boolean;
  readonly options?: Partial<SenderOptions>;
}

/** A sender on a fake node, with everything that it tells written down. */
async function setUp({ node = new FakeNode(), signs = true, options = {} }: SetUp = {}) {
  const outcomes: string[] = [];
  const repairs: string[] = [];
  const saved: SavedTransaction[][] = [];
  const chain = new Chain(new Rpc(node, { sleep: () => Promise.resolve(), rng: createRng("1"), attempts: 2 }));
  const account = signs ? localAccount(chain, wallet, 31_337) : nodeAccount(chain, wallet.address);
  const sender: Sender = new Sender(chain, account, {
    ...{ fees: { maxFee: 1_000n, leastTip: 1n }, maxPending: 4, confirmations: 1, stuckBlocks: 3, maxBumps: 3 },
    log: () => undefined,
    persist: () => Promise.resolve(void saved.push(sender.save())),
    settled: ({ key }, outcome) => void outcomes.push(`${key} ${outcome}`),
    repaired: (what) => void repairs.push(what),
    explain: () => Promise.resolve("lost"),
    ...options,
  });
  const head = async (): Promise<Block> => {
    const block = await chain.block("latest");
    if (block === undefined) throw new Error("no head");
    return block;
  };
  const refresh = async () => sender.refresh(await head());
  const send = async (key: string, more: Partial<Intent> = {}) => sender.send(intent(key, more), await head());
  const poolNonces = () => node.pool.map(({ nonce }) => nonce).toSorted((a, b) => a - b);
  await refresh();
  return { node, sender, outcomes, repairs, saved, refresh, send, poolNonces };
}

describe("Sender", () => {
  for (const signs of [true, false]) {
    describe(signs ? "with a key of its own" : "with an account of the node", () => {
      it("counts nonces itself, and says what became of each transaction", async () => {
        const f = await setUp({ signs });
        expect(await f.send("a")).to.equal("sent");
        expect(await f.send("b")).to.equal("sent");
        expect(f.poolNonces()).to.deep.equal([0, 1]);
        expect(f.sender.pending.map(({ key }) => key)).to.deep.equal(["a", "b"]);
        f.node.succeeds = ({ nonce }) => nonce === 0;
        f.node.mine();
        await f.refresh();
        expect(f.outcomes).to.deep.equal(["a mined", "b lost"]);
        expect(f.sender.pending).to.deep.equal([]);
        expect(await f.send("c")).to.equal("sent");
        expect(f.poolNonces()).to.deep.equal([2]);
      });

      it("sends nothing twice for one opportunity, and no more at a time than it may", async () => {
        const f = await setUp({ signs });
        await f.send("a");
        expect(await f.send("a")).to.equal("busy");
        for (const key of ["b", "c", "d"]) await f.send(key);
        expect(await f.send("e")).to.equal("full");
        expect(f.node.pool.length).to.equal(4);
      });

      it("offers more for what is not mined", async () => {
        const f = await setUp({ signs });
        await f.send("a");
        f.node.baseFee = 60n; // what was offered does not pay for a block any more
        const [before] = f.node.pool;
        f.node.mineMany(2);
        await f.refresh();
        expect(f.repairs).to.deep.equal([]);
        f.node.mine();
        await f.refresh();
        expect(f.repairs).to.deep.equal(["bumped"]);
        expect(f.node.pool.length).to.equal(1);
        expect(f.node.pool[0]).to.include({ nonce: 0, data: before.data });
        expect(f.node.pool[0].maxFee * 100n).to.be.at.least(before.maxFee * 110n);
        f.node.mine();
        await f.refresh();
        expect(f.outcomes).to.deep.equal(["a mined"]);
      });

      it("frees the nonce of what has become pointless", async () => {
        const f = await setUp({ signs });
        await f.send("a");
        f.node.baseFee = 60n;
        f.node.mineMany(3);
        f.node.onCall = () => {
          throw new NodeError("execution reverted", 3, "0x12345678");
        };
        await f.refresh();
        expect(f.repairs).to.deep.equal(["cancelled"]);
        expect(f.node.pool[0]).to.deep.include({ nonce: 0, data: "0x", to: f.node.pool[0].to });
        expect(f.node.pool[0].to.toLowerCase()).to.equal(wallet.address.toLowerCase());
        f.node.mine();
        await f.refresh();
        expect(f.outcomes).to.deep.equal(["a cancelled"]);
      });

      it("cancels what does not move however much it offers, and stops at the limit of fees", async () => {
        const f = await setUp({ signs });
        await f.send("a");
        f.node.isHeld = () => true;
        for (let i = 0; i < 60; ++i) {
          f.node.mineMany(3);
          await f.refresh();
        }
        expect(f.repairs.slice(0, 4)).to.deep.equal(["bumped", "bumped", "bumped", "cancelled"]);
        expect(f.repairs).to.include("at-limit");
        expect(f.node.pool.length).to.equal(1);
        expect(f.node.pool[0].maxFee).to.be.at.most(1_000n);
        f.node.isHeld = () => false;
        f.node.mine();
        await f.refresh();
        expect(f.outcomes).to.deep.equal(["a cancelled"]);
      });

      it("fills a gap in the nonces, so that what waits behind it goes on", async () => {
        const f = await setUp({ signs });
        await f.send("a");
        await f.send("b");
        // The node forgets the first; and so does the keeper, restarted from an older checkpoint.
        f.node.pool = f.node.pool.filter(({ nonce }) => nonce === 1);
        const later = await setUp({ node: f.node, signs });
        later.sender.restore(f.sender.save().filter(({ nonce }) => nonce === 1));
        await later.refresh();
        expect(later.repairs).to.deep.equal(["gap"]);
        expect(later.poolNonces()).to.deep.equal([0, 1]);
        f.node.mine();
        await later.refresh();
        expect(later.outcomes).to.deep.equal(["foreign:0 cancelled", "b mined"]);
      });

      it("sends again what the node has forgotten", async () => {
        const f = await setUp({ signs });
        f.node.isHeld = () => true;
        await f.send("a");
        await f.send("b");
        const gone = f.node.pool.find(({ nonce }) => nonce === 1);
        f.node.pool = f.node.pool.filter(({ nonce }) => nonce === 0);
        f.node.mineMany(3);
        await f.refresh();
        expect(f.repairs).to.deep.equal(["bumped", "rebroadcast"]);
        expect(f.node.pool.find(({ nonce }) => nonce === 1)).to.deep.equal(gone);
      });

      it("goes behind transactions that another process sent with its key", async () => {
        const f = await setUp({ signs });
        f.node.inject(wallet.address, 0, 100n);
        expect(await f.send("a")).to.equal("sent"); // refused at 0: the nonce is taken and pays more
        expect(f.poolNonces()).to.deep.equal([0, 1]);
        expect(f.repairs).to.deep.equal(["adopted"]);
        f.node.mine();
        await f.refresh();
        expect(f.outcomes).to.deep.equal(["foreign:0 mined", "a mined"]);
      });

      it("frees a nonce that another process has left stuck", async () => {
        const f = await setUp({ signs });
        f.node.inject(wallet.address, 0, 5n); // below the base fee
        await f.refresh();
        expect(f.repairs).to.deep.equal(["adopted"]);
        await f.send("a");
        f.node.mineMany(3);
        await f.refresh();
        expect(f.repairs).to.deep.equal(["adopted", "cancelled"]);
        f.node.mine();
        await f.refresh();
        expect(f.outcomes).to.deep.equal(["foreign:0 cancelled", "a mined"]);
      });

      it("looks at its nonce anew when it is used already", async () => {
        const f = await setUp({ signs });
        f.node.inject(wallet.address, 0, 100n);
        f.node.mine();
        expect(await f.send("a")).to.equal("sent");
        expect(f.poolNonces()).to.deep.equal([1]);
      });

      it("finds out what became of a transaction whose answer got lost", async () => {
        const f = await setUp({ signs });
        f.node.loseAnswers = 1; // accepted; the second attempt then meets the first
        expect(await f.send("a")).to.equal("sent");
        expect(f.node.pool.length).to.equal(1);
        f.node.mine();
        await f.refresh();
        expect(f.outcomes).to.deep.equal(["a mined"]);
      });

      it("keeps its place when the node is gone as it sends", async () => {
        const f = await setUp({ signs });
        f.node.fault = ({ method }) => (method.startsWith("eth_send") ? new NodeError("ECONNREFUSED") : undefined);
        expect(await f.send("a")).to.equal("unsure");
        f.node.fault = () => undefined;
        expect(await f.send("b")).to.equal("sent");
        expect(f.poolNonces()).to.deep.equal([1]);
        f.node.mineMany(3);
        await f.refresh();
        expect(f.poolNonces()).to.deep.equal([0, 1]);
        f.node.mine();
        await f.refresh();
        expect(f.outcomes).to.deep.equal(["a mined", "b mined"]);
      });

      it("takes up again what an earlier life has sent, killed at any moment", async () => {
        const f = await setUp({ signs });
        await f.send("a");
        await f.send("b");
        expect(f.saved.length).to.be.at.least(4); // before and after each
        for (const [moment, transactions] of f.saved.entries()) {
          const node = new FakeNode();
          node.pool = [...f.node.pool];
          node.mine();
          const later = await setUp({ node, signs });
          later.sender.restore(JSON.parse(JSON.stringify(transactions)) as SavedTransaction[]);
          await later.refresh();
          expect(later.sender.pending, `moment ${moment}`).to.deep.equal([]);
          const known = transactions.map(({ key }) => `${key} mined`);
          expect(later.outcomes, `moment ${moment}`).to.deep.equal(known);
          expect(await later.send("c")).to.equal("sent");
          expect(later.poolNonces()).to.deep.equal([2]);
        }
      });
    });
  }

  it("says so when a nonce went to another transaction of the same key", async () => {
    const f = await setUp();
    await f.send("a");
    f.node.pool = [];
    f.node.inject(wallet.address, 0, 100n);
    f.node.mine();
    for (let i = 0; i < 5; ++i) await f.refresh();
    expect(f.outcomes).to.deep.equal(["a replaced"]);
  });

  it("waits for the confirmations that it is told to, and for a transaction that a reorganisation took back", async () => {
    const f = await setUp({ options: { confirmations: 3 } });
    await f.send("a");
    const [transaction] = f.node.pool;
    f.node.mineMany(2);
    await f.refresh();
    expect(f.outcomes).to.deep.equal([]);
    f.node.drop(2);
    f.node.pool = [transaction];
    await f.refresh();
    expect(f.sender.pending.length).to.equal(1);
    f.node.mineMany(3);
    await f.refresh();
    expect(f.outcomes).to.deep.equal(["a mined"]);
  });

  it("sends nothing while gas is dearer than it may pay", async () => {
    const f = await setUp();
    f.node.baseFee = 1_000n;
    expect(await f.send("a")).to.equal("too-dear");
    expect(f.node.pool).to.deep.equal([]);
  });

  it("says so when there is no money for gas, and keeps no nonce for it", async () => {
    const f = await setUp();
    f.node.fault = ({ method }) =>
      method === "eth_sendRawTransaction" ? new NodeError("insufficient funds for gas * price + value") : undefined;
    expect(await f.send("a")).to.equal("no-funds");
    expect(f.sender.pending).to.deep.equal([]);
    f.node.fault = () => undefined;
    await f.send("b");
    expect(f.poolNonces()).to.deep.equal([0]);
  });

  it("gives way to a node that does not queue", async () => {
    const f = await setUp({ signs: false });
    f.node.fault = ({ method }) => (method === "eth_sendTransaction" ? new NodeError("timeout") : undefined);
    await f.send("a"); // never arrives
    let refusals = 0;
    f.node.fault = ({ method, params }) => {
      const [{ nonce }] = (params ?? [{}]) as { nonce?: string }[];
      if (method !== "eth_sendTransaction" || nonce === "0x0") return undefined;
      ++refusals;
      return new NodeError("Nonce too high. Expected nonce to be 0 but got 1.");
    };
    expect(await f.send("b")).to.equal("sent");
    expect(refusals).to.equal(1);
    expect(f.poolNonces()).to.deep.equal([0]);
    expect(f.outcomes).to.deep.equal(["a replaced"]);
  });

  for (const [what, withHash] of [
    ["with its hash", true],
    ["without", false],
  ] as const) {
    it(`counts a transaction as sent that a node mined and reported as failed, ${what}`, async () => {
      const f = await setUp({ signs: false });
      f.node.succeeds = () => false;
      let isFirst = true;
      f.node.fault = (request) => {
        if (request.method !== "eth_sendTransaction" || !isFirst) return undefined;
        isFirst = false;
        void f.node.request(request);
        const [{ hash }] = f.node.pool;
        f.node.mine();
        const data = "0x12345678";
        return new NodeError("VM Exception: reverted", -32_603, withHash ? { txHash: hash, data } : data);
      };
      expect(await f.send("a")).to.equal("sent");
      await f.refresh();
      expect(f.outcomes).to.deep.equal(["a lost"]);
    });
  }

  it("keeps no nonce for what a node refuses to take because it would fail", async () => {
    const f = await setUp();
    f.node.fault = ({ method }) =>
      method === "eth_sendRawTransaction" ? new NodeError("execution reverted", 3, "0x12345678") : undefined;
    expect(await f.send("a")).to.equal("refused");
    f.node.fault = () => undefined;
    await f.send("b");
    expect(f.poolNonces()).to.deep.equal([0]);
  });

  it("offers what an opportunity is worth, within the limit", async () => {
    const f = await setUp();
    await f.send("a", { tip: 500n });
    await f.send("b", { tip: 10n ** 12n });
    const [a, b] = f.sender.pending;
    expect(a.fees).to.deep.equal({ maxFee: 520n, tip: 500n, isLegacy: false });
    expect(b.fees).to.deep.equal({ maxFee: 1_000n, tip: 1_000n, isLegacy: false });
  });

  it("never saves or shows the key", async () => {
    const f = await setUp();
    await f.send("a");
    expect(JSON.stringify(f.saved)).not.to.include("11".repeat(32));
  });
});
