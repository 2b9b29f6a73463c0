import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { createRng } from "../../../sim/rng.ts";
import { EventReplay } from "../../shared/event-replay.ts";
import { ACTIONS, busyPool, DRAWN, pick, sellOut, type BusyPool } from "../../shared/random-actions.ts";

const STEPS = 500;
const CHECK_EVERY = 50;
/** Each must have happened in each run: else the replay would be right about nothing. */
const MUST_HAPPEN = [
  ...["Deposit", "Withdraw", "Transfer", "FlashLoaned", "InterestAccrued", "ReservesWithdrawn", "OperatorSet"],
  ...["CollateralSupplied", "CollateralWithdrawn", "Borrowed", "Repaid"],
  ...["AccountKicked", "CollateralTaken", "ProvisionSet", "BadDebtRealized"],
];

/** Runs an action that the pool may refuse, with a typed error: any other is an error of the test. */
async function attempt(send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("reverted with custom error"))) throw error;
  }
}

describe("events of the pool", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  /** Feeds the events since the last call, and compares everything with what the pool says. */
  const follower = ({ ethers, pool, poolAddress, users, collaterals, stranger }: BusyPool) => {
    const replay = new EventReplay(pool.interface);
    let next = 0;
    return async () => {
      await pool.accrue();
      const latest = await ethers.provider.getBlockNumber();
      const logs = await ethers.provider.getLogs({ address: poolAddress, fromBlock: next, toBlock: latest });
      for (const log of logs) replay.apply(log);
      next = latest + 1;

      const { debtAssets, debtShares, cash, reserves } = await pool.totals();
      expect({ cash: replay.cash, debt: replay.debtAssets, reserves: replay.reserves }).to.deep.equal({
        cash,
        debt: debtAssets,
        reserves,
      });
      expect(replay.debtShares.sum()).to.equal(debtShares);
      expect(replay.shares.sum()).to.equal(await pool.totalSupply());
      expect(replay.provisions.sum()).to.equal(await pool.totalProvision());
      for (const { address } of [...users, stranger]) {
        expect(replay.shares.of(address)).to.equal(await pool.balanceOf(address));
        expect(replay.debtShares.of(address)).to.equal(await pool.debtSharesOf(address));
        expect(replay.provisions.of(address)).to.equal(await pool.provisionOf(address));
        expect(replay.operators.of(address, stranger.address) === 1n).to.equal(
          await pool.isOperator(address, stranger.address),
        );
        for (const collateral of collaterals) {
          const held = await pool.collateralOf(address, collateral.address);
          expect(replay.collateral.of(address, collateral.address)).to.equal(held);
        }
      }
      const accounts = new Set([...users, stranger].map(({ address }) => address));
      for (const ledger of [replay.shares, replay.debtShares, replay.collateral]) {
        for (const key of ledger.keys()) expect(accounts).to.include(key.split("/")[0]);
      }
      return replay;
    };
  };

  for (const seed of ["lenders", "crash"]) {
    it(`rebuild every balance after ${STEPS} random actions and a sell-out, seed "${seed}"`, async () => {
      const p = await connection.networkHelpers.loadFixture(busyPool);
      const rng = createRng(`pool events/${seed}`);
      const follow = follower(p);
      for (let step = 1; step <= STEPS; step++) {
        await attempt(() => ACTIONS[pick(DRAWN, rng)](p, rng));
        if (step % CHECK_EVERY === 0) await follow();
      }
      await sellOut(p);
      const { seen, debtAssets } = await follow();
      expect(debtAssets).to.equal(0);
      expect([...seen.keys()]).to.include.members(MUST_HAPPEN);
    });
  }
});
