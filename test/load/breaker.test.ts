import { expect } from "chai";
import { MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { Level } from "../shared/breaker-fixtures.ts";
import { ownChain } from "../shared/own-chain.ts";
import { requireSoundBooks } from "./check-books.ts";
import { borrow, crowdedDemo, reduceRisk, refresh, say, supplyWeth, USDC } from "./system.ts";

const TIMES = 50;
const ACCOUNTS = 20;
const MINUTE = 60;

async function crowded(connection: NetworkConnection) {
  const s = await crowdedDemo(connection, ACCOUNTS);
  await supplyWeth(s, 10n);
  return s;
}

describe(`the circuit breaker, tripped ${TIMES} times`, function () {
  this.timeout(0);

  const chain = ownChain();
  const load = () => chain().networkHelpers.loadFixture(crowded);
  type Crowd = Awaited<ReturnType<typeof load>>;

  const levelOf = async ({ breaker, engine, weth }: Crowd) =>
    (await breaker.assessmentOf(await engine.getAddress(), weth.address)).level;

  /** The feed leaves the market by 12 %, and somebody looks. */
  async function trip(s: Crowd): Promise<void> {
    await s.networkHelpers.time.increase(2 * MINUTE); // the oracle looks once a minute
    await say(s.weth, 0.88);
    await s.engine.refresh(s.weth.address);
  }

  /** The feed comes back. @returns Minutes until the pool lends again as if nothing had been. */
  async function recover(s: Crowd): Promise<number> {
    await say(s.weth, 1);
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
      await expect(borrow(s, 100n * USDC))
        .to.be.revertedWithCustomError(pool, "PoolRestricted")
        .withArgs(weth.address);
      await reduceRisk(s, accounts[i % ACCOUNTS]);
      await pool.connect(lender).withdraw(USDC, lender.address, lender.address);
      waits.push(await recover(s));
    }
    expect(new Set(waits.slice(1)).size, `minutes: ${waits.join(" ")}`).to.be.at.most(2);
    expect(waits[TIMES - 1]).to.be.at.most(Math.max(...waits.slice(0, 5)));
    await borrow(s, 100n * USDC);
    // But for what time has done to the measured volatility and depth.
    expect(await pool.borrowCapacityOf(other.address)).to.be.closeTo(capacity, capacity / 50n);
    await requireSoundBooks(s, [...accounts, other.address]);
  });

  it("sells accounts while it is tripped", async () => {
    const s = await load();
    const { pool, sales, accounts, weth, keepers } = s;
    for (const collateral of s.collaterals) await say(collateral, 0.8);
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
