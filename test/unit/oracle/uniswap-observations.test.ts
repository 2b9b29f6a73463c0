import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { connectPool, deployUniswapV3 } from "../../../sim/market/uniswap-deploy.ts";
import { unitPrice } from "../../../sim/market/uniswap-math.ts";
import {
  addFullRangeLiquidity,
  approve,
  createPool,
  growObservations,
  readSlot0,
  swapExactInput,
} from "../../../sim/market/uniswap-pool.ts";
import { createRng } from "../../../sim/rng.ts";

const UNIT = 10n ** 18n;
const OBSERVATIONS = 40;

/** A real pool with a ring of 40 observations, which trades at irregular times. */
async function irregularPool(connection: NetworkConnection) {
  const { ethers, networkHelpers } = connection;
  const { time } = networkHelpers;
  const [trader] = await ethers.getSigners();
  const uniswap = await deployUniswapV3(trader);
  const tokens = [
    await ethers.deployContract("MockERC20", ["One", "ONE", 18]),
    await ethers.deployContract("MockERC20", ["Two", "TWO", 18]),
  ];
  const [base, quote] = await Promise.all(tokens.map((token) => token.getAddress()));
  for (const token of tokens) {
    await token.mint(trader.address, 10n ** 30n);
    for (const spender of [uniswap.positionManager, uniswap.swapRouter]) {
      await approve(trader, await token.getAddress(), spender);
    }
  }
  const price = unitPrice({ numerator: 1n, denominator: 1n }, 18, 18);
  const pool = await createPool(trader, uniswap, { base, quote, fee: 500, price, observations: OBSERVATIONS });
  await addFullRangeLiquidity(trader, uniswap, pool, { amount0: 1_000n * UNIT, amount1: 1_000n * UNIT });
  const harness = await ethers.deployContract("OracleMathHarness");
  const rng = createRng("observations");
  const gaps = [
    () => 12,
    () => 1 + rng.integer(40),
    () => (rng.next() < 0.15 ? 5_000 + rng.integer(50_000) : 1 + rng.integer(3)), // bursts and silence
  ];
  const trade = async (count: number, gap: () => number) => {
    for (let i = 0; i < count; ++i) {
      await time.setNextBlockTimestamp((await time.latest()) + gap());
      const tokenIn = rng.next() < 0.5 ? base : quote;
      await swapExactInput(trader, uniswap, pool, { tokenIn, amountIn: (UNIT * BigInt(1 + rng.integer(300))) / 10n });
    }
  };
  const observe = connectPool(pool.address, trader).getFunction("observe");
  /** Compares many moments, all at one time; those that the pool does not remember must be refused. */
  const compare = async () => {
    const { observationIndex, observationCardinality } = await readSlot0(ethers.provider, pool.address);
    const read = connectPool(pool.address, trader).getFunction("observations");
    const next = await read.staticCall((observationIndex + 1) % observationCardinality);
    const oldest = next.initialized === true ? next : await read.staticCall(0);
    const longest = (await time.latest()) - Number(oldest.blockTimestamp);
    const ago = [0, 1, longest - 1, longest, ...Array.from({ length: 60 }, () => rng.integer(longest + 1))];
    const near = Array.from({ length: 30 }, () => rng.integer(Math.min(longest, 120) + 1));
    const all = [...ago, ...near].map((each) => Math.max(each, 0));
    const [expected] = (await observe.staticCall(all)) as [bigint[]];
    const [oks, sums] = await harness.accumulators(pool.address, all);
    expect([...oks].every((ok) => ok)).to.equal(true);
    expect([...sums]).to.deep.equal([...expected]);
    const [[remembered]] = await harness.accumulators(pool.address, [longest + 1]);
    expect(remembered).to.equal(false);
  };
  return { connection, ethers, trader, harness, pool, gaps, trade, compare };
}

describe("UniswapObservations", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(irregularPool);

  for (const [index, what] of ["regular", "irregular", "erratic"].entries()) {
    it(`answers what observe does, to the last digit, where blocks are ${what}: as the ring fills and after`, async () => {
      const { trade, compare, gaps } = await load();
      for (const count of [1, 2, 15, 21, 1, 1, 30, 50]) {
        await trade(count, gaps[index]);
        await compare();
      }
    });
  }

  it("does so while the ring is being enlarged", async () => {
    const { trade, compare, gaps, trader, pool } = await load();
    await trade(55, gaps[1]);
    await growObservations(trader, pool, 2 * OBSERVATIONS);
    for (const count of [1, 20, 10, 40]) {
      await trade(count, gaps[1]);
      await compare();
    }
  });

  it("costs less than observe from a ring of 40 already", async () => {
    const { trade, gaps, ethers, trader, harness, pool } = await load();
    await trade(60, gaps[0]);
    const estimate = async (to: string, data: string) => {
      const call = { to, data, gas: "0x1000000" };
      const options = { disableStorage: true, disableMemory: true, disableStack: true };
      const trace: unknown = await ethers.provider.send("debug_traceCall", [call, "latest", options]);
      if (typeof trace !== "object" || trace === null || !("gas" in trace)) throw new Error("no trace");
      return BigInt(trace.gas as string);
    };
    const search = await estimate(
      await harness.getAddress(),
      harness.interface.encodeFunctionData("accumulators", [pool.address, [200]]),
    );
    const { interface: abi } = connectPool(pool.address, trader);
    const observe = await estimate(pool.address, abi.encodeFunctionData("observe", [[200]]));
    expect(search).to.be.lessThan(observe);
  });

  it("refuses what is no pool", async () => {
    const { harness } = await load();
    const [[ok]] = await harness.accumulators(await harness.getAddress(), [10]);
    expect(ok).to.equal(false);
  });
});
