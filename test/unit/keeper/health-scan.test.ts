import { expect } from "chai";
import { AbiCoder, getAddress, zeroPadValue } from "ethers";
import hre from "hardhat";

import { Chain } from "../../../scripts/keeper/chain.ts";
import { Contracts, readInterfaces, type Interfaces } from "../../../scripts/keeper/contracts.ts";
import { HealthScan } from "../../../scripts/keeper/health-scan.ts";
import { Rpc } from "../../../scripts/keeper/rpc.ts";
import { createRng } from "../../../sim/rng.ts";
import { FakeNode, NodeError } from "../../shared/fake-node.ts";

const POOL = "0x00000000000000000000000000000000000000aa";
const LENS = "0x00000000000000000000000000000000000000bb";
const account = (number: number) => getAddress(zeroPadValue(`0x${(number + 1).toString(16).padStart(4, "0")}`, 20));
const NONE: ReadonlySet<string> = new Set();

/** A lens that answers from a table, and counts. Health in basis points; the debt is 1,000. */
function setUp(abi: Interfaces, health: Map<string, number>, kicked = new Set<string>()) {
  const node = new FakeNode();
  const pages: string[][] = [];
  let most = Infinity;
  let broken = "";
  node.onCall = ({ data }) => {
    const [, accounts] = abi.AccountLens.decodeFunctionData("standingsOf", data) as unknown as [string, string[]];
    if (accounts.length > most || accounts.includes(broken)) throw new NodeError("out of gas");
    pages.push([...accounts]);
    const rows = accounts.map((each) => [
      1_000n,
      BigInt((health.get(each) ?? 0) / 10),
      kicked.has(each) ? 7n : 0n,
      true,
    ]);
    return AbiCoder.defaultAbiCoder().encode(["tuple(uint256,uint256,uint256,bool)[]"], [rows]);
  };
  const rpc = new Rpc(node, { sleep: () => Promise.resolve(), rng: createRng("1"), attempts: 2 });
  const scan = new HealthScan(new Contracts(new Chain(rpc), abi, "latest"), { pool: POOL, lens: LENS });
  const looked = () => pages.splice(0).flat();
  return {
    node,
    scan,
    looked,
    pages,
    limit: (size: number) => (most = size),
    spoil: (each: string) => (broken = each),
  };
}

describe("HealthScan", () => {
  let abi: Interfaces;
  before(async () => (abi = await readInterfaces(hre)));

  it("finds the unhealthy, worst first", async () => {
    const health = new Map([9_900, 12_000, 8_000, 10_000, 9_950].map((bps, i) => [account(i), bps]));
    const { scan } = setUp(abi, health);
    const found = await scan.scan(health.keys(), NONE, true);
    expect(found.map(({ account: each }) => each)).to.deep.equal([account(2), account(0), account(4)]);
    expect(found[0]).to.deep.include({ debt: 1_000n, capacity: 800n, healthBps: 8_000, isFresh: true, kickedAt: 0 });
  });

  it("looks at the new, the hot, the kicked and the touched every time, at the others in turns", async () => {
    const health = new Map(Array.from({ length: 100 }, (_, i) => [account(i), i < 5 ? 10_500 : 30_000]));
    const { scan, looked } = setUp(abi, health, new Set([account(50)]));
    await scan.scan(health.keys(), NONE, false);
    expect(looked().length).to.equal(100); // all are new
    const seen = new Map<string, number>();
    const touched = new Set([account(60)]);
    for (let round = 0; round < 10; ++round) {
      await scan.scan(health.keys(), touched, false);
      const now = looked();
      expect(now.length).to.be.at.most(17);
      expect(new Set(now).size).to.equal(now.length);
      for (const each of now) seen.set(each, (seen.get(each) ?? 0) + 1);
    }
    for (const always of [0, 1, 2, 3, 4, 50, 60]) expect(seen.get(account(always)), `${always}`).to.equal(10);
    expect(seen.size).to.equal(100);
  });

  it("looks at all when it is told to", async () => {
    const health = new Map(Array.from({ length: 60 }, (_, i) => [account(i), 30_000]));
    const { scan, looked } = setUp(abi, health);
    await scan.scan(health.keys(), NONE, false);
    looked();
    health.set(account(33), 9_000);
    expect((await scan.scan(health.keys(), NONE, true)).map(({ account: each }) => each)).to.deep.equal([account(33)]);
    expect(looked().length).to.equal(60);
  });

  it("forgets who owes no more", async () => {
    const health = new Map([0, 1].map((i) => [account(i), 9_000]));
    const { scan } = setUp(abi, health);
    expect((await scan.scan(health.keys(), NONE, true)).length).to.equal(2);
    expect((await scan.scan([account(1)], NONE, true)).length).to.equal(1);
    expect([...scan.standings.keys()]).to.deep.equal([account(1)]);
  });

  it("asks for fewer at a time when the node cannot bear so many, and remembers that", async () => {
    const health = new Map(Array.from({ length: 100 }, (_, i) => [account(i), 20_000 - 10 * i]));
    const { scan, pages, limit, node } = setUp(abi, health);
    limit(10);
    await scan.scan(health.keys(), NONE, true);
    expect(new Set(pages.flat())).to.deep.equal(new Set(health.keys()));
    pages.splice(0);
    limit(7);
    await scan.scan(health.keys(), NONE, true);
    expect(Math.max(...pages.map(({ length }) => length))).to.be.at.most(7);
    const refused = node.requests.length;
    await scan.scan(health.keys(), NONE, true);
    expect(node.requests.length - refused).to.equal(Math.ceil(100 / pages[0].length));
  });

  it("is not kept from the others by an account that nobody can judge", async () => {
    const health = new Map(Array.from({ length: 100 }, (_, i) => [account(i), 9_000]));
    const { scan, pages, spoil } = setUp(abi, health);
    spoil(account(37));
    expect((await scan.scan(health.keys(), NONE, true)).length).to.equal(99);
    spoil("");
    pages.splice(0);
    expect((await scan.scan(health.keys(), NONE, true)).length).to.equal(100);
    expect(Math.max(...pages.map(({ length }) => length))).to.be.greaterThan(10);
  });

  it("fails with the node", async () => {
    const { scan } = setUp(abi, new Map());
    const failing = new FakeNode();
    failing.fault = () => new NodeError("timeout");
    const rpc = new Rpc(failing, { sleep: () => Promise.resolve(), rng: createRng("1"), attempts: 2 });
    const contracts = new Contracts(new Chain(rpc), abi, "latest");
    const error: unknown = await new HealthScan(contracts, { pool: POOL, lens: LENS })
      .scan([account(0), account(1)], NONE, true)
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error);
    expect(failing.requests.length).to.equal(2);
    expect(await scan.scan([], NONE, true)).to.deep.equal([]);
  });
});
