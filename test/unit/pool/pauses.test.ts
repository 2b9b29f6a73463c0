import { expect } from "chai";

import { calmDebtor, load, USD } from "../../shared/borrower-fixtures.ts";
import { PAUSE } from "../../shared/pool-fixtures.ts";

type Debtor = Awaited<ReturnType<typeof calmDebtor>>;

/** What each pause stops, on an account with debt. */
const ACTIONS: Record<Exclude<keyof typeof PAUSE, "all" | "flashLoan">, (p: Debtor) => Promise<unknown>> = {
  deposit: ({ pool, lender }) => pool.connect(lender).deposit(USD, lender.address),
  borrow: ({ pool, borrower }) => pool.connect(borrower).borrow(USD, 0, borrower.address, borrower.address),
  collateralExit: ({ pool, borrower, eth }) =>
    pool.connect(borrower).withdrawCollateral(eth.address, 1, borrower.address, borrower.address),
};

describe("LendingPool: pauses", () => {
  for (const paused of ["deposit", "borrow", "collateralExit", "flashLoan"] as const) {
    it(`of ${paused} stops that and nothing else`, async () => {
      const p = await load(calmDebtor);
      await p.admin.pause(PAUSE[paused]);
      for (const [name, act] of Object.entries(ACTIONS)) {
        if (name !== paused) await act(p);
        else await expect(act(p)).to.be.revertedWithCustomError(p.pool, "PoolPaused").withArgs(PAUSE[paused]);
      }
      const { cash } = await p.pool.totals();
      expect(await p.pool.maxFlashLoan(p.loanAddress)).to.equal(paused === "flashLoan" ? 0n : cash);
      expect((await p.pool.poolConfig()).pauseFlags).to.equal(PAUSE[paused]);
    });
  }
});
