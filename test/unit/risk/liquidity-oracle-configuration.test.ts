import { expect } from "chai";
import { encodeBytes32String, getAddress, ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { describePool, encodeCreatePool } from "../../../sim/market/uniswap-calls.ts";
import { unitPrice } from "../../../sim/market/uniswap-math.ts";
import { createPool, send } from "../../../sim/market/uniswap-pool.ts";
import {
  DepthStatus,
  marketInput,
  onePool,
  onePoolConfigured,
  PRICE,
  WINDOW,
  type MarketInput,
} from "../../shared/depth-fixtures.ts";

const STRANGE = getAddress("0x0000000000000000000000000000000000057a9e");

describe("LiquidityOracle: configuration", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(onePool);

  describe("#setMarket", () => {
    it("reverts for whom the access manager does not know", async () => {
      const { oracle, assetAddress, pool, stranger } = await load();
      await expect(oracle.connect(stranger).setMarket(assetAddress, marketInput([pool.address])))
        .to.be.revertedWithCustomError(oracle, "AccessManagedUnauthorized")
        .withArgs(stranger.address);
    });

    const ranges: [field: keyof MarketInput & string, values: bigint[]][] = [
      ["impactBps", [9n, 2_001n]],
      ["maxTicks", [0n, 513n]],
      ["window", [59n, 86_401n]],
      ["riseTau", [3_599n, 2_592_001n]],
      ["fallTau", [59n, 604_801n]],
    ];
    for (const [field, values] of ranges) {
      it(`reverts when ${field} is out of range`, async () => {
        const { oracle, assetAddress, pool } = await load();
        for (const value of values) {
          await expect(oracle.setMarket(assetAddress, marketInput([pool.address], { [field]: value })))
            .to.be.revertedWithCustomError(oracle, "DepthConfigInvalid")
            .withArgs(encodeBytes32String(field), value);
        }
      });
    }

    it("reverts unless it falls faster than it rises", async () => {
      const { oracle, assetAddress, pool } = await load();
      await expect(oracle.setMarket(assetAddress, marketInput([pool.address], { riseTau: 7_200n, fallTau: 7_200n })))
        .to.be.revertedWithCustomError(oracle, "DepthConfigInvalid")
        .withArgs(encodeBytes32String("fallTau"), 7_200n);
    });

    it("reverts without pools, with too many, and with one of them twice", async () => {
      const { oracle, assetAddress, pool } = await load();
      const other = STRANGE;
      for (const [pools, value] of [
        [[], 0n],
        [Array<string>(5).fill(pool.address), 5n],
        [[pool.address, pool.address], 1n],
      ] as const) {
        await expect(oracle.setMarket(assetAddress, marketInput([...pools])))
          .to.be.revertedWithCustomError(oracle, "DepthConfigInvalid")
          .withArgs(encodeBytes32String("pools"), value);
      }
      await expect(oracle.setMarket(assetAddress, marketInput([other]))).to.revert(connection.ethers);
    });

    it("reverts for the loan asset itself and for a pool of other tokens", async () => {
      const { oracle, loanAddress, pool } = await load();
      await expect(oracle.setMarket(loanAddress, marketInput([pool.address])))
        .to.be.revertedWithCustomError(oracle, "DepthConfigInvalid")
        .withArgs(encodeBytes32String("asset"), BigInt(loanAddress));
      for (const asset of [STRANGE, ZeroAddress]) {
        await expect(oracle.setMarket(asset, marketInput([pool.address])))
          .to.be.revertedWithCustomError(oracle, "DepthConfigInvalid")
          .withArgs(encodeBytes32String("pool"), BigInt(pool.address));
      }
    });

    it("reverts when the pool is younger than the window", async () => {
      const { oracle, assetAddress, newPool, mint, pass } = await load();
      const young = await newPool(500);
      await mint(young, { value: 1_000n });
      await pass(WINDOW / 2n);
      await expect(oracle.setMarket(assetAddress, marketInput([young.address])))
        .to.be.revertedWithCustomError(oracle, "DepthPoolRejected")
        .withArgs(young.address, DepthStatus.NoHistory);
    });

    it("reverts when the pool was never initialised", async () => {
      const { oracle, assetAddress, loanAddress, governor, uniswap } = await load();
      const blank = describePool(uniswap.factory, assetAddress, loanAddress, 500);
      await send(governor, encodeCreatePool(uniswap, blank));
      await expect(oracle.setMarket(assetAddress, marketInput([blank.address])))
        .to.be.revertedWithCustomError(oracle, "DepthPoolRejected")
        .withArgs(blank.address, DepthStatus.Invalid);
    });

    it("keeps and announces it, and starts with the depth of the moment", async () => {
      const { oracle, assetAddress, pool, ethers } = await load();
      const config = marketInput([pool.address], { impactBps: 500n, maxTicks: 7n, riseTau: 7_200n, fallTau: 60n });
      await expect(oracle.setMarket(assetAddress, config))
        .to.emit(oracle, "DepthMarketConfigured")
        .withArgs(assetAddress, Object.values(config));
      expect(await oracle.marketOf(assetAddress)).to.deep.equal(Object.values(config));
      const [{ walked, mean }] = await oracle.poolsOf(assetAddress);
      const { depth, updatedAt } = await oracle.depthOf(assetAddress);
      expect(depth).to.equal(walked < mean ? walked : mean);
      expect(updatedAt).to.equal((await ethers.provider.getBlock("latest"))?.timestamp);
    });

    it("a new configuration lowers the depth at once and does not raise it", async () => {
      const { oracle, assetAddress, pool, newPool, mint, pass, depth } =
        await connection.networkHelpers.loadFixture(onePoolConfigured);
      const small = await newPool(500);
      await mint(small, { value: 1_000_000n });
      await pass(WINDOW + 60n);
      const before = await depth();
      await oracle.setMarket(assetAddress, marketInput([pool.address, small.address]));
      expect(await depth()).to.equal(before);
      await oracle.setMarket(assetAddress, marketInput([small.address]));
      expect(await depth()).to.be.lessThan(before / 5n);
      expect((await oracle.marketOf(assetAddress)).pools).to.deep.equal([small.address]);
    });

    it("with another impact budget the depth starts anew", async () => {
      const { oracle, assetAddress, pool, depth } = await connection.networkHelpers.loadFixture(onePoolConfigured);
      const before = await depth();
      await oracle.setMarket(assetAddress, marketInput([pool.address], { impactBps: 500n }));
      expect(await depth()).to.be.greaterThan(2n * before);
    });

    it("accepts an empty pool, which has no depth", async () => {
      const { oracle, assetAddress, pool, loanAddress, governor, uniswap, pass, depth } = await load();
      const empty = await createPool(governor, uniswap, {
        ...{ base: assetAddress, quote: loanAddress, fee: 500, observations: 10 },
        price: unitPrice(PRICE, 18, 6),
      });
      await pass(WINDOW + 60n);
      await oracle.setMarket(assetAddress, marketInput([empty.address]));
      expect(await depth()).to.equal(0);
      expect((await oracle.reserveOf(assetAddress)).reserve).to.equal(0);
      await oracle.setMarket(assetAddress, marketInput([pool.address, empty.address], { impactBps: 100n }));
      const both = await depth();
      await oracle.setMarket(assetAddress, marketInput([pool.address], { impactBps: 101n }));
      await oracle.setMarket(assetAddress, marketInput([pool.address], { impactBps: 100n }));
      expect(await depth()).to.equal(both);
    });
  });

  it("views revert for an unknown asset", async () => {
    const { oracle } = await load();
    for (const name of ["depthOf", "reserveOf", "poolsOf", "marketOf"] as const) {
      await expect(oracle[name](STRANGE)).to.be.revertedWithCustomError(oracle, "DepthAssetUnknown").withArgs(STRANGE);
    }
    await expect(oracle.pokeDepth(STRANGE))
      .to.be.revertedWithCustomError(oracle, "DepthAssetUnknown")
      .withArgs(STRANGE);
  });
});
