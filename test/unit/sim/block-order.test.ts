import { expect } from "chai";

import { orderByTip, orderOf } from "../../../sim/engine/block-order.ts";
import type { Pending } from "../../../sim/engine/blocks.ts";
import { createRng } from "../../../sim/rng.ts";

const BASE = 100n;

function pending(from: string, priorityFeeWei: bigint, maxFeeWei = BASE + priorityFeeWei): Pending {
  return { from, to: "0x01", data: "0x", gas: 21_000, priorityFeeWei, maxFeeWei };
}

describe("the order of a block", () => {
  it("is by what is bid, of equals by arrival", () => {
    expect(orderByTip([pending("a", 1n), pending("b", 3n), pending("c", 3n), pending("d", 2n)], BASE)).to.deep.equal([
      1, 2, 3, 0,
    ]);
  });

  it("counts no more than the base fee leaves of the most that is paid", () => {
    expect(orderByTip([pending("a", 9n, BASE + 1n), pending("b", 2n)], BASE)).to.deep.equal([1, 0]);
  });

  it("keeps each sender's order, whatever its second bids", () => {
    expect(orderByTip([pending("a", 1n), pending("a", 9n), pending("b", 5n)], BASE)).to.deep.equal([2, 0, 1]);
  });

  it("can be that of arrival", () => {
    expect(orderOf("arrival", createRng("x"))([pending("a", 1n), pending("b", 9n)], BASE)).to.deep.equal([0, 1]);
  });

  it("can be random, the same by the same seed, with each sender's order kept", () => {
    const block = Array.from({ length: 40 }, (_, i) => pending(`sender ${i % 7}`, BigInt(i)));
    const order = orderOf("random", createRng("x"))(block, BASE);
    expect(order).to.deep.equal(orderOf("random", createRng("x"))(block, BASE));
    expect(order).not.to.deep.equal(orderOf("random", createRng("y"))(block, BASE));
    expect([...order].sort((a, b) => a - b)).to.deep.equal(block.map((_, i) => i));
    for (let sender = 0; sender < 7; ++sender) {
      const own = order.filter((i) => i % 7 === sender);
      expect(own).to.deep.equal([...own].sort((a, b) => a - b));
    }
  });
});
