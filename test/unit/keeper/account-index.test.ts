import { expect } from "chai";
import { AbiCoder, getAddress, id, zeroPadValue } from "ethers";

import { AccountIndex, type SavedIndex } from "../../../scripts/keeper/account-index.ts";
import { Chain, type ChainLog } from "../../../scripts/keeper/chain.ts";
import { LogReader } from "../../../scripts/keeper/log-reader.ts";
import { Rpc } from "../../../scripts/keeper/rpc.ts";
import { createRng, type Rng } from "../../../sim/rng.ts";
import { FakeNode, NodeError, type FakeLog } from "../../shared/fake-node.ts";

const TOPIC = id("Changed(address,int256)");
const POOL = "0x00000000000000000000000000000000000000aa";
const coder = AbiCoder.defaultAbiCoder();
const account = (number: number) => getAddress(zeroPadValue(`0x${(number + 1).toString(16).padStart(2, "0")}`, 20));

/** Debt of an account changes. */
const change = (number: number, shares: bigint): FakeLog => ({
  topics: [TOPIC],
  data: coder.encode(["address", "int256"], [account(number), shares]),
});

function decode(log: ChainLog) {
  const [of, debtShares] = coder.decode(["address", "int256"], log.data) as unknown as [string, bigint];
  const { blockNumber: block, transactionHash } = log;
  return { name: "Borrowed" as const, account: of, debtShares, block, transactionHash };
}

function indexOn(node: FakeNode, { depth = 5, range = 1_000, fromBlock = 0 } = {}) {
  const rpc = new Rpc(node, { sleep: () => Promise.resolve(), rng: createRng("1"), attempts: 2 });
  const chain = new Chain(rpc);
  const reader = new LogReader(chain, { address: POOL, topics: [TOPIC], range });
  const index = new AccountIndex(chain, reader, { fromBlock, depth, decode });
  const sync = async () => {
    const head = await chain.block("latest");
    if (head === undefined) throw new Error("no head");
    return index.sync(head);
  };
  return { index, sync };
}

const sharesOf = (index: AccountIndex) => [...index.debtShares].toSorted(([a], [b]) => (a < b ? -1 : 1));
/** What a checkpoint file makes of it. */
const saved = (index: AccountIndex) => JSON.parse(JSON.stringify(index)) as SavedIndex;

async function fromScratch(node: FakeNode) {
  const { index, sync } = indexOn(node);
  await sync();
  return sharesOf(index);
}

describe("AccountIndex", () => {
  it("sums up what accounts owe, and forgets who owes nothing", async () => {
    const node = new FakeNode();
    node.mine([change(0, 5n), change(1, 7n)]);
    node.mine([change(0, 3n)]);
    const { index, sync } = indexOn(node);
    const result = await sync();
    expect(result).to.deep.include({ to: 2, dropped: 0, isBehind: false });
    expect(result.events.map(({ block }) => block)).to.deep.equal([1, 1, 2]);
    expect(sharesOf(index)).to.deep.equal([
      [account(0), 8n],
      [account(1), 7n],
    ]);
    node.mine([change(1, -7n)]);
    await sync();
    expect(sharesOf(index)).to.deep.equal([[account(0), 8n]]);
  });

  it("reads each block once", async () => {
    const node = new FakeNode();
    for (let i = 0; i < 30; ++i) node.mine([change(i % 4, 1n)]);
    const { index, sync } = indexOn(node, { range: 7 });
    await sync();
    node.mine([change(0, 1n)]);
    const before = node.requests.filter(({ method }) => method === "eth_getLogs").length;
    const { events } = await sync();
    expect(events.length).to.equal(1);
    expect(node.requests.filter(({ method }) => method === "eth_getLogs").length).to.equal(before + 1);
    expect(sharesOf(index)).to.deep.equal(await fromScratch(node));
  });

  it("takes back what a reorganisation takes back", async () => {
    const node = new FakeNode();
    node.mine([change(0, 5n)]);
    node.mineMany(3);
    node.mine([change(0, -5n), change(1, 2n)]);
    node.mine([change(2, 9n)]);
    const { index, sync } = indexOn(node);
    await sync();
    expect(sharesOf(index).length).to.equal(2);
    node.drop(2);
    node.mine([change(3, 4n)]);
    node.mineMany(2);
    const result = await sync();
    expect(result.dropped).to.be.greaterThan(0);
    expect(sharesOf(index)).to.deep.equal([
      [account(0), 5n],
      [account(3), 4n],
    ]);
  });

  it("notices a reorganisation that leaves the chain as long as it was, or shorter", async () => {
    for (const mined of [2, 1]) {
      const node = new FakeNode();
      node.mine([change(0, 5n)]);
      node.mineMany(3);
      node.mine([change(1, 1n)]);
      node.mine([change(1, 1n)]);
      const { index, sync } = indexOn(node);
      await sync();
      node.drop(2);
      for (let i = 0; i < mined; ++i) node.mine([change(2, 1n)]);
      expect((await sync()).dropped, `${mined} mined`).to.be.greaterThan(0);
      expect(sharesOf(index)).to.deep.equal(await fromScratch(node));
    }
  });

  it("starts anew when a reorganisation goes deeper than what it keeps apart", async () => {
    const node = new FakeNode();
    for (let i = 0; i < 20; ++i) node.mine([change(i % 3, 2n)]);
    const { index, sync } = indexOn(node, { depth: 3 });
    await sync();
    node.drop(15);
    for (let i = 0; i < 17; ++i) node.mine([change(3 + (i % 2), 1n)]);
    const result = await sync();
    expect(result.dropped).to.equal(21);
    expect(sharesOf(index)).to.deep.equal(await fromScratch(node));
  });

  it("waits for a node that is merely behind", async () => {
    const node = new FakeNode();
    for (let i = 0; i < 10; ++i) node.mine([change(i % 3, 2n)]);
    const { index, sync } = indexOn(node);
    await sync();
    const before = sharesOf(index);
    const late = new FakeNode();
    late.blocks = node.blocks.slice(0, 7);
    const behind = indexOn(late);
    expect(behind.index.restore(saved(index))).to.equal(true);
    expect(await behind.sync()).to.deep.include({ isBehind: true, dropped: 0 });
    expect(sharesOf(behind.index)).to.deep.equal(before);
  });

  it("believes nothing that was read while the chain changed", async () => {
    const node = new FakeNode();
    node.mineMany(3);
    node.mine([change(0, 5n)]);
    const { index, sync } = indexOn(node);
    let isChanged = false;
    node.fault = ({ method }) => {
      if (method !== "eth_getLogs" || isChanged) return undefined;
      isChanged = true;
      node.drop(1);
      node.mine([change(1, 6n)]);
      return undefined;
    };
    const first = await sync();
    expect(first.to).to.be.lessThan(4);
    expect(sharesOf(index)).to.deep.equal([]);
    await sync();
    expect(sharesOf(index)).to.deep.equal([[account(1), 6n]]);
  });

  it("keeps what it read before an error, and goes on from there", async () => {
    const node = new FakeNode();
    for (let i = 0; i < 50; ++i) node.mine([change(i % 5, 1n)]);
    const { index, sync } = indexOn(node, { range: 10 });
    let left = 3;
    node.fault = ({ method }) => (method === "eth_getLogs" && --left < 0 ? new NodeError("down") : undefined);
    await sync().then(
      () => expect.fail("it should have failed"),
      () => undefined,
    );
    expect(index.block).to.equal(29);
    node.fault = () => undefined;
    await sync();
    expect(sharesOf(index)).to.deep.equal(await fromScratch(node));
  });

  it("refuses a checkpoint of another first block", async () => {
    const node = new FakeNode();
    node.mine([change(0, 1n)]);
    const { index, sync } = indexOn(node);
    await sync();
    const other = indexOn(node, { fromBlock: 1 });
    expect(other.index.restore(saved(index))).to.equal(false);
    expect(other.index.block).to.equal(0);
  });

  it("is the same after any restarts and reorganisations as from scratch", async () => {
    for (let seed = 0; seed < 25; ++seed) {
      const rng = createRng(`index ${seed}`);
      const node = new FakeNode();
      let { index, sync } = indexOn(node, { depth: 4, range: 1 + rng.integer(9) });
      let [restarts, reorgs] = [0, 0];
      for (let step = 0; step < 60; ++step) {
        const dice = rng.next();
        if (dice < 0.15 && node.blocks.length > 3) {
          // Mostly shallow, sometimes deeper than what is kept apart.
          node.drop(Math.min(1 + rng.integer(rng.next() < 0.2 ? 9 : 3), node.blocks.length - 1));
          ++reorgs;
        } else if (dice < 0.3) {
          const next = indexOn(node, { depth: 4, range: 1 + rng.integer(9) });
          expect(next.index.restore(saved(index))).to.equal(true);
          ({ index, sync } = next);
          ++restarts;
        }
        mineSome(node, rng);
        if (rng.next() < 0.5) await sync();
      }
      mineSome(node, rng);
      await sync();
      expect([restarts > 0, reorgs > 0]).to.deep.equal([true, true]);
      expect(index.block).to.equal(node.head.number);
      expect(sharesOf(index), `seed ${seed}`).to.deep.equal(await fromScratch(node));
    }
  });
});

/** A few blocks with changes of debt. */
function mineSome(node: FakeNode, rng: Rng): void {
  const blocks = 1 + rng.integer(4);
  for (let i = 0; i < blocks; ++i) {
    node.mine(Array.from({ length: rng.integer(3) }, () => change(rng.integer(6), BigInt(rng.integer(9) + 1))));
  }
}
