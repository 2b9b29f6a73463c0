import { expect } from "chai";
import { MaxUint256, formatUnits } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { requireCleared, requireSoundBooks } from "./check-books.ts";
import { Desks, marketPrice36, type Cleared } from "./desks.ts";
import { accountCount, crash, demoSystem, openCrowd, USDC } from "./system.ts";

const ACCOUNTS = accountCount(60);
const HOUR = 3_600;
/** Of any single liquidation. */
const MOST_GAS = 3_000_000n;
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
    const cleared = await new Desks(s, s.accounts).clear(MOST_BLOCKS);
    await requireCleared(s, s.accounts);
    const lost = await requireSoundBooks(s, s.accounts);
    expect(cleared.kicks, "kicks").to.be.at.least(ACCOUNTS / 2);
    expect(cleared.mostGasEach, "gas of a kick or take").to.be.at.most(MOST_GAS);
    expect(lost, "bad debt").to.be.at.most(debtAssets);
    await requireProfit(s);
    if (process.env.LOAD_ACCOUNTS !== undefined) report(name, cleared, lost, debtAssets);
    return cleared;
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
    expect(worth, "what keepers bought").to.be.greaterThan(paid);
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
    const most = await pool.maxWithdraw(lender.address);
    expect(most, "a lender's way out").to.be.greaterThan(0n);
    await pool.connect(lender).withdraw(USDC, lender.address, lender.address);
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
