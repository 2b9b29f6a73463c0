import { MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { createRng, type Rng } from "../../sim/rng.ts";
import { deployPool } from "./pool-fixtures.ts";

/** Five users who all let `liquidator` act for them, and a pool with a flash fee and a reserve factor. */
export async function busyPool(connection: NetworkConnection) {
  const p = await deployPool(connection, { collaterals: 3 });
  await p.admin.setReserveFactor(2_000);
  await p.admin.setFlashFee(5);
  const flashBorrower = await p.ethers.deployContract("MockFlashBorrower", [p.loanAddress, p.poolAddress]);
  await p.loan.mint(await flashBorrower.getAddress(), 1_000_000n * p.unit);
  const users = [p.lender, p.otherLender, p.borrower, p.otherBorrower, p.liquidator];
  for (const user of users) await p.pool.connect(user).setOperator(p.liquidator.address, true);
  return { ...p, users, flashBorrower: await flashBorrower.getAddress() };
}

export type BusyPool = Awaited<ReturnType<typeof busyPool>>;
type Action = (p: BusyPool, rng: Rng) => Promise<unknown>;

export function pick<T>(items: readonly T[], rng: Rng): T {
  return items[rng.integer(items.length)];
}

/** Between nothing and all of it, often exactly all. */
function part(whole: bigint, rng: Rng): bigint {
  return rng.next() < 0.25 ? whole : (whole * BigInt(rng.integer(1_000_000))) / 1_000_000n;
}

/** Whole tokens and a ragged rest. */
function some(whole: number, unit: bigint, rng: Rng): bigint {
  return (BigInt(Math.ceil(rng.between(0, whole) * 1e6)) * unit) / 10n ** 6n + 1n;
}

/** One of those that may be liquidated; anyone, whom the pool will protect, if there is none. */
async function unhealthy({ pool, users }: BusyPool, rng: Rng): Promise<string> {
  const health = await Promise.all(users.map((user) => pool.healthOf(user)));
  const bad = users.filter((_, index) => health[index].liquidationCapacity < health[index].debt);
  return pick(bad.length === 0 ? users : bad, rng).address;
}

/** What may happen to a pool. Most go through most of the time; what the pool refuses changes nothing. */
export const ACTIONS: Record<string, Action> = {
  deposit: ({ pool, users, unit }, rng) =>
    pool.connect(pick(users, rng)).deposit(some(20_000, unit, rng), pick(users, rng).address),
  mint: ({ pool, users, unit }, rng) =>
    pool.connect(pick(users, rng)).mint(some(20_000, unit * 10n ** 6n, rng), pick(users, rng).address),
  withdraw: async ({ pool, users }, rng) => {
    const owner = pick(users, rng);
    const assets = part(await pool.maxWithdraw(owner), rng);
    return pool.connect(owner).withdraw(assets, pick(users, rng).address, owner.address);
  },
  redeem: async ({ pool, users }, rng) => {
    const owner = pick(users, rng);
    return pool.connect(owner).redeem(part(await pool.maxRedeem(owner), rng), owner.address, owner.address);
  },
  transfer: async ({ pool, users }, rng) => {
    const owner = pick(users, rng);
    return pool.connect(owner).transfer(pick(users, rng).address, part(await pool.balanceOf(owner), rng));
  },
  supplyCollateral: ({ pool, users, collaterals }, rng) => {
    const [{ address, unit }, user] = [pick(collaterals, rng), pick(users, rng)];
    return pool.connect(user).supplyCollateral(address, some(10, unit, rng), user.address, "0x");
  },
  withdrawCollateral: async ({ pool, users, collaterals }, rng) => {
    const [{ address }, user, account] = [pick(collaterals, rng), pick(users, rng), pick(users, rng).address];
    const amount = part(await pool.collateralOf(account, address), rng);
    return pool.connect(user).withdrawCollateral(address, amount, account, user.address);
  },
  borrow: async ({ pool, users, unit }, rng) => {
    const user = pick(users, rng);
    const { borrowCapacity, debt } = await pool.healthOf(user);
    const room = borrowCapacity > debt ? part(borrowCapacity - debt, rng) : 1n;
    const amount = room < 50_000n * unit ? room : 50_000n * unit;
    const [assets, shares] = rng.next() < 0.5 ? [amount, 0n] : [0n, amount];
    return pool.connect(user).borrow(assets, shares, user.address, pick(users, rng).address);
  },
  repay: async ({ pool, users }, rng) => {
    const account = pick(users, rng).address;
    const shares = part(await pool.debtSharesOf(account), rng);
    const [assets, burnt] = rng.next() < 0.5 ? [shares, 0n] : [0n, shares];
    return pool.connect(pick(users, rng)).repay(assets, burnt, account, "0x");
  },
  flashLoan: async ({ pool, loanAddress, flashBorrower }, rng) =>
    pool.flashLoan(flashBorrower, loanAddress, part(await pool.maxFlashLoan(loanAddress), rng), "0x"),
  donate: ({ loan, poolAddress, users, unit }, rng) =>
    loan.connect(pick(users, rng)).transfer(poolAddress, some(100, unit, rng)),
  wait: ({ networkHelpers }, rng) => networkHelpers.time.increase(1 + rng.integer(10 * 86_400)),
  crash: async (p, rng) => {
    const { address } = pick(p.collaterals, rng);
    const [price] = await p.oracle.priceOf(address);
    return p.oracle.setPrice(address, (price * BigInt(10 + rng.integer(90))) / 100n);
  },
  recovery: async ({ oracle, collaterals }) => {
    for (const { address, price36 } of collaterals) await oracle.setPrice(address, price36);
  },
  kick: async (p, rng) => p.liquidation.kick(await unhealthy(p, rng)),
  mark: async (p, rng) => p.liquidation.mark(await unhealthy(p, rng)),
  take: async (p, rng) => {
    const account = await unhealthy(p, rng);
    const tokens = [...(await p.pool.collateralsOf(account))];
    const token = tokens.length === 0 ? p.collaterals[0].address : pick(tokens, rng);
    const amount = rng.next() < 0.5 ? MaxUint256 : part(await p.pool.collateralOf(account, token), rng);
    const asLiquidator = p.liquidation.connect(p.liquidator);
    return asLiquidator.take(account, token, amount, MaxUint256, p.liquidator.address, "0x");
  },
  withdrawReserves: async ({ pool, admin, stranger }, rng) =>
    admin.withdrawReserves(part((await pool.totals()).reserves, rng), stranger.address),
  setOperator: ({ pool, users, stranger }, rng) =>
    pool.connect(pick(users, rng)).setOperator(stranger.address, rng.next() < 0.5),
};

/** Ways to go through {@link ACTIONS} at random: what leads to liquidations is drawn more often. */
export const DRAWN = [
  ...Object.keys(ACTIONS),
  ...["deposit", "supplyCollateral", "supplyCollateral", "borrow", "borrow", "kick", "take", "take"],
];

/** `borrower` borrows once more, then every collateral loses 98 % and is sold: nobody owes anything afterwards. */
export async function sellOut(p: BusyPool): Promise<void> {
  const { pool, liquidation, oracle, lender, borrower, liquidator, users, collaterals, unit } = p;
  await ACTIONS.recovery(p, createRng("no draws"));
  await pool.connect(lender).deposit(10_000n * unit, lender.address);
  const [asBorrower, account, [{ address: pledge, unit: one }]] = [
    pool.connect(borrower),
    borrower.address,
    collaterals,
  ];
  await asBorrower.supplyCollateral(pledge, 100n * one, account, "0x");
  await asBorrower.borrow(10_000n * unit, 0, account, account);
  await asBorrower.withdrawCollateral(pledge, 1, account, account);
  for (const { address, price36 } of collaterals) await oracle.setPrice(address, price36 / 500n);
  await liquidation.kick(account);
  for (const { address } of users) {
    for (const token of await pool.collateralsOf(address)) {
      const { liquidationCapacity, debt } = await pool.healthOf(address);
      if (liquidationCapacity >= debt) break;
      await liquidation.connect(liquidator).take(address, token, MaxUint256, MaxUint256, liquidator.address, "0x");
    }
  }
}
