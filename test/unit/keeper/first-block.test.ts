import { expect } from "chai";

import { Chain } from "../../../scripts/keeper/chain.ts";
import { findFirstBlock } from "../../../scripts/keeper/first-block.ts";
import { Rpc } from "../../../scripts/keeper/rpc.ts";
import { createRng } from "../../../sim/rng.ts";

function find(first: number, head: number, oldest = 0) {
  let asked = 0;
  const warnings: string[] = [];
  const request = ({ params }: { params?: readonly unknown[] }) => {
    ++asked;
    const number = Number(params?.[1]);
    if (number < oldest) return Promise.reject(Object.assign(new Error("missing trie node"), { code: -32_000 }));
    return Promise.resolve(number >= first ? "0x60" : "0x");
  };
  const chain = new Chain(new Rpc({ request }, { sleep: () => Promise.resolve(), rng: createRng("1"), attempts: 2 }));
  const result = findFirstBlock(chain, "0xpool", head, (_level, event) => void warnings.push(event));
  return { result, asked: () => asked, warnings };
}

describe("#findFirstBlock", () => {
  it("finds the block in which the pool was made, by few questions", async () => {
    for (const first of [0, 1, 17, 499_999, 1_000_000]) {
      const { result, asked, warnings } = find(first, 1_000_000);
      expect(await result).to.equal(first);
      expect(asked()).to.be.at.most(20);
      expect(warnings).to.deep.equal([]);
    }
  });

  it("begins at the beginning, and says so, where the node has forgotten old states", async () => {
    const { result, warnings } = find(17, 1_000_000, 900_000);
    expect(await result).to.equal(0);
    expect(warnings).to.deep.equal(["first-block.unknown"]);
  });
});
