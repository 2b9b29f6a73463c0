import { expect } from "chai";

import { Mempool } from "../../../../sim/congestion/mempool.ts";
import { CONGESTION } from "../../../../sim/congestion/parameters.ts";
import type { Intent } from "../../../../sim/engine/agent.ts";
import { expectClose } from "../../../shared/expect-close.ts";

const GWEI = 10n ** 9n;
const intent = (parts: Partial<Intent> & { fee?: bigint } = {}): Intent => {
  const { fee = 5n, ...rest } = parts;
  return {
    from: "ann",
    to: "pool",
    data: "0x",
    gas: 1,
    priorityFeeWei: fee * GWEI,
    label: "kick",
    touches: [],
    ...rest,
  };
};
const at = (block: number) => ({ block, seconds: block * 12 });
const waitingIn = (pool: Mempool) => pool.queues().flat();

describe("Mempool", () => {
  let pool: Mempool;
  beforeEach(() => {
    pool = new Mempool();
  });

  it("keeps each sender's in the order of sending", () => {
    const [a, b, c] = [intent({ label: "a" }), intent({ from: "bob" }), intent({ label: "c" })];
    for (const each of [a, b, c]) expect(pool.add(each, 40, at(1))).to.equal(undefined);
    expect(pool.queues().map((queue) => queue.map((waiting) => waiting.intent))).to.deep.equal([[a, c], [b]]);
    expect([pool.size, pool.isWaiting("ann"), pool.isWaiting("eve")]).to.deep.equal([3, true, false]);
    for (const waiting of waitingIn(pool)) pool.remove(waiting);
    expect([pool.size, pool.isWaiting("ann")]).to.deep.equal([0, false]);
  });

  it("reckons with a quarter more than the base fee that is believed, up to the cap", () => {
    pool.add(intent(), 40, at(1));
    pool.add(intent({ from: "bob" }), 90, at(1));
    expect(waitingIn(pool).map(({ maxFee }) => maxFee)).to.deep.equal([55, CONGESTION.feeCapGwei]);
  });

  it("has no cap for who bids more for the place alone", () => {
    pool.add(intent({ fee: 700n }), 90, at(1));
    expect(waitingIn(pool)[0].maxFee).to.equal(700);
  });

  describe("a replacement", () => {
    it("takes the place of the same wish, bids a tenth more, and has waited as long", () => {
      const [first, other, second] = [intent(), intent({ label: "other" }), intent({ data: "0x01" })];
      pool.add(first, 40, at(1));
      pool.add(other, 40, at(1));
      expect(pool.add(second, 40, at(3))).to.deep.equal({ intent: first, reason: "replaced" });
      const [waiting, behind] = waitingIn(pool);
      expect([waiting.intent, behind.intent]).to.deep.equal([second, other]);
      expect([waiting.since, waiting.sinceBlock]).to.deep.equal([12, 1]);
      expectClose(waiting.tip, 5.5, 1e-9);
      expectClose(waiting.maxFee, 60.5, 1e-9);
    });

    it("bids what it is worth now, if that is more", () => {
      pool.add(intent(), 40, at(1));
      pool.add(intent({ fee: 70n }), 40, at(2));
      expect(waitingIn(pool)[0].tip).to.equal(70);
    });

    it("does not give back what the first was raised to", () => {
      pool.add(intent(), 95, at(0));
      pool.age(at(6));
      pool.add(intent(), 95, at(6));
      expect(waitingIn(pool)[0].maxFee).to.equal(CONGESTION.raiseCapGwei);
    });

    it("is none for another account, purpose, contract or sender", () => {
      pool.add(intent({ touches: ["x"] }), 40, at(1));
      for (const parts of [{ touches: ["y"] }, { label: "take" }, { to: "router" }, { from: "bob" }]) {
        expect(pool.add(intent({ touches: ["x"], ...parts }), 40, at(1))).to.equal(undefined);
      }
      expect(pool.size).to.equal(5);
    });
  });

  describe("with time", () => {
    it("raises bids by a fifth each three slots, beyond the first cap, up to the second", () => {
      pool.add(intent(), 40, at(0));
      pool.age(at(2));
      expect(waitingIn(pool)[0].tip).to.equal(5);
      pool.age(at(3));
      expectClose(waitingIn(pool)[0].tip, 6, 1e-9);
      expectClose(waitingIn(pool)[0].maxFee, 66, 1e-9);
      pool.age(at(6));
      expectClose(waitingIn(pool)[0].tip, 7.2, 1e-9);
      pool.age(at(24));
      expect(waitingIn(pool)[0].maxFee).to.equal(CONGESTION.raiseCapGwei);
    });

    it("gives up after five minutes", () => {
      const given = intent();
      pool.add(given, 40, at(0));
      expect(pool.age(at(24))).to.deep.equal([]);
      expect(pool.age(at(25))).to.deep.equal([{ intent: given, reason: "expired" }]);
      expect(pool.size).to.equal(0);
    });

    it("waits for two blocks, however long they are", () => {
      pool.add(intent(), 40, { block: 1, seconds: 1_200 });
      expect(pool.age({ block: 2, seconds: 2_400 })).to.deep.equal([]);
      expect(pool.age({ block: 3, seconds: 3_600 })).to.have.lengthOf(1);
    });

    it("knows who tries again at once: the wish is as old as it was, the attempt and its bid are new", () => {
      pool.add(intent(), 40, at(0));
      pool.age(at(25));
      pool.add(intent(), 40, at(26));
      const [waiting] = waitingIn(pool);
      expect([waiting.since, waiting.sentAt, waiting.tip]).to.deep.equal([0, 312, 5]);
      expect(pool.age(at(50))).to.deep.equal([]);
      expect(pool.age(at(51))).to.have.lengthOf(1);
      pool.add(intent(), 40, at(60)); // nine blocks later it is another wish
      expect(waitingIn(pool)[0].since).to.equal(720);
    });
  });
});
