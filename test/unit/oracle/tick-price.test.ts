import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { MAX_TICK, MIN_TICK, sqrtPriceX96AtTick } from "../../../sim/market/uniswap-math.ts";
import { tickPrice36 } from "../../shared/tick-reference.ts";

/** Every 1,777th tick, both ends, and the neighbourhood of zero. */
const TICKS = (() => {
  const ticks = [MIN_TICK, MIN_TICK + 1, MAX_TICK - 1, MAX_TICK];
  for (let tick = -20; tick <= 20; ++tick) ticks.push(tick);
  for (let tick = MIN_TICK + 5; tick < MAX_TICK; tick += 1_777) ticks.push(tick);
  return ticks.map(BigInt);
})();

async function deployHarness(connection: NetworkConnection) {
  return { harness: await connection.ethers.deployContract("OracleMathHarness"), connection };
}

describe("TickPrice", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(deployHarness);

  describe("#sqrtPriceX96", () => {
    it("is Uniswap's own square-root price, to 1e-17 or one unit, and to the rounding of that", async () => {
      const { harness } = await load();
      const roots = await harness.sqrtPriceX96s(TICKS);
      roots.forEach((root, i) => {
        const expected = sqrtPriceX96AtTick(Number(TICKS[i]));
        const error = root > expected ? root - expected : expected - root;
        // Uniswap's 128-bit ratio is good to some parts in 2^64 far from zero.
        expect(error <= expected / 10n ** 17n + 2n, `tick ${TICKS[i]}: ${root}, Uniswap ${expected}`).to.equal(true);
      });
    });
  });

  describe("#price36", () => {
    it("is 1.0001^tick to 1e-15 or one unit, over Uniswap's whole range", async () => {
      const { harness } = await load();
      const prices = await harness.price36s(TICKS);
      expect(prices.length).to.be.greaterThan(1_000);
      prices.forEach((price, i) => {
        const expected = tickPrice36(TICKS[i]);
        const error = price > expected ? price - expected : expected - price;
        expect(error <= expected / 10n ** 15n + 1n, `tick ${TICKS[i]}: ${price}, not ${expected}`).to.equal(true);
      });
    });

    it("is the square of Uniswap's own square-root price, to the rounding of that", async () => {
      const { harness } = await load();
      const prices = await harness.price36s(TICKS);
      prices.forEach((price, i) => {
        // sqrtPriceX96AtTick equals the pool's TickMath to the last bit: test/unit/sim/uniswap.test.ts.
        const root = sqrtPriceX96AtTick(Number(TICKS[i]));
        const square = (root * root * 10n ** 36n) >> 192n;
        const error = price > square ? price - square : square - price;
        // Uniswap's root is rounded to one unit of 2^-96, and its 128-bit ratio to a part in 2^64.
        const tolerance = (2n * square) / root + square / 10n ** 15n + 1n;
        expect(error <= tolerance, `tick ${TICKS[i]}: ${price}, Uniswap ${square}`).to.equal(true);
      });
    });

    it("rises with the tick", async () => {
      const { harness } = await load();
      const ordered = [...TICKS].filter((tick) => tick > -500_000n).sort((a, b) => (a < b ? -1 : 1));
      const prices = await harness.price36s(ordered);
      for (let i = 1; i < prices.length; ++i) {
        if (ordered[i] !== ordered[i - 1]) expect(prices[i] > prices[i - 1], `tick ${ordered[i]}`).to.equal(true);
      }
    });
  });

  describe("#tickE6", () => {
    it("undoes price36 to a millionth of a tick where the price has the digits", async () => {
      const { harness } = await load();
      const ticks = TICKS.filter((tick) => tick > -400_000n);
      const back = await harness.tickE6s(await harness.price36s(ticks).then((prices) => [...prices]));
      back.forEach((tickE6, i) => {
        const error = tickE6 - ticks[i] * 10n ** 6n;
        expect(error >= -1n && error <= 1n, `tick ${ticks[i]}: ${tickE6}`).to.equal(true);
      });
    });

    it("clamps to Uniswap's range", async () => {
      const { harness } = await load();
      const [low, high] = await harness.tickE6s([1n, 2n ** 256n - 1n]);
      const lowest = BigInt(Math.trunc(((-36 * Math.LN10) / Math.log1p(1e-4)) * 1e6)); // 1e-36 is within the range
      expect(low).to.be.within(lowest - 1n, lowest + 1n);
      expect(high).to.equal(BigInt(MAX_TICK) * 10n ** 6n);
    });
  });
});
