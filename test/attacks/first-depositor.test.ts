import { expect } from "chai";
import type { NetworkConnection } from "hardhat/types/network";

import { removable } from "../shared/defences.ts";
import { onOurs, onPools, outcome } from "../shared/on-pools.ts";
import { deployPool, price36, UNCAPPED, type DeployedPool, type PoolOptions } from "../shared/pool-fixtures.ts";
import { callOf, type ScriptedCall } from "../shared/scripts.ts";
import { withoutAutomine } from "../shared/without-automine.ts";

/** What the share is to be worth when the victim comes: of less than twice that he loses up to half. [base units] */
const GOAL = 1_000_000_000n;

/** What is given to the market in the block in which it opens. [base units] */
const GIFT = 1_000_000_000_000n;

/** Nothing is listed yet, and nobody lends; `open` lists ether. */
async function unopenedPool(connection: NetworkConnection, options: PoolOptions) {
  const p = await deployPool(connection, { ...options, collaterals: 0 });
  const token = await (await connection.ethers.deployContract("MockERC20", ["Ether", "ETH", 18])).getAddress();
  await p.oracle.setPrice(token, price36(2_000n, 18n, 6n));
  const listing = { token, borrowFactorBps: 7_500n, liquidationFactorBps: 8_000n, supplyCap: UNCAPPED };
  const curve = await p.dutchCurve.getAddress();
  const open = () => p.admin.listCollateral({ ...listing, curve }, { gasLimit: 1_000_000 });
  return { ...p, open };
}
type Unopened = Awaited<ReturnType<typeof unopenedPool>>;

/** Lists the collateral and then does all this, in one block. */
async function inOpeningBlock(p: Unopened, account: Awaited<ReturnType<typeof attackerOf>>, calls: ScriptedCall[]) {
  const sent = await withoutAutomine(p.connection, async () => {
    const both = [await p.open(), await account.run(calls, { gasLimit: 16_000_000 })];
    await p.networkHelpers.mine();
    return both;
  });
  const refused = await outcome(sent[1].wait());
  const receipts = await Promise.all(sent.map(({ hash }) => p.ethers.provider.getTransactionReceipt(hash)));
  const [opened, attacked] = receipts.map((receipt) => receipt?.blockNumber);
  return { refused, isOneBlock: receipts[0]?.status === 1 && opened === attacked };
}

/** A contract with plenty to lend and to give. */
async function attackerOf({ ethers, loan, poolAddress }: Unopened) {
  const account = await ethers.deployContract("ScriptedAccount");
  await loan.mint(await account.getAddress(), 10n * GOAL + GIFT);
  await account.run([await callOf(loan, "approve", [poolAddress, 2n ** 200n])]);
  return account;
}

/**
 * Hundred, Sonne, zkLend (February 2025): the first lender, in the block in which the market opens, makes one share dear without
 * any donation: each deposit of a unit less than two shares are worth buys one only, and each redemption of one leaves the
 * rounding behind. The next to deposit gets less than he paid for, and the attacker the rest.
 *
 * @returns What the victim lost of 1,999 dollars, what the attacker gained, and how the attack was refused.
 */
async function inflate(p: Unopened) {
  const { pool, loan } = p;
  await p.admin.setFlashFee(1);
  const account = await attackerOf(p);
  const attacker = await account.getAddress();
  const calls = [await callOf(pool, "deposit", [1n, attacker])];
  // Without virtual amounts the first share is a unit. The fee of a loan, rounded up, makes it two.
  calls.push(await callOf(pool, "flashLoan", [attacker, p.loanAddress, 1n, "0x"]));
  let worth = 2n;
  for (; worth < GOAL; worth -= worth / 2n) {
    calls.push(await callOf(pool, "deposit", [2n * worth - 1n, attacker]));
    calls.push(await callOf(pool, "redeem", [1n, attacker, attacker]));
    worth = 3n * worth - 1n; // of two shares, one of which goes
  }
  const before = await loan.balanceOf(attacker);
  const opening = await inOpeningBlock(p, account, calls);
  const lost = await lossOfNext(p);
  const held = await pool.balanceOf(attacker);
  if (held !== 0n) await account.run([await callOf(pool, "redeem", [held, attacker, attacker])]);
  return { ...opening, lost, gained: (await loan.balanceOf(attacker)) - before };
}

/** What `lender`, who comes next with 1,999 dollars, has less afterwards. [base units] */
async function lossOfNext({ pool, lender, unit }: Unopened) {
  const paid = 1_999n * unit;
  await pool.connect(lender).deposit(paid, lender.address);
  return paid - (await pool.convertToAssets(await pool.balanceOf(lender.address)));
}

/** The first lender of a unit gives the market a million dollars in the same block, without depositing them. */
async function donate(p: Unopened) {
  const account = await attackerOf(p);
  const attacker = await account.getAddress();
  const opening = await inOpeningBlock(p, account, [
    await callOf(p.pool, "deposit", [1n, attacker]),
    await callOf(p.loan, "transfer", [p.poolAddress, GIFT]),
  ]);
  const price = await p.pool.convertToAssets(10n ** 12n);
  return { ...opening, price, lost: await lossOfNext(p) };
}

describe("Attack: making the first share so dear that the next deposit rounds away", () => {
  it("takes a quarter of the next deposit in the weak copy; with us a share is a millionth of a unit", async () => {
    const { ours, weak } = await onPools(removable("virtual amounts"), inflate, unopenedPool);
    expect(weak.isOneBlock).to.equal(true);
    expect(weak.refused).to.equal("done");
    expect(weak.lost).to.be.greaterThan(100_000_000n);
    expect(weak.gained).to.be.greaterThan(100_000_000n);
    expect(ours.isOneBlock).to.equal(true);
    expect(ours.lost).to.be.at.most(1n);
    expect(ours.gained).to.be.at.most(0n);
  });

  it("by a gift in the same block: the share is dear in a copy that counts it; with us the gift is lost", async () => {
    const { ours, weak } = await onPools(removable("internal books"), donate, unopenedPool);
    for (const { isOneBlock, refused } of [ours, weak]) expect([isOneBlock, refused]).to.deep.equal([true, "done"]);
    expect(weak.price).to.be.greaterThan(10n ** 17n); // ours: a unit of 10⁶ shares
    expect(weak.lost).to.be.greaterThan(1_000n);
    expect(ours.price).to.equal(10n ** 6n);
    expect(ours.lost).to.be.at.most(1n);
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
