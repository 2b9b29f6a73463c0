import { expect } from "chai";
import { MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { createRng } from "../../sim/rng.ts";
import { ownChain } from "../shared/own-chain.ts";
import { requireSoundBooks } from "./check-books.ts";
import { borrow, demoSystem, openCrowd, refresh, supplyWeth, USDC } from "./system.ts";

const ACCOUNTS = 24;
const LENDERS = 8;
const DAYS = 30;
const DAY = 86_400;
const HOUR = 3_600;
const WAD = 10n ** 18n;
const YEAR = 31_536_000n;
/** Of the demo's rate model, per year, and its steepness above the target. */
const HIGHEST_AT_TARGET_WAD = 2n * WAD;
const STEEPNESS = 4n;
/** Between what two lenders get for a share: some sixty blocks of a second, at up to 800 % a year. Of 1e12. */
const INTEREST_BETWEEN_E12 = 25_000_000n;

/** Eight lenders, who took back what was not lent: not a unit is left, and everything is owed. */
async function fullPool(connection: NetworkConnection) {
  const s = await demoSystem(connection);
  const { pool, usdc, lender, other, ethers, networkHelpers } = s;
  const address = await pool.getAddress();
  const lenders = (await ethers.getSigners()).slice(6, 6 + LENDERS);
  for (const [i, account] of lenders.entries()) {
    await usdc.mint(account.address, BigInt(i + 1) * 1_000n * USDC);
    await usdc.connect(account).approve(address, MaxUint256);
    await pool.connect(account).deposit(BigInt(i + 1) * 1_000n * USDC, account.address);
  }
  // The demo's seed belongs to the governor.
  for (let hours = 0; (await pool.balanceOf(s.governor.address)) > 0n && hours < 100; ++hours) {
    const shares = await pool.maxRedeem(s.governor.address);
    if (shares > 0n) await pool.connect(s.governor).redeem(shares, s.governor.address, s.governor.address);
    await networkHelpers.time.increase(HOUR);
  }
  await refresh(s);
  const accounts = await openCrowd(s, ACCOUNTS);
  await supplyWeth(s, 1_000n);
  await borrow(s, (await pool.totals()).cash);
  await usdc.mint(other.address, 10_000_000n * USDC);
  return { ...s, lenders: [...lenders, lender], debtors: [...accounts, other.address], address };
}

describe("thirty days at full utilisation", function () {
  this.timeout(0);

  const chain = ownChain();
  const load = () => chain().networkHelpers.loadFixture(fullPool);
  type FullPool = Awaited<ReturnType<typeof load>>;

  /** Feeds are kept alive, and nobody does anything else. */
  async function pass(s: FullPool, days: number): Promise<void> {
    for (let day = 0; day < days; ++day) {
      await s.networkHelpers.time.increase(DAY);
      for (const { feed } of s.collaterals) {
        const { answer } = await feed.latestRoundData();
        await feed.setAnswer(answer);
      }
      await s.pool.accrue();
    }
  }

  it("nobody can leave, nobody can borrow, and the rate rises to its limit and no further", async () => {
    const s = await load();
    const { pool, lender } = s;
    expect((await pool.totals()).cash).to.equal(0n);
    let rate = await pool.borrowRatePerSecondWad();
    for (let day = 0; day < DAYS; ++day) {
      await pass(s, 1);
      const now = await pool.borrowRatePerSecondWad();
      expect(now, "the rate").to.be.at.least(rate);
      rate = now;
    }
    const highest = (HIGHEST_AT_TARGET_WAD * STEEPNESS) / YEAR;
    expect(rate).to.be.closeTo(highest, highest / 1_000_000n);
    for (const account of s.lenders) {
      expect(await pool.maxWithdraw(account.address)).to.equal(0n);
      expect(await pool.maxRedeem(account.address)).to.equal(0n);
    }
    await expect(pool.connect(lender).withdraw(USDC, lender.address, lender.address)).to.be.revert(s.ethers);
    await expect(borrow(s, 100n * USDC)).to.be.revert(s.ethers);
    expect(await pool.maxFlashLoan(await s.usdc.getAddress())).to.equal(0n);
    await requireSoundBooks(s, s.debtors);
  });

  it("charges debtors what lenders and reserves have gained, to a unit each", async () => {
    const s = await load();
    const owed = async () => {
      let sum = 0n;
      for (const debtor of s.debtors) sum += await s.pool.debtOf(debtor);
      return sum;
    };
    await s.pool.accrue();
    const before = { owed: await owed(), reserves: (await s.pool.totals()).reserves, assets: await lent(s) };
    const start = await s.networkHelpers.time.latestBlock();
    await pass(s, DAYS);
    const after = { owed: await owed(), reserves: (await s.pool.totals()).reserves, assets: await lent(s) };
    const interest = after.owed - before.owed;
    expect(interest).to.be.greaterThan(before.owed / 10n); // 30 days at 16 % a year and rising
    const gained = after.assets - before.assets + (after.reserves - before.reserves);
    expect(gained).to.be.closeTo(interest, BigInt(2 * (s.debtors.length + s.lenders.length)));
    const booked = await s.pool.queryFilter(s.pool.filters.InterestAccrued(), start + 1);
    const sum = booked.reduce((total, { args }) => total + args.interestAssets, 0n);
    expect(sum).to.be.closeTo(interest, BigInt(2 * s.debtors.length));
    const tenth = interest / 10n;
    expect(after.reserves - before.reserves).to.be.closeTo(tenth, BigInt(booked.length));
  });

  /** What all lenders' shares are worth, one by one. */
  async function lent({ pool, lenders }: FullPool): Promise<bigint> {
    let sum = 0n;
    for (const { address } of lenders) sum += await pool.convertToAssets(await pool.balanceOf(address));
    return sum;
  }

  for (const seed of ["1", "2", "3", "4"]) {
    it(`then all leave in random order, and get the same for a share (seed ${seed})`, async () => {
      const s = await load();
      await pass(s, DAYS);
      const rng = createRng(`exits ${seed}`);
      const paid = await leaveAll(s, rng);
      const totals = await s.pool.totals();
      expect([totals.debtShares, totals.debtAssets]).to.deep.equal([0n, 0n]);
      expect(await s.pool.totalAssets(), "what is left to nobody").to.be.at.most(BigInt(s.lenders.length));
      expect(await s.usdc.balanceOf(s.address)).to.be.at.least(totals.reserves);
      await requireSoundBooks(s, s.debtors);
      const prices = paid.map(({ assets, shares }) => (assets * 10n ** 18n) / shares).toSorted((a, b) => Number(a - b));
      const [least, most] = [prices[0], prices[prices.length - 1]];
      // Who leaves later has earned for longer, from debts that are still there.
      expect(((most - least) * 10n ** 12n) / most).to.be.at.most(INTEREST_BETWEEN_E12);
    });
  }

  /** Debtors and lenders one after the other, as it comes; a lender takes what there is, and comes again. */
  async function leaveAll(s: FullPool, rng: ReturnType<typeof createRng>) {
    const { pool, other, debtors, networkHelpers } = s;
    const owing = [...debtors];
    const lending = s.lenders.map((account) => ({ account, assets: 0n, shares: 0n }));
    for (let step = 0; step < 10_000; ++step) {
      const left: typeof lending = [];
      for (const entry of lending) if ((await pool.balanceOf(entry.account.address)) > 0n) left.push(entry);
      if (owing.length === 0 && left.length === 0) return lending;
      if (owing.length > 0 && (left.length === 0 || rng.next() < 0.5)) {
        const [account] = owing.splice(rng.integer(owing.length), 1);
        await pool.connect(other).repay(0, await pool.debtSharesOf(account), account, "0x");
        continue;
      }
      const entry = left[rng.integer(left.length)];
      const { address } = entry.account;
      const [held, most, { cash }] = [
        await pool.balanceOf(address),
        await pool.maxWithdraw(address),
        await pool.totals(),
      ];
      if (most === 0n) {
        // Until somebody repays; or until the flow limit lets more go.
        if (owing.length === 0) await networkHelpers.time.increase(HOUR);
        continue;
      }
      const before = await s.usdc.balanceOf(address);
      const isAll = (await pool.maxRedeem(address)) === held && most + most / 1_000n < cash;
      if (isAll) await pool.connect(entry.account).redeem(held, address, address);
      else await pool.connect(entry.account).withdraw(most, address, address);
      entry.assets += (await s.usdc.balanceOf(address)) - before;
      entry.shares += held - (await pool.balanceOf(address));
    }
    throw new Error("somebody cannot leave");
  }
});
