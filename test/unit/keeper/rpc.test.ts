import { expect } from "chai";

import { classifyRpcError, type RpcErrorKind } from "../../../scripts/keeper/rpc-errors.ts";
import { Rpc, RpcError, StoppedError } from "../../../scripts/keeper/rpc.ts";
import { createRng } from "../../../sim/rng.ts";
import { NodeError } from "../../shared/fake-node.ts";

const DATA = "0x08c379a00000";

describe("#classifyRpcError", () => {
  const cases: readonly (readonly [what: string, error: unknown, kind: RpcErrorKind])[] = [
    ["Geth, known", new NodeError("already known"), "known"],
    ["Hardhat, known", new NodeError("Known transaction: 0xab"), "known"],
    ["Nethermind, known", new NodeError("AlreadyKnown"), "known"],
    ["Geth, replacement", new NodeError("replacement transaction underpriced"), "underpriced"],
    [
      "Hardhat, replacement",
      new NodeError("Replacement transaction underpriced. A gasPrice/maxFeePerGas of at least 11 is necessary"),
      "underpriced",
    ],
    ["Geth, below the pool's least", new NodeError("transaction underpriced: gas tip cap 1"), "underpriced"],
    ["Besu, replacement", new NodeError("Replacement transaction fee too low"), "underpriced"],
    ["Geth, base fee", new NodeError("max fee per gas less than block base fee: address 0x"), "underpriced"],
    ["Geth, nonce", new NodeError("nonce too low: next nonce 7, tx nonce 6"), "nonce-too-low"],
    ["Hardhat, nonce", new NodeError("Nonce too low. Expected nonce to be 7 but got 6."), "nonce-too-low"],
    ["Hardhat, automine", new NodeError("Nonce too high. Expected nonce to be 7 but got 9."), "nonce-too-high"],
    ["Geth, funds", new NodeError("insufficient funds for gas * price + value"), "funds"],
    ["Hardhat, funds", new NodeError("Sender doesn't have enough funds to send tx"), "funds"],
    ["Alchemy, range", new NodeError("Log response size exceeded. You can make eth_getLogs", -32_602), "range"],
    ["Infura, range", new NodeError("query returned more than 10000 results", -32_005), "range"],
    ["QuickNode, range", new NodeError("eth_getLogs is limited to a 10,000 range", -32_614), "range"],
    ["Ankr, range", new NodeError("block range is too wide", -32_600), "range"],
    ["Erigon, range", new NodeError("query exceeds max block range 1000"), "range"],
    ["Geth, revert", new NodeError("execution reverted", 3, DATA), "revert"],
    ["Hardhat, revert", new NodeError("VM Exception while processing transaction: reverted", -32_603), "revert"],
    ["a revert that only its data shows", new NodeError("call failed", -32_000, DATA), "revert"],
    ["too many requests", new NodeError("Too Many Requests", 429), "transient"],
    ["a limit of rate", new NodeError("daily request count exceeded", -32_005), "transient"],
    ["a node behind", new NodeError("header not found"), "transient"],
    ["a broken socket", new TypeError("fetch failed", { cause: { code: "ECONNRESET" } }), "transient"],
    ["a wrapped refusal", new Error("wrapped", { cause: new NodeError("nonce too low") }), "nonce-too-low"],
    ["no answer we know", new NodeError("the moon is full"), "transient"],
    ["a missing method", new NodeError("the method does not exist", -32_601), "fatal"],
    ["a bug of ours", new TypeError("x is undefined"), "fatal"],
  ];
  for (const [what, error, kind] of cases) {
    it(`knows ${what}`, () => expect(classifyRpcError(error).kind).to.equal(kind));
  }

  it("finds a revert's data, and the transaction that a node mined all the same", () => {
    const failure = classifyRpcError(new NodeError("reverted", -32_603, { txHash: "0xaa", data: DATA }));
    expect(failure).to.include({ kind: "revert", data: DATA, transactionHash: "0xaa" });
  });

  it("bears anything", () => {
    for (const thing of [undefined, null, 7, "text", {}, { cause: "x" }]) {
      expect(classifyRpcError(thing).kind).to.equal("transient");
    }
  });
});

describe("Rpc", () => {
  /** Fails so many times, then answers. */
  function failing(times: number, error: Error = new NodeError("timeout"), seed = "1", signal?: AbortSignal) {
    const waits: number[] = [];
    const seen: string[] = [];
    let count = 0;
    const provider = { request: () => (++count <= times ? Promise.reject(error) : Promise.resolve(`answer ${count}`)) };
    const rpc = new Rpc(provider, {
      ...{ rng: createRng(seed), attempts: 5, firstWait: 100, longestWait: 500 },
      sleep: (ms) => Promise.resolve(void waits.push(ms)),
      observe: (_method, result, isLast) => void seen.push(`${result}${isLast ? "!" : ""}`),
      ...(signal === undefined ? {} : { signal }),
    });
    return { rpc, waits, seen, count: () => count };
  }
  const caught = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  it("asks again until there is an answer, waiting longer each time, up to a limit", async () => {
    const { rpc, waits, seen } = failing(4);
    expect(await rpc.request("eth_call")).to.equal("answer 5");
    expect(waits.length).to.equal(4);
    for (const [i, most] of [100, 200, 400, 500].entries()) expect(waits[i]).to.be.within(most / 2, most);
    expect(seen).to.deep.equal(["transient", "transient", "transient", "transient", "ok!"]);
  });

  it("gives up after the attempts that it has", async () => {
    const { rpc, count } = failing(99);
    const error = await caught(rpc.request("eth_call"));
    expect(error).to.be.instanceOf(RpcError);
    expect((error as RpcError).failure.kind).to.equal("transient");
    expect((error as RpcError).message).to.equal("eth_call: timeout");
    expect(count()).to.equal(5);
  });

  it("does not ask again what is refused for good", async () => {
    for (const message of ["execution reverted", "nonce too low", "already known", "insufficient funds"]) {
      const { rpc, waits, count } = failing(99, new NodeError(message));
      expect(await caught(rpc.request("eth_call"))).to.be.instanceOf(RpcError);
      expect([count(), waits.length]).to.deep.equal([1, 0]);
    }
  });

  it("waits as its seed says", async () => {
    const waitsOf = async (seed: string) => {
      const { rpc, waits } = failing(4, undefined, seed);
      await rpc.request("eth_call");
      return waits;
    };
    expect(await waitsOf("7")).to.deep.equal(await waitsOf("7"));
    expect(await waitsOf("7")).not.to.deep.equal(await waitsOf("8"));
  });

  it("does not ask again once it is told to stop", async () => {
    const controller = new AbortController();
    const { rpc, count } = failing(99, undefined, "1", controller.signal);
    controller.abort();
    expect(await caught(rpc.request("eth_call"))).to.be.instanceOf(StoppedError);
    expect(count()).to.equal(1);
  });
});
