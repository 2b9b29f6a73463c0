import { expect } from "chai";

import { createRng } from "../../../sim/rng.ts";
import { Rpc, RpcError } from "../../../scripts/keeper/rpc.ts";
import { readPages } from "../../../scripts/risk/pages.ts";

const ACCOUNTS = Array.from({ length: 23 }, (_, i) => `account ${i}`);

/** A node that refuses, in its words, pages of more than so many. */
function node(most: number, words = "Transaction ran out of gas") {
  const asked: number[] = [];
  const provider = {
    request: async ({ params = [] }: { readonly params?: readonly unknown[] }) => {
      const [page] = params as [readonly string[]];
      asked.push(page.length);
      await Promise.resolve();
      if (page.length > most) throw new Error(words);
      return page;
    },
  };
  const rpc = new Rpc(provider, { sleep: async () => undefined, rng: createRng("test"), attempts: 1 });
  const read = async (page: readonly string[]) => (await rpc.request("eth_call", [page])) as readonly string[];
  return { asked, read };
}

/** What it is given up with. */
async function failure(read: (page: readonly string[]) => Promise<unknown>): Promise<unknown> {
  return readPages(ACCOUNTS, read, { size: 8, concurrency: 1 }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("reading in pages", () => {
  for (const [size, concurrency] of [
    [5, 1],
    [5, 3],
    [100, 2],
    [1, 4],
  ] as const) {
    it(`asks for each account once, in order: pages of ${size}, ${concurrency} at once`, async () => {
      const { asked, read } = node(1_000);
      const pages = await readPages(ACCOUNTS, read, { size, concurrency });
      expect(pages.flat()).to.deep.equal(ACCOUNTS);
      expect(asked).to.have.lengthOf(Math.ceil(ACCOUNTS.length / size));
    });
  }

  it("halves a page that is refused, and does not try so large a one again", async () => {
    const { asked, read } = node(4);
    const pages = await readPages(ACCOUNTS, read, { size: 16, concurrency: 1 });
    expect(pages.flat()).to.deep.equal(ACCOUNTS);
    expect(asked.filter((length) => length > 4)).to.deep.equal([16, 8, 8]);
  });

  it("gives up when a single account is refused, with the node's words", async () => {
    const { read } = node(0, "execution reverted: broken");
    const error = await failure(read);
    expect(error).to.be.instanceOf(RpcError);
    expect(String(error)).to.contain("execution reverted: broken");
  });

  it("does not take a bug of its own for a page that is too large", async () => {
    let calls = 0;
    const read = async () => {
      ++calls;
      await Promise.resolve();
      throw new TypeError("undefined is not a function");
    };
    expect(await failure(read)).to.be.instanceOf(TypeError);
    expect(calls).to.equal(1);
  });
});
