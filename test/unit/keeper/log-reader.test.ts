import { expect } from "chai";
import { id } from "ethers";

import { Chain } from "../../../scripts/keeper/chain.ts";
import { LogReader } from "../../../scripts/keeper/log-reader.ts";
import { Rpc, RpcError } from "../../../scripts/keeper/rpc.ts";
import { createRng } from "../../../sim/rng.ts";
import { FakeNode, NodeError } from "../../shared/fake-node.ts";

const TOPIC = id("Happened()");
const POOL = "0x00000000000000000000000000000000000000aa";

function setUp(range: number) {
  const node = new FakeNode();
  const splits: number[] = [];
  const rpc = new Rpc(node, { sleep: () => Promise.resolve(), rng: createRng("1"), attempts: 2 });
  const options = { address: POOL, topics: [TOPIC], range, onSplit: (size: number) => void splits.push(size) };
  return { node, splits, reader: new LogReader(new Chain(rpc), options) };
}

/** Everything from block 0 on, piece by piece. */
async function readAll({ reader, node }: ReturnType<typeof setUp>): Promise<number[]> {
  const blocks: number[] = [];
  for (let from = 0; from <= node.head.number;) {
    const { to, logs } = await reader.read(from, node.head.number);
    expect(to).to.be.at.least(from);
    blocks.push(...logs.map(({ blockNumber }) => blockNumber));
    from = to + 1;
  }
  return blocks;
}

describe("LogReader", () => {
  it("reads every event once, in order, whatever the node's limit is", async () => {
    for (const maxRange of [1, 2, 3, 7, 50, Infinity]) {
      const f = setUp(64);
      for (let i = 1; i <= 100; ++i) f.node.mine(i % 3 === 0 ? [{ topics: [TOPIC], data: "0x" }] : []);
      f.node.maxRange = maxRange;
      const expected = Array.from({ length: 33 }, (_, i) => 3 * (i + 1));
      expect(await readAll(f), `limit ${maxRange}`).to.deep.equal(expected);
      expect(f.splits.length > 0).to.equal(maxRange < 64);
    }
  });

  it("halves what is refused and grows again when it is answered", async () => {
    const f = setUp(64);
    f.node.mineMany(200);
    f.node.maxRange = 10;
    expect((await f.reader.read(0, 200)).to).to.equal(7);
    expect(f.splits).to.deep.equal([32, 16, 8]);
    f.node.maxRange = Infinity;
    const sizes: number[] = [];
    for (let from = 8; from <= 200;) {
      const { to } = await f.reader.read(from, 200);
      sizes.push(to - from + 1);
      from = to + 1;
    }
    expect(sizes.slice(0, 4)).to.deep.equal([12, 18, 27, 41]);
    expect(f.reader.range).to.be.at.most(64);
  });

  it("halves too when the node takes too long", async () => {
    const f = setUp(8);
    f.node.mineMany(20);
    f.node.fault = ({ method, params }) => {
      const [filter] = (params ?? []) as { fromBlock: string; toBlock: string }[];
      const isLong = method === "eth_getLogs" && Number(filter.toBlock) - Number(filter.fromBlock) > 2;
      return isLong ? new NodeError("request timed out") : undefined;
    };
    expect((await f.reader.read(0, 20)).to).to.equal(1);
    expect(f.splits).to.deep.equal([4, 2]);
  });

  it("gives up when even one block is refused", async () => {
    const f = setUp(16);
    f.node.mineMany(20);
    f.node.maxRange = 0;
    const error: unknown = await f.reader.read(0, 20).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(RpcError);
    expect(f.splits).to.deep.equal([8, 4, 2, 1]);
  });
});
