import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { BITCOIN, ETHER, lentPool, load, setPrice, supply, USD } from "../../shared/borrower-fixtures.ts";
import { fixNextBlock, PENDING } from "../../shared/next-block.ts";
import { PAUSE } from "../../shared/pool-fixtures.ts";

const DAY = 86_400;

/**
 * `borrower` owes 120,000 against 100 ETH, `otherBorrower` 30,000 against 1 BTC and 5 ETH, `liquidator` has 7 ETH at the
 * pool and owes nothing, `stranger` nothing at all. Interest has run for a day.
 */
async function watchedPool(connection: NetworkConnection) {
  const p = await lentPool(connection);
  await supply(p, p.eth, 100n * ETHER);
  await supply(p, p.btc, BITCOIN, p.otherBorrower);
  await supply(p, p.eth, 5n * ETHER, p.otherBorrower);
  await supply(p, p.eth, 7n * ETHER, p.liquidator);
  for (const [account, debt] of [
    [p.borrower, 120_000n],
    [p.otherBorrower, 30_000n],
  ] as const) {
    await p.pool.connect(account).borrow(debt * USD, 0, account.address, account.address);
  }
  const lens = await p.ethers.deployContract("AccountLens");
  await p.networkHelpers.time.increase(DAY);
  const accounts = [p.borrower, p.otherBorrower, p.liquidator, p.stranger].map(({ address }) => address);
  return { ...p, lens, accounts };
}

type Watched = Awaited<ReturnType<typeof watchedPool>>;

/** The pool's own answer, or zeros where it refuses. */
async function quoteOf({ liquidation }: Watched, account: string, collateral: string) {
  try {
    return [...(await liquidation.quoteTake.staticCall(account, collateral, MaxUint256, PENDING))];
  } catch {
    return [0n, 0n, 0n];
  }
}

async function quotesOf({ lens, poolAddress }: Watched, collateral: string, accounts: readonly string[]) {
  const quotes = await lens.quotesOf.staticCall(poolAddress, collateral, [...accounts], PENDING);
  return quotes.map((quote) => [...quote]);
}

describe("AccountLens", () => {
  describe("#marketOf", () => {
    it("reverts when the address is no pool", async () => {
      const { lens, loanAddress, eth, ethers } = await load(watchedPool);
      await expect(lens.marketOf(loanAddress, eth.address)).to.revert(ethers);
      await expect(lens.marketOf(ZeroAddress, eth.address)).to.revert(ethers);
    });

    it("reverts when the oracle itself is broken: no price is better than a wrong one", async () => {
      const { lens, poolAddress, eth, oracle } = await load(watchedPool);
      await oracle.setReverting(eth.address, true);
      await expect(lens.marketOf(poolAddress, eth.address))
        .to.be.revertedWithCustomError(oracle, "MockOracleBroken")
        .withArgs(eth.address);
    });

    it("agrees with the pool's own views, interest up to the block included", async () => {
      const p = await load(watchedPool);
      const { lens, pool, poolAddress, oracle, connection, networkHelpers } = p;
      await oracle.setPrices(p.eth.address, 1_900n * USD * 10n ** 18n, 2_050n * USD * 10n ** 18n);
      const booked = await pool.totals();
      await fixNextBlock(connection, DAY);
      for (const collateral of [p.eth, p.btc, p.stb]) {
        const market = await lens.marketOf(poolAddress, collateral.address, PENDING);
        expect(market.timestamp).to.equal((await networkHelpers.time.latest()) + DAY);
        expect([...market.totals]).to.deep.equal([...(await pool.totals(PENDING))]);
        expect(market.totals.debtAssets).to.be.greaterThan(booked.debtAssets);
        expect(market.lenderShares).to.equal(await pool.totalSupply());
        expect(market.liquidationFactorBps).to.equal(await pool.liquidationFactorBps(collateral.address, PENDING));
        expect(market.borrowFactorBps).to.equal((await pool.collateralConfig(collateral.address)).borrowFactorBps);
        const prices = await oracle.priceOf(collateral.address);
        expect([market.borrowPrice36, market.liquidationPrice36]).to.deep.equal([...prices]);
        expect(market.priceFresh).to.equal(true);
      }
    });

    it("shows a liquidation factor on its way down", async () => {
      const { lens, poolAddress, eth, admin, connection } = await load(watchedPool);
      await admin.rampDownLiquidationFactor(eth.address, 7_800, DAY);
      await fixNextBlock(connection, DAY / 2);
      expect((await lens.marketOf(poolAddress, eth.address, PENDING)).liquidationFactorBps).to.equal(7_900);
    });

    it("says so when nothing may be borrowed, and gives the last price to liquidate at", async () => {
      const { lens, poolAddress, eth, oracle } = await load(watchedPool);
      await oracle.setFresh(eth.address, false);
      const market = await lens.marketOf(poolAddress, eth.address);
      expect(market.borrowPrice36).to.equal(0);
      expect(market.priceFresh).to.equal(false);
      expect(market.liquidationPrice36).to.equal(eth.price36);
    });

    it("works while everything is paused", async () => {
      const { lens, poolAddress, eth, admin, loan, pool } = await load(watchedPool);
      await admin.pause(PAUSE.all);
      const { totals } = await lens.marketOf(poolAddress, eth.address);
      expect(totals.cash).to.equal(await loan.balanceOf(poolAddress));
      expect([...totals]).to.deep.equal([...(await pool.totals())]);
    });
  });

  describe("#positionsOf", () => {
    it("agrees with the pool's own views, in the order asked for", async () => {
      const p = await load(watchedPool);
      const { lens, pool, poolAddress, accounts, liquidation } = p;
      await setPrice(p, p.eth, 1_400n);
      await liquidation.kick(p.borrower.address);
      const kickedAt = await p.networkHelpers.time.latest();
      for (const asked of [accounts, accounts.toReversed(), [accounts[1], accounts[1]]]) {
        for (const { address } of [p.eth, p.btc]) {
          const positions = await lens.positionsOf(poolAddress, address, asked);
          expect(positions.length).to.equal(asked.length);
          for (const [i, account] of asked.entries()) {
            const { debtShares, kickedAt: since } = await pool.accountOf(account);
            const collateral = await pool.collateralOf(account, address);
            expect([...positions[i]]).to.deep.equal([collateral, debtShares, since]);
          }
        }
      }
      const [first, second, third, fourth] = await lens.positionsOf(poolAddress, p.eth.address, accounts);
      expect(first.collateral).to.equal(100n * ETHER);
      expect(first.kickedAt).to.equal(kickedAt);
      expect(second.kickedAt).to.equal(0);
      expect([...third]).to.deep.equal([7n * ETHER, 0n, 0n]);
      expect([...fourth]).to.deep.equal([0n, 0n, 0n]);
    });

    it("reads nothing for nobody", async () => {
      const { lens, poolAddress, eth } = await load(watchedPool);
      expect(await lens.positionsOf(poolAddress, eth.address, [])).to.deep.equal([]);
    });

    it("reads a page of two hundred below the gas of one transaction, each in its place", async () => {
      const p = await load(watchedPool);
      const asked = Array.from({ length: 200 }, (_, i) => p.accounts[(3 * i) % 4]);
      const page = await p.lens.positionsOf(p.poolAddress, p.eth.address, asked, { gasLimit: 1n << 24n });
      const single = await p.lens.positionsOf(p.poolAddress, p.eth.address, p.accounts);
      asked.forEach((_, i) => expect([...page[i]]).to.deep.equal([...single[(3 * i) % 4]]));
    });
  });

  describe("#standingsOf", () => {
    it("agrees with the pool's own views, kicked or not, fresh or not, in the order asked for", async () => {
      const p = await load(watchedPool);
      const { lens, pool, poolAddress, accounts, liquidation } = p;
      await setPrice(p, p.eth, 1_400n);
      await liquidation.kick(p.borrower.address);
      await p.oracle.setFresh(p.btc.address, false);
      await fixNextBlock(p.connection, DAY);
      const asked = [...accounts, accounts[0]];
      const standings = await lens.standingsOf(poolAddress, asked, PENDING);
      for (const [i, account] of asked.entries()) {
        const { debt, liquidationCapacity, pricesFresh } = await pool.healthOf(account, PENDING);
        const { kickedAt } = await pool.accountOf(account);
        expect([...standings[i]], account).to.deep.equal([debt, liquidationCapacity, kickedAt, pricesFresh]);
      }
      expect(standings[0].kickedAt).to.be.greaterThan(0);
      expect(standings[0].capacity).to.be.lessThan(standings[0].debt);
      expect([standings[0].pricesFresh, standings[1].pricesFresh]).to.deep.equal([true, false]);
      expect([...standings[3]]).to.deep.equal([0n, 0n, 0n, true]);
    });

    it("reads fifty accounts below the gas of one transaction", async () => {
      const p = await load(watchedPool);
      const asked = Array.from({ length: 50 }, (_, i) => p.accounts[i % 4]);
      const page = await p.lens.standingsOf(p.poolAddress, asked, { gasLimit: 1n << 24n });
      expect(page.length).to.equal(50);
      expect(page[48].debt).to.equal(page[0].debt).and.greaterThan(0);
    });
  });

  describe("#balancesOf", () => {
    it("reverts when the address is no token", async () => {
      const { lens, accounts, oracle, ethers } = await load(watchedPool);
      await expect(lens.balancesOf(await oracle.getAddress(), accounts)).to.revert(ethers);
    });

    it("agrees with the token, in the order asked for, lender shares too", async () => {
      const { lens, loan, pool, poolAddress, accounts, lender, eth } = await load(watchedPool);
      const owners = [...accounts, lender.address, poolAddress];
      for (const token of [loan, eth.token, pool]) {
        const balances = await lens.balancesOf(await token.getAddress(), owners);
        expect([...balances]).to.deep.equal(await Promise.all(owners.map((owner) => token.balanceOf(owner))));
      }
      expect(await lens.balancesOf(poolAddress, [])).to.deep.equal([]);
    });
  });

  describe("#quotesOf", () => {
    it("has zeros for those who are not for sale: healthy, without debt, without this collateral, unknown", async () => {
      const p = await load(watchedPool);
      const zero = [0n, 0n, 0n];
      expect(await quotesOf(p, p.eth.address, p.accounts)).to.deep.equal([zero, zero, zero, zero]);
      await setPrice(p, p.eth, 1_400n); // `borrower` is for sale now, but has no bitcoin
      expect(await quotesOf(p, p.btc.address, p.accounts)).to.deep.equal([zero, zero, zero, zero]);
      expect(await quotesOf(p, p.loanAddress, p.accounts)).to.deep.equal([zero, zero, zero, zero]);
    });

    it("agrees with the pool's quotes, kicked or not", async () => {
      const p = await load(watchedPool);
      await setPrice(p, p.eth, 1_400n);
      await setPrice(p, p.btc, 25_000n);
      await p.liquidation.kick(p.borrower.address);
      await fixNextBlock(p.connection, 900);
      for (const { address } of [p.eth, p.btc]) {
        const expected = await Promise.all(p.accounts.map((account) => quoteOf(p, account, address)));
        expect(await quotesOf(p, address, p.accounts)).to.deep.equal(expected);
      }
      const [kicked, unkicked] = await quotesOf(p, p.eth.address, p.accounts);
      // Half of the way from 5 % above to 10 % below; the other starts at 5 % above.
      const halfWay = 1.05 / Math.sqrt(1.05 * 1.1);
      const unit = Number(1_400n * USD * 10n ** 18n);
      expect(Math.abs(Number(kicked[2]) / unit - halfWay) < 1e-12, "half way").to.equal(true);
      expect(unkicked[2]).to.equal((1_400n * USD * 10n ** 18n * 105n) / 100n);
      expect(kicked[1]).to.be.greaterThan(0);
    });

    it("has zeros while the price is stale, but for those who were kicked before", async () => {
      const p = await load(watchedPool);
      await setPrice(p, p.eth, 1_400n);
      await setPrice(p, p.btc, 25_000n);
      await p.liquidation.kick(p.borrower.address);
      await p.oracle.setFresh(p.eth.address, false);
      await fixNextBlock(p.connection, 60);
      const [kicked, unkicked] = await quotesOf(p, p.eth.address, p.accounts);
      expect(kicked).to.deep.equal(await quoteOf(p, p.borrower.address, p.eth.address));
      expect(kicked[0]).to.be.greaterThan(0);
      expect(unkicked).to.deep.equal([0n, 0n, 0n]);
    });

    it("is as good as the take that follows, to the unit", async () => {
      const p = await load(watchedPool);
      await setPrice(p, p.eth, 1_400n);
      await p.liquidation.kick(p.borrower.address);
      await fixNextBlock(p.connection, 1_800);
      const [[amount, repay]] = await quotesOf(p, p.eth.address, p.accounts);
      const { address } = p.liquidator;
      const taking = p.liquidation
        .connect(p.liquidator)
        .take(p.borrower.address, p.eth.address, MaxUint256, repay, address, "0x");
      await expect(taking).to.changeTokenBalances(p.ethers, p.eth.token, [address], [amount]);
      await expect(taking).to.changeTokenBalances(p.ethers, p.loan, [address], [-repay]);
    });

    it("changes nothing, as a transaction too", async () => {
      const p = await load(watchedPool);
      await setPrice(p, p.eth, 1_400n);
      const before = await p.lens.positionsOf(p.poolAddress, p.eth.address, p.accounts);
      const sent = await p.lens.quotesOf(p.poolAddress, p.eth.address, p.accounts);
      expect((await sent.wait())?.logs).to.deep.equal([]);
      expect(await p.lens.positionsOf(p.poolAddress, p.eth.address, p.accounts)).to.deep.equal(before);
      expect(await p.pool.locked()).to.equal(false);
    });
  });

  describe("#offersOf", () => {
    const offersOf = async ({ lens, poolAddress, eth, accounts }: Watched, smallest: bigint, worth36: bigint) => {
      const asked = await lens.offersOf.staticCall(poolAddress, eth.address, accounts, smallest, worth36, PENDING);
      return asked.map((parts) => parts.map((part) => [...part]));
    };
    const FAR = 10n ** 40n;
    const price36 = (price: bigint) => price * USD * 10n ** 18n;

    it("has nothing of those who are not for sale", async () => {
      const p = await load(watchedPool);
      expect(await offersOf(p, ETHER, FAR)).to.deep.equal([[], [], [], []]);
    });

    it("has one part where a unit costs the same however much is taken: what a take sells", async () => {
      const p = await load(watchedPool);
      await setPrice(p, p.eth, 1_400n);
      await p.liquidation.kick(p.borrower.address);
      await fixNextBlock(p.connection, 900);
      const [parts, ...others] = await offersOf(p, 2n * ETHER, FAR);
      expect(parts).to.deep.equal([await quoteOf(p, p.borrower.address, p.eth.address)]);
      expect(others).to.deep.equal([[], [], []]);
    });

    it("has the whole where the smallest part would be dust", async () => {
      const p = await load(watchedPool);
      await p.admin.setMinDebt(1_000n * USD);
      await setPrice(p, p.eth, 1_400n);
      const [parts] = await offersOf(p, ETHER / 10n, FAR);
      expect(parts).to.deep.equal([await quoteOf(p, p.borrower.address, p.eth.address)]);
    });

    it("has nothing where a unit costs more than it is worth", async () => {
      const p = await load(watchedPool);
      await setPrice(p, p.eth, 1_400n);
      expect((await offersOf(p, 2n * ETHER, price36(1_469n)))[0]).to.deep.equal([]); // 5 % above 1,400
      expect((await offersOf(p, 2n * ETHER, price36(1_471n)))[0]).to.have.lengthOf(1);
    });

    /** A pool whose `quoteTake` asks 1,000 for the first unit and one more for each that is sold, up to 100 of them. */
    const rising = async (smallest: bigint, worth: bigint) => {
      const { ethers, lens } = await load(watchedPool);
      const pool = await ethers.deployContract("RisingOffer", [1_000n, 100n]);
      const [offer] = await lens.offersOf.staticCall(pool, pool, [pool], smallest, worth * 10n ** 36n);
      return offer.map(({ collateral, repay }) => [collateral, repay]);
    };
    const costOf = (amount: bigint) => 1_000n * amount + (amount * (amount + 1n)) / 2n;
    const part = (amount: bigint) => [amount, costOf(amount)];

    it("has parts of growing size where it costs more, and the whole", async () => {
      expect(await rising(2n, 5_000n)).to.deep.equal([2n, 8n, 32n, 100n].map(part));
      expect(await rising(100n, 5_000n)).to.deep.equal([part(100n)]);
      expect(await rising(1n, 5_000n)).to.deep.equal([1n, 4n, 16n, 64n, 100n].map(part));
    });

    it("leaves out parts that cost more than they add", async () => {
      // Units 9 to 32 cost 1,020.5 on the mean, units 3 to 8 cost 1,005.5.
      expect(await rising(2n, 1_010n)).to.deep.equal([2n, 8n, 100n].map(part));
      expect(await rising(2n, 1_001n)).to.deep.equal([]);
    });

    it("has six parts at most", async () => {
      const { ethers, lens } = await load(watchedPool);
      const pool = await ethers.deployContract("RisingOffer", [1_000_000n, 10_000n]);
      const [offer] = await lens.offersOf.staticCall(pool, pool, [pool], 1n, 10n ** 43n);
      expect(offer.map(({ collateral }) => collateral)).to.deep.equal([1n, 4n, 16n, 64n, 256n, 10_000n]);
    });
  });
});
