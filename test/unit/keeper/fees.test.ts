import { expect } from "chai";

import { Chain, type Block } from "../../../scripts/keeper/chain.ts";
import { bumpFees, chooseFees, expectedGasPrice, withTip } from "../../../scripts/keeper/fees.ts";
import { Rpc } from "../../../scripts/keeper/rpc.ts";
import { createRng } from "../../../sim/rng.ts";

const LIMITS = { maxFee: 1_000n, leastTip: 3n };
const block = (baseFee: bigint | undefined): Block => ({ number: 1, hash: "0x", timestamp: 0, baseFee });

/** A node that suggests a tip, or does not know how. */
function chainThatSuggests(tip: bigint | undefined) {
  const request = ({ method }: { method: string }) =>
    tip === undefined && method === "eth_maxPriorityFeePerGas"
      ? Promise.reject(Object.assign(new Error("the method does not exist"), { code: -32_601 }))
      : Promise.resolve(`0x${(tip ?? 0n).toString(16)}`);
  return new Chain(new Rpc({ request }, { sleep: () => Promise.resolve(), rng: createRng("1") }));
}

describe("Fees", () => {
  it("leave room for the base fee to double, within the limit", async () => {
    const chain = chainThatSuggests(5n);
    expect(await chooseFees(chain, block(100n), LIMITS)).to.deep.equal({ maxFee: 205n, tip: 5n, isLegacy: false });
    expect(await chooseFees(chain, block(900n), LIMITS)).to.deep.equal({ maxFee: 1_000n, tip: 5n, isLegacy: false });
    expect(await chooseFees(chain, block(1_000n), LIMITS)).to.equal(undefined);
  });

  it("tip at least what is asked for, and where the node suggests nothing", async () => {
    expect(await chooseFees(chainThatSuggests(1n), block(10n), LIMITS)).to.include({ tip: 3n });
    expect(await chooseFees(chainThatSuggests(undefined), block(10n), LIMITS)).to.include({ tip: 3n });
  });

  it("are a gas price on a chain without EIP-1559", async () => {
    expect(await chooseFees(chainThatSuggests(50n), block(undefined), LIMITS)).to.deep.equal({
      ...{ maxFee: 50n, tip: 50n, isLegacy: true },
    });
    expect(await chooseFees(chainThatSuggests(5_000n), block(undefined), LIMITS)).to.equal(undefined);
    expect(withTip({ maxFee: 50n, tip: 50n, isLegacy: true }, 70n, LIMITS)).to.include({ maxFee: 70n });
  });

  it("replace by an eighth more of both, up to the limit, and then no more", () => {
    const old = { maxFee: 100n, tip: 10n, isLegacy: false };
    expect(bumpFees(old, undefined, LIMITS)).to.deep.equal({ maxFee: 114n, tip: 12n, isLegacy: false });
    const usual = { maxFee: 400n, tip: 4n, isLegacy: false };
    expect(bumpFees(old, usual, LIMITS)).to.deep.equal({ maxFee: 400n, tip: 12n, isLegacy: false });
    const dear = { maxFee: 4_000n, tip: 4n, isLegacy: false };
    expect(bumpFees(old, dear, LIMITS)).to.deep.equal({ maxFee: 1_000n, tip: 12n, isLegacy: false });
    expect(bumpFees({ ...old, maxFee: 950n }, undefined, LIMITS)).to.equal(undefined);
  });

  it("cost the base fee and the tip", () => {
    expect(expectedGasPrice(block(100n), { maxFee: 205n, tip: 5n, isLegacy: false })).to.equal(105n);
    expect(expectedGasPrice(block(100n), { maxFee: 102n, tip: 5n, isLegacy: false })).to.equal(102n);
    expect(expectedGasPrice(block(undefined), { maxFee: 60n, tip: 60n, isLegacy: true })).to.equal(60n);
  });
});
