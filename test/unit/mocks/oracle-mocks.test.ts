import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

const PRICE = 2_000n * 10n ** 24n;

async function constantOracle(connection: NetworkConnection) {
  const { ethers } = connection;
  const [quote, asset, other] = (await ethers.getSigners()).map((signer) => signer.address);
  return { ethers, quote, asset, other, oracle: await ethers.deployContract("ConstantPriceOracle", [quote]) };
}

describe("ConstantPriceOracle", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(constantOracle);

  it("reverts for an asset without a price", async () => {
    const { oracle, asset } = await load();
    for (const read of [() => oracle.borrowPrice(asset), () => oracle.liquidationPrice(asset)]) {
      await expect(read()).to.be.revertedWithCustomError(oracle, "OracleAssetUnknown").withArgs(asset);
    }
  });

  it("reverts rather than cut a price short", async () => {
    const { oracle, asset } = await load();
    await expect(oracle.setPrice(asset, 2n ** 248n))
      .to.be.revertedWithCustomError(oracle, "MockOraclePriceTooLarge")
      .withArgs(2n ** 248n);
    await oracle.setPrice(asset, 2n ** 248n - 1n);
    expect(await oracle.borrowPrice(asset)).to.equal(2n ** 248n - 1n);
  });

  it("answers what was set", async () => {
    const { oracle, quote, asset } = await load();
    expect(await oracle.quoteAsset()).to.equal(quote);
    await oracle.setPrice(asset, PRICE);
    expect(await oracle.borrowPrice(asset)).to.equal(PRICE);
    await oracle.setPrices(asset, PRICE - 2n, PRICE - 1n);
    expect([...(await oracle.priceOf(asset))]).to.deep.equal([PRICE - 2n, PRICE - 1n]);
    expect(await oracle.borrowPrice(asset)).to.equal(PRICE - 2n);
    expect(await oracle.liquidationPrice(asset)).to.equal(PRICE - 1n);
    expect([...(await oracle.liquidationPriceOrLast(asset))]).to.deep.equal([PRICE - 1n, true]);
  });

  it("stale: as an oracle without a fresh source, for that asset only, until it is fresh again", async () => {
    const { oracle, asset, other } = await load();
    await oracle.setPrice(asset, PRICE);
    await oracle.setPrice(other, PRICE);
    await oracle.setFresh(asset, false);
    await expect(oracle.borrowPrice(asset))
      .to.be.revertedWithCustomError(oracle, "OracleInsufficientSources")
      .withArgs(asset, 0, 1);
    await expect(oracle.liquidationPrice(asset))
      .to.be.revertedWithCustomError(oracle, "OracleNoFreshSource")
      .withArgs(asset);
    expect([...(await oracle.liquidationPriceOrLast(asset))]).to.deep.equal([PRICE, false]);
    expect(await oracle.borrowPrice(other)).to.equal(PRICE);
    await oracle.setPrice(asset, PRICE + 1n); // a new price does not make it fresh
    await expect(oracle.borrowPrice(asset)).to.be.revertedWithCustomError(oracle, "OracleInsufficientSources");
    await oracle.setFresh(asset, true);
    expect(await oracle.borrowPrice(asset)).to.equal(PRICE + 1n);
  });

  it("reverting: every read of that asset fails", async () => {
    const { oracle, asset } = await load();
    await oracle.setPrice(asset, PRICE);
    await oracle.setReverting(asset, true);
    for (const read of [
      () => oracle.borrowPrice(asset),
      () => oracle.liquidationPrice(asset),
      () => oracle.liquidationPriceOrLast(asset),
    ]) {
      await expect(read()).to.be.revertedWithCustomError(oracle, "MockOracleBroken").withArgs(asset);
    }
    await oracle.setReverting(asset, false);
    expect(await oracle.borrowPrice(asset)).to.equal(PRICE);
  });
});
