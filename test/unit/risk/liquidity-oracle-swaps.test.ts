import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { deployDepth, marketInput, WINDOW, type DepthSetting, type Position } from "../../shared/depth-fixtures.ts";
import { expectWithinBps } from "../../shared/oracle-fixtures.ts";

/** Positions, by what they have below and above the price. A tick is 0.01 %; 2 % are 202 ticks. */
const SHAPES: Record<string, { fee: number; positions: readonly Position[]; thinsOut: boolean }> = {
  "one position over all prices": { fee: 3_000, positions: [{ value: 5_000_000n }], thinsOut: true },
  "nested positions, thinner outwards": {
    fee: 500,
    positions: [
      { value: 1_000_000n },
      { value: 300_000n, from: -150, to: 150 },
      { value: 200_000n, from: -90, to: 70 },
      { value: 50_000n, from: -31, to: 44 },
    ],
    thinsOut: true,
  },
  "a wall below the price": {
    fee: 500,
    positions: [
      { value: 1_000_000n },
      { value: 900_000n, from: -120, to: -60 },
      { value: 100_000n, from: -400, to: -100 },
    ],
    thinsOut: false,
  },
  "a gap below the price": {
    fee: 500,
    positions: [
      { value: 100_000n, from: -20, to: 300 },
      { value: 400_000n, from: -180, to: -77 },
    ],
    thinsOut: false,
  },
};

const SETTINGS: readonly DepthSetting[] = [
  { assetIsToken0: true, assetDecimals: 18, loanDecimals: 6 },
  { assetIsToken0: false, assetDecimals: 18, loanDecimals: 6 },
  { assetIsToken0: true, assetDecimals: 8, loanDecimals: 18 },
  { assetIsToken0: false, assetDecimals: 6, loanDecimals: 8 },
];

describe("LiquidityOracle: against real swaps", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  for (const setting of SETTINGS) {
    const side = setting.assetIsToken0 ? "token0" : "token1";
    describe(`${setting.assetDecimals} decimals against ${setting.loanDecimals}, the asset is ${side}`, () => {
      for (const [name, { fee, positions, thinsOut }] of Object.entries(SHAPES)) {
        it(`${name}: a sale to −2 % obtains what was predicted`, async () => {
          const market = await deployDepth(connection, setting);
          const { oracle, assetAddress } = market;
          const pool = await market.newPool(fee);
          for (const position of positions) await market.mint(pool, position);
          await market.pass(WINDOW + 60n);
          await oracle.setMarket(assetAddress, marketInput([pool.address]));

          const [measured] = await oracle.poolsOf(assetAddress);
          const depth = await market.depth();
          const obtained = await market.sellDown(pool);
          expectWithinBps(measured.walked, obtained, 0.01, "walk");
          // Whatever the shape, no more than a sale obtains; where liquidity thins out, as everywhere real, that itself.
          expect(depth).to.be.at.most(obtained + obtained / 1_000_000n);
          if (thinsOut) expectWithinBps(depth, obtained, 1, "depth");
          else expect(depth).to.equal(measured.mean);
        });
      }
    });
  }

  it("several pools and fee tiers: the sum of a sale in each", async () => {
    const market = await deployDepth(connection, { assetIsToken0: false, assetDecimals: 18, loanDecimals: 6 });
    const pools = [];
    for (const [fee, value] of [
      [500, 3_000_000n],
      [3_000, 8_000_000n],
      [10_000, 400_000n],
    ] as const) {
      const pool = await market.newPool(fee);
      await market.mint(pool, { value });
      await market.mint(pool, { value: value / 10n, from: -130, to: 600 });
      pools.push(pool);
    }
    await market.pass(WINDOW + 60n);
    await market.oracle.setMarket(market.assetAddress, marketInput(pools.map(({ address }) => address)));
    const depth = await market.depth();
    let obtained = 0n;
    for (const pool of pools) obtained += await market.sellDown(pool);
    expectWithinBps(depth, obtained, 1, "depth");
  });

  it("other budgets: 0.5 %, 5 % and 20 %", async () => {
    for (const impactBps of [50n, 500n, 2_000n]) {
      const market = await deployDepth(connection, { assetIsToken0: true, assetDecimals: 18, loanDecimals: 6 });
      const pool = await market.newPool(3_000);
      await market.mint(pool, { value: 2_000_000n });
      await market.mint(pool, { value: 2_000_000n, from: -1_500, to: 1_000 });
      await market.pass(WINDOW + 60n);
      await market.oracle.setMarket(market.assetAddress, marketInput([pool.address], { impactBps }));
      const depth = await market.depth();
      expectWithinBps(depth, await market.sellDown(pool, impactBps), 1, `${impactBps} bps`);
    }
  });
});
