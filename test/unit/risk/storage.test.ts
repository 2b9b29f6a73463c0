import { expect } from "chai";
import { AbiCoder, keccak256 } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { onePoolConfigured } from "../../shared/depth-fixtures.ts";

const abi = AbiCoder.defaultAbiCoder();
/** Mappings of `LiquidityOracle`, in the order of their declaration, behind the access manager's slot. */
const MARKET_SLOT = 1;
const DEPTH_SLOT = 2;

describe("storage of the liquidity oracle", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  async function load() {
    const market = await connection.networkHelpers.loadFixture(onePoolConfigured);
    const { oracle, assetAddress, ethers } = market;
    const oracleAddress = await oracle.getAddress();
    const wordAt = async (mapping: number, offset: bigint) => {
      const slot = BigInt(keccak256(abi.encode(["address", "uint256"], [assetAddress, mapping]))) + offset;
      return BigInt(await ethers.provider.getStorage(oracleAddress, slot));
    };
    return { ...market, wordAt };
  }

  const bits = (word: bigint, from: bigint, width: bigint) => (word >> from) & ((1n << width) - 1n);

  it("keeps all of the result in one slot: 13 + 13 + 4 + 2 = 32 bytes", async () => {
    const { oracle, assetAddress, wordAt } = await load();
    const [depth, updatedAt] = await oracle.depthOf(assetAddress);
    const word = await wordAt(DEPTH_SLOT, 0n);
    expect(depth).to.be.greaterThan(0);
    expect(bits(word, 0n, 104n)).to.equal(depth);
    expect(bits(word, 104n, 104n)).to.equal(depth); // the first sample
    expect(bits(word, 208n, 32n)).to.equal(updatedAt);
    expect(bits(word, 240n, 4n)).to.equal(1); // one pool, and it answers
    expect(bits(word, 244n, 12n)).to.equal((await oracle.marketOf(assetAddress)).impactBps);
    expect(await wordAt(DEPTH_SLOT, 1n)).to.equal(0);
  });

  it("keeps the configuration in one slot, 8 + 4 + 4 + 4 + 3 + 2 + 2 + 1 = 28 bytes, and one a pool", async () => {
    const { oracle, assetAddress, pool, wordAt } = await load();
    const config = await oracle.marketOf(assetAddress);
    const word = await wordAt(MARKET_SLOT, 0n);
    expect(bits(word, 0n, 64n)).to.equal(989_949_493_661_166_535n); // √0.98, rounded up
    expect(bits(word, 64n, 32n)).to.equal(config.window);
    expect(bits(word, 96n, 32n)).to.equal(config.riseTau);
    expect(bits(word, 128n, 32n)).to.equal(config.fallTau);
    expect(bits(word, 160n, 24n)).to.equal(203); // ln(1/0.98)/ln(1.0001) = 202.04
    expect(bits(word, 184n, 16n)).to.equal(config.impactBps);
    expect(bits(word, 200n, 16n)).to.equal(config.maxTicks);
    expect(bits(word, 216n, 8n)).to.equal(1);
    const first = await wordAt(MARKET_SLOT, 1n);
    expect(bits(first, 0n, 160n)).to.equal(BigInt(pool.address));
    expect(bits(first, 160n, 8n)).to.equal(1); // the asset is token0
    expect(bits(first, 168n, 24n)).to.equal(60);
    expect(await wordAt(MARKET_SLOT, 2n)).to.equal(0);
  });
});
