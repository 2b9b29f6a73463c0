import { expect } from "chai";
import { MaxUint256, formatUnits } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { requireCleared, requireSoundBooks } from "./check-books.ts";
import { Desks, marketPrice36, PAGE, pagesOf, type Cleared } from "./desks.ts";
import { accountCount, crash, demoSystem, openCrowd, USDC } from "./system.ts";

const ACCOUNTS = accountCount(60);
const HOUR = 3_600;
/** Of a kick or a take in the smallest batches; what the first of them asks of the engine is shared out. */
const MOST_GAS_EACH = 400_000n;
/** Of the demo's paced auction. */
const LARGEST_DISCOUNT_BPS = 500n;
/** Half a day of blocks: everything is at rest after an hour. */
const MOST_BLOCKS = 3_600;

/** All defences are on, both collaterals are held by everybody, and the keepers have money enough. */
async function crowded(connection: NetworkConnection) {
  const s = await demoSystem(connection);
  for (const { address } of s.keepers) await s.usdc.mint(address, BigInt(ACCOUNTS) * 10_000n * USDC);
  await s.usdc.mint(s.other.address, 1_000n * USDC);
  return { ...s, accounts: await openCrowd(s, ACCOUNTS) };
}

/** `npm run load` runs the same with 10,000 accounts, and prints what it came to. */
describe(`${ACCOUNTS} accounts with two collaterals each, and all prices halved in one block`, function () {
  this.timeout(0);

  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });

  const load = () => connection.networkHelpers.loadFixture(crowded);
  type Crowd = Awaited<ReturnType<typeof load>>;

  /** Has keepers come back, and everything be sold. */
  async function clear(s: Crowd, name: string): Promise<Cleared> {
    const { debtAssets } = await s.pool.totals();
    const least = await uncovered(s);
    const cleared = await new Desks(s, s.accounts).clear(MOST_BLOCKS);
    await requireCleared(s, s.accounts);
    const lost = await requireSoundBooks(s, s.accounts);
    expect(cleared.kicks, "everybody is put up for sale").to.be.at.least(ACCOUNTS);
    expect(cleared.mostGasEach, "gas of a kick or take, on average of a batch").to.be.at.most(MOST_GAS_EACH);
    // No less than what is owed beyond what all that there is would bring, and no more than the largest discount adds to that.
    expect(lost, "bad debt").to.be.within(least.atMarket, least.atDiscount + debtAssets / 100n);
    await requireProfit(s);
    if (process.env.LOAD_ACCOUNTS !== undefined) report(name, cleared, lost, debtAssets);
    return cleared;
  }

  /** What accounts owe beyond what their collateral is worth in the market, and at the largest discount. [loan base units] */
  async function uncovered(s: Crowd): Promise<{ readonly atMarket: bigint; readonly atDiscount: bigint }> {
    const value = new Map<string, bigint>(s.accounts.map((account) => [account, 0n]));
    const debt = new Map<string, bigint>();
    const shares = await s.pool.totals();
    for (const { address, feed, decimals } of s.collaterals) {
      const price36 = await marketPrice36(feed, decimals);
      for (const page of pagesOf(s.accounts, PAGE)) {
        const positions = await s.lens.positionsOf(s.deployment.contracts.pool, address, page);
        for (const [i, { collateral, debtShares }] of positions.entries()) {
          value.set(page[i], (value.get(page[i]) ?? 0n) + (collateral * price36) / 10n ** 36n);
          debt.set(page[i], (debtShares * shares.debtAssets) / shares.debtShares);
        }
      }
    }
    const beyond = (shareBps: bigint) =>
      [...debt].reduce((sum, [account, owed]) => {
        const covered = ((value.get(account) ?? 0n) * shareBps) / 10_000n;
        return owed > covered ? sum + owed - covered : sum;
      }, 0n);
    return { atMarket: beyond(10_000n), atDiscount: beyond(10_000n - LARGEST_DISCOUNT_BPS) };
  }

  /** Keepers are not made to pay for what others owe. */
  async function requireProfit(s: Crowd): Promise<void> {
    let [paid, worth] = [0n, 0n];
    for (const { args } of await s.sales.queryFilter(s.sales.filters.CollateralTaken())) {
      const collateral = s.collaterals.find(({ address }) => address === args.collateral);
      if (collateral === undefined) throw new Error(`${args.collateral} was sold`);
      paid += args.repaidAssets;
      worth += (args.collateralAmount * (await marketPrice36(collateral.feed, collateral.decimals))) / 10n ** 36n;
    }
    expect(paid).to.be.greaterThan(0n);
    expect(worth, "what keepers bought, in all").to.be.greaterThan(paid);
  }

  function report(name: string, c: Cleared, lost: bigint, debt: bigint): void {
    const share = ((100 * Number(lost)) / Number(debt)).toFixed(2);
    console.log(
      `      ${name}: ${c.kicks} kicks and ${c.takes} takes in ${c.blocks} blocks (${(c.seconds / 60).toFixed(0)} min), ` +
        `${(Number(c.gas) / 1e6).toFixed(0)}M gas, at most ${c.mostGasEach} gas each; ` +
        `bad debt ${formatUnits(lost, 6)} of ${formatUnits(debt, 6)} USDC, ${share} %`,
    );
  }

  /** What nobody needs a keeper for. */
  async function reduceRisk(s: Crowd): Promise<void> {
    const { pool, other, accounts, collaterals, lender } = s;
    const [weth] = collaterals;
    await weth.token.mint(other.address, 10n ** 18n);
    await weth.token.connect(other).approve(await pool.getAddress(), MaxUint256);
    const debt = await pool.debtSharesOf(accounts[0]);
    await pool.connect(other).repay(10n * USDC, 0, accounts[0], "0x");
    expect(await pool.debtSharesOf(accounts[0])).to.be.lessThan(debt);
    await pool.connect(other).supplyCollateral(weth.address, 10n ** 15n, accounts[1], "0x");
    const held = await pool.balanceOf(lender.address);
    const most = await pool.maxRedeem(lender.address);
    expect(most, "a lender's way out, for a tenth of what he has").to.be.greaterThan(held / 10n);
    await pool.connect(lender).redeem(held / 10n, lender.address, lender.address);
  }

  it("is cleared by keepers who are there", async () => {
    const s = await load();
    await crash(s, 0.5);
    await clear(s, "keepers at once");
  });

  for (const hours of [1, 24]) {
    it(`is cleared by keepers who come ${hours === 1 ? "an hour" : "a day"} later; who is in it can leave meanwhile`, async () => {
      const s = await load();
      await crash(s, 0.5);
      await reduceRisk(s);
      await s.networkHelpers.time.increase(hours * HOUR);
      await reduceRisk(s);
      await clear(s, `keepers ${hours} h later`);
    });
  }
});
