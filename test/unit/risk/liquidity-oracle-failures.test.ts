import { expect } from "chai";
import { encodeBytes32String, MaxUint256 } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { poolInterface } from "../../../sim/market/uniswap-artifacts.ts";
import { swapExactInput } from "../../../sim/market/uniswap-pool.ts";
import { brokenAndWhole, DAY, DepthStatus, marketInput, onePool, WINDOW } from "../../shared/depth-fixtures.ts";

/** As `BreakablePool.Mode`. */
const Mode = { Reverting: 1, GasBomb: 2, ShortAnswer: 3, AllOnes: 4 } as const;

const CASES: readonly [name: string, mode: keyof typeof Mode, status: bigint][] = [
  ["slot0", "Reverting", DepthStatus.Reverted],
  ["slot0", "GasBomb", DepthStatus.Reverted],
  ["slot0", "ShortAnswer", DepthStatus.Reverted],
  ["slot0", "AllOnes", DepthStatus.Invalid],
  ["liquidity", "Reverting", DepthStatus.Reverted],
  ["liquidity", "AllOnes", DepthStatus.Invalid],
  ["observe", "Reverting", DepthStatus.NoHistory],
  ["observe", "GasBomb", DepthStatus.NoHistory],
  ["observe", "ShortAnswer", DepthStatus.NoHistory],
  ["observe", "AllOnes", DepthStatus.Invalid],
  ["tickBitmap", "Reverting", DepthStatus.Reverted],
  ["tickBitmap", "ShortAnswer", DepthStatus.Reverted],
  ["ticks", "Reverting", DepthStatus.Reverted],
  ["ticks", "GasBomb", DepthStatus.Reverted],
  ["ticks", "ShortAnswer", DepthStatus.Reverted],
];

describe("LiquidityOracle: pools that fail", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  async function load() {
    const market = await connection.networkHelpers.loadFixture(brokenAndWhole);
    const [broken, whole] = await market.oracle.poolsOf(market.assetAddress);
    const breakPool = (name: string, mode: keyof typeof Mode) =>
      market.front.breakFunction(poolInterface.getFunction(name)?.selector ?? "", Mode[mode]);
    return { ...market, broken, whole, breakPool, start: await market.depth() };
  }

  it("the front changes nothing until it is broken", async () => {
    const { oracle, assetAddress, pool, broken, start, whole } = await load();
    await oracle.setMarket(assetAddress, marketInput([pool.address], { impactBps: 100n }));
    await oracle.setMarket(assetAddress, marketInput([pool.address]));
    const [direct] = await oracle.poolsOf(assetAddress);
    expect([...direct].slice(1, 3)).to.deep.equal([...broken].slice(1, 3));
    expect(direct.crossed).to.equal(1);
    const sum = [broken, whole].reduce((s, { walked, mean }) => s + (walked < mean ? walked : mean), 0n);
    expect(start).to.equal(sum);
  });

  it("is not configured with a pool whose ticks have no positive spacing", async () => {
    const { oracle, assetAddress, frontAddress, breakPool } = await load();
    await breakPool("tickSpacing", "AllOnes"); // −1
    await expect(oracle.setMarket(assetAddress, marketInput([frontAddress])))
      .to.be.revertedWithCustomError(oracle, "DepthConfigInvalid")
      .withArgs(encodeBytes32String("tickSpacing"), MaxUint256);
  });

  for (const [name, mode, status] of CASES) {
    it(`${name}, ${mode}: that pool has no depth, and the other counts`, async () => {
      const { oracle, assetAddress, frontAddress, whole, breakPool, pass, depth, start } = await load();
      await breakPool(name, mode);
      const [first, second] = await oracle.poolsOf(assetAddress);
      expect(first).to.deep.equal([frontAddress, status, 0n, 0n, 0n, false]);
      expect(second).to.deep.equal(whole);
      const left = whole.walked < whole.mean ? whole.walked : whole.mean;
      await pass(60n);
      await expect(oracle.pokeDepth(assetAddress))
        .to.emit(oracle, "DepthPoked")
        .withArgs(assetAddress, start, left, 0b10n);
      await pass(DAY);
      await oracle.pokeDepth(assetAddress);
      expect((await depth()) - left).to.be.within(0n, left / 1_000_000n);
    });
  }

  it("reverts when it is configured", async () => {
    const { oracle, assetAddress, frontAddress, second, breakPool } = await load();
    await breakPool("ticks", "Reverting");
    await expect(oracle.setMarket(assetAddress, marketInput([second.address, frontAddress])))
      .to.be.revertedWithCustomError(oracle, "DepthPoolRejected")
      .withArgs(frontAddress, DepthStatus.Reverted);
  });

  it("a pool that forgets: observations overwritten within the window leave no depth", async () => {
    const market = await connection.networkHelpers.loadFixture(onePool);
    const { oracle, assetAddress, governor, uniswap, newPool, mint, pass, one } = market;
    // One observation only: each trade overwrites it.
    const pool = await newPool(500, 1);
    await mint(pool, { value: 1_000_000n });
    await pass(WINDOW + 60n);
    await oracle.setMarket(assetAddress, marketInput([pool.address]));
    await swapExactInput(governor, uniswap, pool, { tokenIn: assetAddress, amountIn: one.asset });
    expect((await oracle.poolsOf(assetAddress))[0].status).to.equal(DepthStatus.NoHistory);
    await pass(60n);
    await expect(oracle.pokeDepth(assetAddress)).to.emit(oracle, "DepthPoked");
    await pass(WINDOW + 60n);
    expect((await oracle.poolsOf(assetAddress))[0].status).to.equal(DepthStatus.Ok);
  });

  it("more initialised ticks than are crossed: what lies beyond is not counted, and it says so", async () => {
    const market = await connection.networkHelpers.loadFixture(onePool);
    const { oracle, assetAddress, newPool, mint, pass } = market;
    const pool = await newPool(500);
    await mint(pool, { value: 1_000_000n });
    for (const from of [-100, -140, -190]) await mint(pool, { value: 10_000n, from, to: 100 });
    await pass(WINDOW + 60n);
    await oracle.setMarket(assetAddress, marketInput([pool.address], { maxTicks: 3n }));
    const [all] = await oracle.poolsOf(assetAddress);
    expect(all.crossed).to.equal(3);
    expect(all.truncated).to.equal(false);
    await oracle.setMarket(assetAddress, marketInput([pool.address], { maxTicks: 2n }));
    const [some] = await oracle.poolsOf(assetAddress);
    expect(some.crossed).to.equal(2);
    expect(some.truncated).to.equal(true);
    expect(some.walked).to.be.lessThan(all.walked);
  });

  it("too little gas makes no pool look dead: a call fails or counts both", async () => {
    const { oracle, assetAddress, pass, start } = await load();
    await pass(60n);
    const GAS_LIMITS = Array.from({ length: 50 }, (_, i) => 30_000n + BigInt(i) * 10_000n);
    const { networkHelpers } = connection;
    const before = await networkHelpers.takeSnapshot();
    const results: (bigint | "failed")[] = [];
    for (const gasLimit of GAS_LIMITS) {
      await oracle.pokeDepth(assetAddress, { gasLimit }).then(
        async () => {
          const [event] = await oracle.queryFilter(oracle.filters.DepthPoked(), "latest");
          expect(event.args.answering).to.equal(0b11n);
          results.push(event.args.sample);
        },
        () => results.push("failed"),
      );
      await before.restore();
    }
    const first = results.findIndex((result) => result !== "failed");
    expect(first).to.be.within(3, results.length - 3);
    for (const result of results.slice(first)) expect(result).to.equal(start);
    await expect(oracle.pokeDepth.staticCall(assetAddress, { gasLimit: 90_000n }))
      .to.be.revertedWithCustomError(oracle, "OracleGasTooLow")
      .withArgs((left: bigint) => left < 90_000n, (160_000n * 64n) / 63n + 20_000n);
  });
});
