import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { Level } from "../shared/breaker-fixtures.ts";
import { requireSoundBooks } from "./check-books.ts";
import { demoSystem, openCrowd, refresh, USDC } from "./system.ts";

const TIMES = 50;
const ACCOUNTS = 20;
const MINUTE = 60;
const ETHER = 10n ** 18n;
const PRICE = 2_000n * 10n ** 8n;

async function crowded(connection: NetworkConnection) {
  const s = await demoSystem(connection);
  const { pool, other, collaterals, usdc } = s;
  const [weth] = collaterals;
  await usdc.mint(other.address, 100_000n * USDC);
  await weth.token.mint(other.address, 1_000n * ETHER);
  await weth.token.connect(other).approve(await pool.getAddress(), MaxUint256);
  await pool.connect(other).supplyCollateral(weth.address, 10n * ETHER, other.address, "0x");
  return { ...s, weth, accounts: await openCrowd(s, ACCOUNTS) };
}

describe(`the circuit breaker, tripped ${TIMES} times`, function () {
  this.timeout(0);

  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });

  const load = () => connection.networkHelpers.loadFixture(crowded);
  type Crowd = Awaited<ReturnType<typeof load>>;

  const levelOf = async ({ breaker, engine, weth }: Crowd) =>
    (await breaker.assessmentOf(await engine.getAddress(), weth.address)).level;

  /** The feed leaves the market by 12 %, and somebody looks. */
  async function trip(s: Crowd): Promise<void> {
    await s.networkHelpers.time.increase(2 * MINUTE); // the oracle looks once a minute
    await s.weth.feed.setAnswer((PRICE * 88n) / 100n);
    await s.engine.refresh(s.weth.address);
  }

  /** The feed comes back. @returns Minutes until the pool lends again as if nothing had been. */
  async function recover(s: Crowd): Promise<number> {
    await s.weth.feed.setAnswer(PRICE);
    for (let minutes = 0; minutes < 600; minutes += 5) {
      await s.networkHelpers.time.increase(5 * MINUTE);
      await refresh(s);
      if ((await levelOf(s)) === Level.Normal) return minutes + 5;
    }
    throw new Error("the breaker stays tripped");
  }

  it("lends nothing while it is tripped, lets risk be reduced, and recovers in the same time from the first to the last", async () => {
    const s = await load();
    const { pool, other, weth, accounts, lender } = s;
    await refresh(s);
    const capacity = await pool.borrowCapacityOf(other.address);
    const waits: number[] = [];
    for (let i = 0; i < TIMES; ++i) {
      await trip(s);
      expect(await levelOf(s), `tripped ${i}`).to.equal(Level.Restricted);
      await expect(pool.connect(other).borrow(100n * USDC, 0, other.address, other.address))
        .to.be.revertedWithCustomError(pool, "PoolRestricted")
        .withArgs(weth.address);
      const debtor = accounts[i % ACCOUNTS];
      const debt = await pool.debtSharesOf(debtor);
      await pool.connect(other).repay(USDC, 0, debtor, "0x");
      expect(await pool.debtSharesOf(debtor)).to.be.lessThan(debt);
      await pool.connect(other).supplyCollateral(weth.address, 10n ** 12n, other.address, "0x");
      await pool.connect(lender).withdraw(USDC, lender.address, lender.address);
      waits.push(await recover(s));
    }
    expect(new Set(waits.slice(1)).size, `minutes: ${waits.join(" ")}`).to.be.at.most(2);
    expect(waits[TIMES - 1]).to.be.at.most(Math.max(...waits.slice(0, 5)));
    await pool.connect(other).borrow(100n * USDC, 0, other.address, other.address);
    // But for the dust that was added, and what time has done to the measured volatility and depth.
    expect(await pool.borrowCapacityOf(other.address)).to.be.closeTo(capacity, capacity / 50n);
    await requireSoundBooks(s, [...accounts, other.address]);
  });

  it("sells accounts while it is tripped", async () => {
    const s = await load();
    const { pool, sales, accounts, weth, keepers, usdc } = s;
    await usdc.mint(keepers[0].address, 1_000_000n * USDC);
    for (const { feed } of s.collaterals) await feed.setAnswer(((await feed.latestRoundData()).answer * 80n) / 100n);
    let sold = 0;
    for (let i = 0; i < TIMES && sold < 5; ++i) {
      await s.networkHelpers.time.increase(5 * MINUTE);
      await s.engine.refresh(weth.address);
      expect(await levelOf(s)).to.equal(Level.Restricted);
      for (const account of accounts) {
        const { debt, liquidationCapacity } = await pool.healthOf(account);
        if (liquidationCapacity >= debt) continue;
        if ((await pool.accountOf(account)).kickedAt === 0n) {
          await sales.kick(account);
        } else {
          const [held] = await pool.collateralsOf(account); // any
          await sales.take(account, held, MaxUint256, MaxUint256, keepers[0].address, "0x");
          const after = await pool.healthOf(account);
          expect(after.debt).to.be.lessThan(debt);
          ++sold;
        }
      }
    }
    expect(sold).to.be.at.least(5);
  });
});
