import { expect } from "chai";
import { formatUnits } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { ownChain } from "../shared/own-chain.ts";
import { liquidatable, positionsOf, requireSoundBooks } from "./check-books.ts";
import { Desks, marketPrice36, type Cleared } from "./desks.ts";
import { accountCount, crash, crowdedDemo, reduceRisk } from "./system.ts";

const ACCOUNTS = accountCount(60);
const HOUR = 3_600;
/** Of a kick or a take in the smallest batches; what the first of them asks of the engine is shared out. */
const MOST_GAS_EACH = 400_000n;
/** Of the demo's paced auction. */
const LARGEST_DISCOUNT_BPS = 500n;
/** Half a day of blocks: everything is at rest after an hour. */
const MOST_BLOCKS = 3_600;

/** `npm run load` runs the same with 10,000 accounts, and prints what it came to. */
describe(`${ACCOUNTS} accounts with two collaterals each, and all prices halved in one block`, function () {
  this.timeout(0);

  const chain = ownChain();
  const crowded = (connection: NetworkConnection) => crowdedDemo(connection, ACCOUNTS);
  const load = () => chain().networkHelpers.loadFixture(crowded);
  type Crowd = Awaited<ReturnType<typeof load>>;

  /** Has keepers come back, and everything be sold. */
  async function clear(s: Crowd, name: string): Promise<void> {
    const { debtAssets } = await s.pool.totals();
    const least = await uncovered(s);
    const cleared = await new Desks(s, s.accounts).clear(MOST_BLOCKS);
    expect(await liquidatable(s, s.accounts)).to.deep.equal([]);
    const lost = await requireSoundBooks(s, s.accounts);
    expect(cleared.kicks, "everybody is put up for sale").to.be.at.least(ACCOUNTS);
    expect(cleared.mostGasEach, "gas of a kick or take, on average of a batch").to.be.at.most(MOST_GAS_EACH);
    // No less than what is owed beyond what all that there is would bring, and no more than the largest discount adds to that.
    expect(lost, "bad debt").to.be.within(least.atMarket, least.atDiscount + debtAssets / 100n);
    await requireProfit(s);
    if (process.env.LOAD_ACCOUNTS !== undefined) report(name, cleared, lost, debtAssets);
  }

  /** What accounts owe beyond what their collateral is worth in the market, and at the largest discount. [loan base units] */
  async function uncovered(s: Crowd): Promise<{ readonly atMarket: bigint; readonly atDiscount: bigint }> {
    const { debtAssets, debtShares } = await s.pool.totals();
    const prices36 = await Promise.all(s.collaterals.map(({ feed, decimals }) => marketPrice36(feed, decimals)));
    const positions = (await positionsOf(s, s.accounts)).map((position) => ({
      owed: (position.debtShares * debtAssets) / debtShares,
      worth: position.held.reduce((sum, amount, i) => sum + (amount * prices36[i]) / 10n ** 36n, 0n),
    }));
    const beyond = (shareBps: bigint) =>
      positions.reduce((sum, { owed, worth }) => {
        const covered = (worth * shareBps) / 10_000n;
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
  async function leave(s: Crowd): Promise<void> {
    await reduceRisk(s, s.accounts[0]);
    const { pool, lender } = s;
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
      await leave(s);
      await s.networkHelpers.time.increase(hours * HOUR);
      await leave(s);
      await clear(s, `keepers ${hours} h later`);
    });
  }
});
