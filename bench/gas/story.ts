import type { EncodedCall } from "../../sim/market/uniswap-calls.ts";
import type { Measured, Sender } from "./chain.ts";
import type { MeasuredId } from "./rows.ts";
import type { Subject } from "./subject.ts";
import { USD, type World } from "./world.ts";

export type Story = Partial<Record<MeasuredId, Measured>>;

const LENT = 3_000_000n * USD;
/** The first collateral falls to this. [whole dollars] */
const CRASHED = 1_140n;
/** From a kick to the first sale. [s] */
const AUCTION_SECONDS = 1_200;

/**
 * Everything that people do with a protocol, in one order for all of them. What is measured is in a block of its own, an hour after
 * the last. Others lend and owe already when it begins, and every allowance stands.
 */
export async function tellStory(world: World, subject: Subject): Promise<Story> {
  const { chain, lender, supplier, borrower, diversified, liquidator, victims, collaterals, loan } = world;
  const story: Story = {};
  const act = async (who: Sender, call: EncodedCall | Promise<EncodedCall>) => {
    await chain.send(who, await call);
  };
  const measure = async (
    id: MeasuredId,
    who: Sender,
    call: () => EncodedCall | Promise<EncodedCall>,
    { after, prepare = () => subject.prepare() }: { after?: number; prepare?: () => Promise<void> } = {},
  ) => {
    story[id] = await chain.measure(who, await call(), prepare, after);
  };
  const [ether] = collaterals;
  await world.approveAll(subject.spender);
  const flash = await world.ethers.deployContract("FlashStarter", [loan.address, [subject.spender]]);
  const receiver = await flash.getAddress();
  const token = await world.ethers.getContractAt("MockERC20", loan.address);
  await token.mint(receiver, USD);

  await act(lender, subject.supply(lender.address, LENT));
  await subject.prepare();
  for (const victim of victims) {
    await act(victim, subject.supplyCollateral(victim.address, 0, 100n * ether.unit));
    await act(victim, subject.borrow(victim.address, 100_000n * USD));
  }

  const { address: supplying } = supplier;
  await measure("supply-first", supplier, () => subject.supply(supplying, 10_000n * USD));
  await measure("supply", supplier, () => subject.supply(supplying, 1_000n * USD));
  await measure("withdraw", supplier, () => subject.withdraw(supplying, 1_000n * USD));
  await measure("withdraw-all", supplier, () => subject.withdrawAll(supplying));

  const { address: borrowing } = borrower;
  await measure("collateral-first", borrower, () => subject.supplyCollateral(borrowing, 0, 100n * ether.unit));
  await measure("collateral", borrower, () => subject.supplyCollateral(borrowing, 0, ether.unit));
  await measure("borrow-first", borrower, () => subject.borrow(borrowing, 50_000n * USD));
  await measure("borrow", borrower, () => subject.borrow(borrowing, 1_000n * USD));
  await measure("repay", borrower, () => subject.repay(borrowing, 1_000n * USD));
  await measure("collateral-out", borrower, () => subject.withdrawCollateral(borrowing, 0, ether.unit));
  const { address: diverse } = diversified;
  if (subject.collaterals === 3) {
    for (const [i, thousandths] of [60_000n, 500n, 500_000n].entries()) {
      const amount = (thousandths * collaterals[i].unit) / 1_000n;
      await act(diversified, subject.supplyCollateral(diverse, i, amount));
    }
    await measure("borrow-three-first", diversified, () => subject.borrow(diverse, 95_000n * USD));
    await measure("borrow-three", diversified, () => subject.borrow(diverse, 1_000n * USD));
    await measure("collateral-out-three", diversified, () => subject.withdrawCollateral(diverse, 1, 10n ** 6n));
  }
  const { keepers } = subject;
  if (keepers !== undefined) {
    const { prepareAllButSnapshot: prepare, poke } = keepers;
    await measure("poke", liquidator, poke, { prepare });
    chain.pass(keepers.maxAge);
    await measure("borrow-stale", borrower, () => subject.borrow(borrowing, 1_000n * USD), { prepare });
  }
  await measure("repay-all", borrower, () => subject.repayAll(borrowing));
  await measure("collateral-out-all", borrower, () => subject.withdrawCollateral(borrowing, 0, 100n * ether.unit));

  const { setCaps } = subject;
  if (setCaps !== undefined) {
    await act(supplier, subject.supply(supplying, 10_000n * USD));
    await setCaps();
    await measure("supply-capped", supplier, () => subject.supply(supplying, 1_000n * USD));
    await act(borrower, subject.supplyCollateral(borrowing, 0, 100n * ether.unit));
    await act(borrower, subject.borrow(borrowing, 50_000n * USD));
    await measure("borrow-capped", borrower, () => subject.borrow(borrowing, 1_000n * USD));
  }
  const start = (call: EncodedCall) => ({
    to: receiver,
    data: flash.interface.encodeFunctionData("start", [call.to, call.data]),
  });
  await measure("flash-loan", supplier, async () => start(await subject.flashLoan(receiver, 1_000n * USD)));
  const { flashLoanFor } = subject;
  if (flashLoanFor !== undefined) {
    await measure("flash-loan-for", supplier, () => flashLoanFor(receiver, 1_000n * USD));
  }

  await subject.setPrice(CRASHED);
  const [before, alone, kicked, opening, tipped, ...several] = victims.map((victim) => victim.address);
  const liquidate = (account: string) => subject.liquidate(liquidator.address, account);
  // So that nothing is sold for the first time.
  chain.pass(3_600);
  await subject.prepare();
  await act(liquidator, liquidate(before));
  await measure("liquidate", liquidator, () => liquidate(alone));
  const { kick, setTip, liquidateBatch } = subject;
  if (kick !== undefined && liquidateBatch !== undefined) {
    await measure("kick", liquidator, () => kick(kicked));
    await measure("take", liquidator, () => liquidate(kicked), { after: AUCTION_SECONDS });
    await subject.prepare();
    for (const account of several) await act(liquidator, kick(account));
    await measure("take-batch", liquidator, () => liquidateBatch(liquidator.address, several), {
      after: AUCTION_SECONDS,
    });
  }
  if (kick !== undefined && setTip !== undefined) {
    await setTip(liquidator);
    await subject.prepare();
    for (const account of [opening, tipped]) await act(liquidator, kick(account, true));
    chain.pass(AUCTION_SECONDS);
    await act(liquidator, liquidate(opening)); // so that this is not the keeper's first tip
    await measure("take-tip", liquidator, () => liquidate(tipped), { after: AUCTION_SECONDS });
  }
  if (subject.collaterals === 3) await measure("liquidate-three", liquidator, () => liquidate(diverse));
  return story;
}
