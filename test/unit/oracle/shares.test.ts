import { expect } from "chai";
import { encodeBytes32String, MaxUint256 } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { answer8, expectWithinBps, feedAndTwap, Status, usdcPerWeth36 } from "../../shared/oracle-fixtures.ts";

const ETH = 10n ** 18n;
const DAY = 86_400n;
const RISE_BPS_PER_DAY = 10n;

/** A vault of WETH with 100 WETH in it, at one to one, configured as a share of the WETH market. */
async function vaultOfWeth(connection: NetworkConnection) {
  const sources = await feedAndTwap(connection);
  const { ethers, governor, weth, wethAddress, oracle } = sources;
  const vault = await ethers.deployContract("MockVault", [wethAddress]);
  const vaultAddress = await vault.getAddress();
  await weth.mint(governor.address, 1_000_000n * ETH);
  await weth.approve(vaultAddress, MaxUint256);
  await vault.deposit(100n * ETH, governor.address);
  await oracle.setShare(vaultAddress, RISE_BPS_PER_DAY);
  /** Assets that appear from nowhere. [WETH] */
  const donate = (amount: bigint) => weth.transfer(vaultAddress, amount * ETH);
  /** Rate as the oracle passes it on. [WAD] */
  const rate = async () => (await oracle.sourcesOf(vaultAddress))[0].price36 / ETH;
  return { ...sources, vault, vaultAddress, donate, rate };
}

describe("PriceOracle: ERC-4626 shares", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(vaultOfWeth);

  describe("#setShare", () => {
    it("reverts when the share is the quote asset, or no vault", async () => {
      const { oracle, ethers, usdcAddress, wethAddress } = await load();
      await expect(oracle.setShare(usdcAddress, 10))
        .to.be.revertedWithCustomError(oracle, "OracleConfigInvalid")
        .withArgs(encodeBytes32String("asset"), usdcAddress);
      await expect(oracle.setShare(wethAddress, 10)).to.revert(ethers);
    });

    it("reverts when the underlying is unknown, or itself a share: no stacking deeper than two", async () => {
      const { oracle, ethers, vaultAddress } = await load();
      const dai = await (await ethers.deployContract("MockERC20", ["Dai", "DAI", 18])).getAddress();
      for (const underlying of [dai, vaultAddress]) {
        const vault = await (await ethers.deployContract("MockVault", [underlying])).getAddress();
        await expect(oracle.setShare(vault, 10))
          .to.be.revertedWithCustomError(oracle, "OracleConfigInvalid")
          .withArgs(encodeBytes32String("underlying"), underlying);
      }
    });

    for (const limit of [0n, 1_001n]) {
      it(`reverts when the limit is ${limit} bps a day`, async () => {
        const { oracle, vaultAddress } = await load();
        await expect(oracle.setShare(vaultAddress, limit))
          .to.be.revertedWithCustomError(oracle, "OracleConfigInvalid")
          .withArgs(encodeBytes32String("maxRiseBpsPerDay"), limit);
      });
    }

    it("reverts when the vault is locked or does not answer", async () => {
      const { oracle, vault, vaultAddress } = await load();
      await vault.setLocked(true);
      await expect(oracle.setShare(vaultAddress, 10))
        .to.be.revertedWithCustomError(oracle, "OracleShareUnavailable")
        .withArgs(vaultAddress, Status.Locked);
      await vault.setLocked(false);
      await vault.setBroken(true);
      await expect(oracle.setShare(vaultAddress, 10))
        .to.be.revertedWithCustomError(oracle, "OracleShareUnavailable")
        .withArgs(vaultAddress, Status.Reverted);
    });

    it("reverts when the rate has too few digits to be a price", async () => {
      const { oracle, vault, vaultAddress } = await load();
      await vault.lose(100n * ETH - 10n ** 5n);
      const rate = await vault.convertToAssets(ETH);
      expect(rate).to.be.within(1n, 10n ** 6n - 1n);
      await expect(oracle.setShare(vaultAddress, 10))
        .to.be.revertedWithCustomError(oracle, "OracleConfigInvalid")
        .withArgs(encodeBytes32String("shareRate"), rate);
    });
  });

  describe("both prices", () => {
    it("are the underlying's times the rate", async () => {
      const { oracle, vault, vaultAddress, wethAddress } = await load();
      expect(await oracle.liquidationPrice(vaultAddress)).to.equal(usdcPerWeth36(2_000));
      await vault.lose(25n * ETH);
      const rate = await vault.convertToAssets(ETH);
      expect(await oracle.liquidationPrice(vaultAddress)).to.equal((usdcPerWeth36(2_000) * rate) / ETH);
      expect(await oracle.borrowPrice(vaultAddress)).to.equal(((await oracle.borrowPrice(wethAddress)) * rate) / ETH);
    });

    it("follow the underlying's failures", async () => {
      const { oracle, vaultAddress, wethAddress, feed, pool } = await load();
      await feed.setAnswer(0);
      await expect(oracle.borrowPrice(vaultAddress))
        .to.be.revertedWithCustomError(oracle, "OracleInsufficientSources")
        .withArgs(wethAddress, 1, 2);
      await pool.setMode(1);
      await expect(oracle.liquidationPrice(vaultAddress))
        .to.be.revertedWithCustomError(oracle, "OracleNoFreshSource")
        .withArgs(vaultAddress);
      expect([...(await oracle.liquidationPriceOrLast(vaultAddress))]).to.deep.equal([usdcPerWeth36(2_000), false]);
    });

    it("list the vault before the underlying's sources", async () => {
      const { oracle, vaultAddress, feedAddresses, poolAddress } = await load();
      const sources = await oracle.sourcesOf(vaultAddress);
      expect(sources.map((source) => source.source)).to.deep.equal([vaultAddress, feedAddresses[0], poolAddress]);
      expect(sources[0].price36).to.equal(10n ** 36n);
    });
  });

  describe("a donation", () => {
    it("in one block moves the rate by what the elapsed time allows, and no more", async () => {
      const { donate, rate, vault } = await load();
      await donate(900n);
      expect(await vault.convertToAssets(ETH)).to.be.greaterThan((99n * ETH) / 10n);
      const later = await rate();
      // A few blocks of a second each at 10 bps a day: parts in a hundred million.
      expect(later).to.be.within(ETH, ETH + (10n * ETH * RISE_BPS_PER_DAY) / 10_000n / DAY);
    });

    it("passes at ten basis points a day, whether poked or not", async () => {
      const { oracle, vaultAddress, donate, rate, pass, refresh } = await load();
      await donate(900n);
      await pass(DAY);
      expectWithinBps(await rate(), (10_010n * ETH) / 10_000n, 0.01);
      await refresh(2_000);
      await oracle.poke(vaultAddress);
      await pass(DAY);
      expectWithinBps(await rate(), (10_010n * 10_010n * ETH) / 10n ** 8n, 0.01);
    });

    it("after a year of silence passes at seven days' rise at most", async () => {
      const { donate, rate, pass } = await load();
      await pass(365n * DAY);
      await donate(900n);
      expect(await rate()).to.equal((10_070n * ETH) / 10_000n);
    });

    it("honest yield below the limit passes whole", async () => {
      const { oracle, vault, vaultAddress, weth, rate, pass } = await load();
      for (let day = 0; day < 5; ++day) {
        await weth.transfer(vaultAddress, (100n * ETH * 5n) / 10_000n); // 5 bps
        await pass(DAY);
        await oracle.poke(vaultAddress);
        expect(await rate()).to.equal(await vault.convertToAssets(ETH));
      }
    });
  });

  describe("a fall", () => {
    it("passes at once, and the way back up is limited again", async () => {
      const { oracle, vault, vaultAddress, rate, donate, pass } = await load();
      await vault.lose(50n * ETH);
      expectWithinBps(await rate(), ETH / 2n, 0.01);
      await pass(12n);
      await oracle.poke(vaultAddress);
      await donate(50n);
      await pass(DAY);
      expectWithinBps(await rate(), (ETH / 2n / 10_000n) * 10_010n, 0.01);
    });

    it("that nobody poked leaves no trace", async () => {
      const { vault, rate, donate } = await load();
      await vault.lose(50n * ETH);
      await donate(50n);
      expectWithinBps(await rate(), ETH, 0.01);
    });
  });

  describe("a vault that does not answer", () => {
    it("has no price to lend on, and its last valid price otherwise", async () => {
      const { oracle, vault, vaultAddress, feed, pass } = await load();
      await feed.setAnswer(answer8(1_990));
      await pass(12n);
      await oracle.poke(vaultAddress);
      await vault.setBroken(true);
      await expect(oracle.borrowPrice(vaultAddress))
        .to.be.revertedWithCustomError(oracle, "OracleShareUnavailable")
        .withArgs(vaultAddress, Status.Reverted);
      await expect(oracle.liquidationPrice(vaultAddress))
        .to.be.revertedWithCustomError(oracle, "OracleNoFreshSource")
        .withArgs(vaultAddress);
      expect([...(await oracle.liquidationPriceOrLast(vaultAddress))]).to.deep.equal([usdcPerWeth36(1_990), false]);
    });

    it("does not stop a poke, which then keeps the rate", async () => {
      const { oracle, vault, vaultAddress, pass } = await load();
      await vault.setBroken(true);
      await pass(12n);
      await expect(oracle.poke(vaultAddress)).to.emit(oracle, "Poked");
      expect((await oracle.snapshotOf(vaultAddress)).shareRateE18).to.equal(ETH);
    });
  });
});
