import { expect } from "chai";
import hre, { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { swapExactInput } from "../../../sim/market/uniswap-pool.ts";
import { deployDepth, marketInput, WINDOW } from "../../shared/depth-fixtures.ts";

const BASE_GAS = 180_000n;
const TICK_GAS = 11_000n;

describe("LiquidityOracle: gas", () => {
  let connection: NetworkConnection;
  before(async function () {
    connection = await network.create();
    if (hre.globalOptions.coverage) this.skip(); // its probes cost gas
  });
  after(() => connection.close());

  /**
   * Pools of 0.05 % with a long history, some of it in use, and `nested` positions each, one inside the other: as many
   * initialised ticks within the budget.
   */
  async function nestedPools(assetIsToken0: boolean, fees: readonly number[], nested: number) {
    const market = await deployDepth(connection, { assetIsToken0, assetDecimals: 18, loanDecimals: 6 });
    const pools = [];
    for (const fee of fees) {
      const pool = await market.newPool(fee, 500);
      await market.mint(pool, { value: 5_000_000n });
      for (let i = 0; i < nested; ++i) {
        const distance = 190 - i * pool.tickSpacing;
        await market.mint(pool, { value: 10_000n, from: -distance, to: distance });
      }
      for (let i = 0; i < 20; ++i) {
        await market.pass(150n);
        const [tokenIn, amountIn] =
          i % 2 === 0 ? [pool.base, market.one.asset] : [pool.quote, 2_000n * market.one.loan];
        await swapExactInput(market.governor, market.uniswap, pool, { tokenIn, amountIn });
      }
      pools.push(pool);
    }
    await market.oracle.setMarket(market.assetAddress, marketInput(pools.map(({ address }) => address)));
    await market.pass(WINDOW);
    return market;
  }

  const cases: [pools: readonly number[], nested: number][] = [
    [[3_000], 0],
    [[500], 3],
    [[500], 18],
    [[500, 3_000], 3],
    [[500, 3_000, 10_000], 1],
  ];
  /** Gas of the transaction, and initialised ticks crossed. */
  async function poke(assetIsToken0: boolean, fees: readonly number[], nested: number) {
    const { oracle, assetAddress } = await nestedPools(assetIsToken0, fees, nested);
    const measured = await oracle.poolsOf(assetAddress);
    const ticks = measured.reduce((sum, { crossed }) => sum + crossed, 0n);
    expect(Number(ticks)).to.be.within(nested * fees.length - fees.length, nested * fees.length + 1);
    const receipt = await (await oracle.pokeDepth(assetAddress)).wait();
    return { ticks, gas: receipt?.gasUsed ?? 0n };
  }

  for (const assetIsToken0 of [true, false]) {
    const side = `the asset is token${assetIsToken0 ? 0 : 1}`;
    for (const [fees, nested] of cases) {
      it(`at most 180k + 11k a tick: ${fees.length} pool(s), ${nested} ticks in each, ${side}`, async () => {
        const { gas, ticks } = await poke(assetIsToken0, fees, nested);
        expect(gas, `${ticks} ticks`).to.be.within(50_000n, BASE_GAS + TICK_GAS * ticks);
      });
    }

    it(`each further tick costs at most 11k, ${side}`, async () => {
      const [few, many] = [await poke(assetIsToken0, [500], 2), await poke(assetIsToken0, [500], 17)];
      expect(many.ticks - few.ticks).to.equal(15);
      expect((many.gas - few.gas) / 15n).to.be.at.most(TICK_GAS);
    });
  }
});
