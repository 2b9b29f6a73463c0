import { expect } from "chai";
import { Interface, toBeHex } from "ethers";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { Chain } from "../../../sim/engine/chain.ts";
import type { Renewal } from "../../../sim/runner/long-session.ts";
import { moveToRunner, type Moved } from "../../../sim/runner/move.ts";
import { Replay, ReplayDiffers, type RecordedBlock } from "../../../sim/runner/replay.ts";
import { Session } from "../../../sim/runner/session.ts";

const token = new Interface([
  "function mint(address to, uint256 amount)",
  "function burn(address from, uint256 amount)",
  "function balanceOf(address owner) view returns (uint256)",
]);
const [ANN, BOB] = [toBeHex(0xa11n, 20), toBeHex(0xb0bn, 20)];
const BASE_FEE = 10n ** 9n;

describe("blocks in EDR's Solidity runner", () => {
  let connection: NetworkConnection;
  let chain: Chain;
  let moved: Moved;
  let address: string;
  let now: number;

  const send = (from: string, name: string, args: unknown[], priorityFeeWei = 1n) =>
    chain.send({ from, to: address, data: token.encodeFunctionData(name, args), gas: 100_000, priorityFeeWei });
  const mine = () => chain.mine((now += 12));
  const balanceOf = async (owner: string) =>
    BigInt(await chain.call(address, token.encodeFunctionData("balanceOf", [owner])));

  async function open(renewal?: Renewal): Promise<void> {
    connection = await hre.network.create();
    chain = await Chain.open(connection.provider, BASE_FEE);
    const deployed = await connection.ethers.deployContract("MockERC20", ["Lab", "LAB", 18]);
    await (await deployed.mint(ANN, 5n)).wait();
    await (await deployed.mint(BOB, 5n)).wait();
    await (await deployed.burn(BOB, 5n)).wait(); // a slot that was set and is zero again
    address = await deployed.getAddress();
    const found = await moveToRunner(hre, connection, chain, renewal);
    if (found === undefined) throw new Error("no runner here");
    moved = found;
    now = await chain.timestamp();
  }
  beforeEach(() => open());
  const close = async () => {
    await chain.close();
    await connection.close();
  };
  afterEach(close);

  it("go on where the chain was", async () => {
    expect([await balanceOf(ANN), await balanceOf(BOB)]).to.deep.equal([5n, 0n]);
    await send(ANN, "mint", [BOB, 7n]);
    const [receipt] = await mine();
    expect(receipt.ok).to.equal(true);
    expect(receipt.logs).to.have.length(1);
    expect(receipt.feeWei).to.equal(receipt.gasUsed * (BASE_FEE + 1n));
    expect(await balanceOf(BOB)).to.equal(7n);
  });

  it("say why a transaction failed, and that it did nothing", async () => {
    await send(ANN, "burn", [ANN, 6n]);
    const [receipt] = await mine();
    expect(receipt.ok).to.equal(false);
    expect(receipt.logs).to.deep.equal([]);
    expect(await chain.revertDataOf(receipt.hash)).to.match(/^0xe450d38c/); // ERC20InsufficientBalance
    expect(await balanceOf(ANN)).to.equal(5n);
    await mine();
    expect(() => chain.revertDataOf(receipt.hash)).to.throw("no failed transaction of the newest block");
  });

  it("let questions have no effect, though they are no views", async () => {
    await chain.callNext(address, token.encodeFunctionData("mint", [ANN, 100n]), now + 12);
    expect(await balanceOf(ANN)).to.equal(5n);
    const bad = chain.call(address, token.encodeFunctionData("burn", [ANN, 100n]));
    await bad.then(
      () => expect.fail("it answered"),
      (error: Error) => expect(error.message).to.match(/reverted with 0xe450d38c/),
    );
  });

  it("answer what was asked in one turn in the order of asking", async () => {
    const before = balanceOf(ANN);
    await send(ANN, "mint", [ANN, 1n]);
    const [mined, after] = [mine(), balanceOf(ANN)];
    expect(await Promise.all([before, after])).to.deep.equal([5n, 6n]);
    expect((await mined)[0].ok).to.equal(true);
  });

  it("go back to a snapshot, time and all", async () => {
    const snapshot = await chain.snapshot();
    await send(ANN, "mint", [ANN, 1n]);
    await mine();
    await chain.revert(snapshot);
    expect(await balanceOf(ANN)).to.equal(5n);
    expect(await chain.timestamp()).to.equal(now - 12);
  });

  describe("in a session that is renewed all the time", () => {
    beforeEach(async () => {
      await close();
      await open({ firstLook: 1, worthIt: 0 }); // between any two exchanges
    });

    it("go on with what was done in the one before, slots that were cleared too", async () => {
      await send(ANN, "mint", [BOB, 7n]);
      await send(ANN, "burn", [ANN, 5n]);
      await mine();
      expect([await balanceOf(ANN), await balanceOf(BOB)]).to.deep.equal([0n, 7n]);
      await send(BOB, "burn", [BOB, 3n]);
      const [receipt] = await mine();
      expect(receipt.ok).to.equal(true);
      expect([await balanceOf(ANN), await balanceOf(BOB)]).to.deep.equal([0n, 4n]);
    });

    it("go back to snapshots of sessions before, and no further than they were", async () => {
      const first = await chain.snapshot();
      await send(ANN, "mint", [ANN, 1n]);
      await mine();
      const second = await chain.snapshot();
      await send(ANN, "mint", [ANN, 2n]);
      await mine();
      expect(await balanceOf(ANN)).to.equal(8n);
      await chain.revert(second);
      expect(await balanceOf(ANN)).to.equal(6n);
      await send(ANN, "mint", [ANN, 4n]);
      await mine();
      await chain.revert(first);
      expect(await balanceOf(ANN)).to.equal(5n);
      expect(await chain.timestamp()).to.equal(now - 36);
      await chain.revert(second).then(
        () => expect.fail("it went there"),
        (error: Error) => expect(error.message).to.include("has ended"),
      );
    });
  });

  it("refuse to be moved twice, and the provider's blocks", async () => {
    expect(() => chain.moveTo(moved.blocks)).to.throw("moved already");
    await chain.releaseBlocks().then(
      () => expect.fail("it released them"),
      (error: Error) => expect(error.message).to.include("no longer"),
    );
  });

  it("end with what went wrong in the driver", async () => {
    const session = await Session.start({ ...moved.options, isIsolated: true });
    await session.exchange("09").then(
      () => expect.fail("it answered"),
      (error: Error) => expect(error.message).to.match(/driver: .*LabDriverBadCommand/),
    );
    await session.close();
  });

  describe("replayed", () => {
    let blocks: RecordedBlock[];

    beforeEach(async () => {
      blocks = [];
      moved.blocks.onBlock = (block) => blocks.push(block);
      await send(ANN, "mint", [BOB, 7n]);
      await send(BOB, "burn", [BOB, 3n]);
      await mine();
      await send(BOB, "burn", [BOB, 100n]);
      await mine();
    });

    async function replay(what: readonly RecordedBlock[], isIsolated: boolean): Promise<number> {
      const session = await Replay.start({ ...moved.options, isIsolated });
      try {
        return await session.execute(what);
      } finally {
        await session.close();
      }
    }

    for (const isIsolated of [true, false]) {
      it(`do the same again, ${isIsolated ? "as transactions, gas included" : "as calls of one"}`, async () => {
        expect(await replay(blocks, isIsolated)).to.equal(3);
      });

      it(`name the first operation that differs by a wei, ${isIsolated ? "isolated" : "not isolated"}`, async () => {
        const [first, ...rest] = blocks;
        const commands = [first.commands[0], first.commands[1].replace(/3$/, "4")];
        expect(commands).not.to.deep.equal(first.commands);
        const error = await replay([{ ...first, commands }, ...rest], isIsolated).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).to.be.instanceOf(ReplayDiffers);
        expect(String(error)).to.include(`block ${first.number}, operation 1: `);
        expect(String(error)).to.include(BOB);
      });
    }
  });
});
