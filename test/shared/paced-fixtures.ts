import { MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { saleTerms, type CurveParameters } from "../../sim/reference/sale-terms.ts";
import { KEEP, riskUpdate } from "./auction-setup.ts";
import { calmPool, ETHER, load, supply, USD, type LentPool } from "./borrower-fixtures.ts";

/** y: about 2.2 million, a number of which pools keep every digit. [loan base units] */
export const RESERVE = 2n ** 41n;
/** Fast pace: about 1,319 a second. [loan base units a second] */
export const RATE = (RESERVE * 600n) / 1_000_000n;
/** Liquidation price in what follows. */
export const PRICE36 = 1_450n * USD * ETHER;
/** Base units of ETH that are worth a second of the fast pace. */
export const SECOND = (RATE * 10n ** 36n) / PRICE36;
/** Of each of the two accounts. */
export const OWED = 120_000n * USD;
export const CREDIT = 1_200n;

/** From 2 % above to 5 % below in twenty minutes; what is not sold is saved for as long. */
export const CURVE: CurveParameters = {
  ...{ kind: "paced", premiumBps: 200n, minBonusBps: 200n, maxBonusBps: 500n, secondsToFloor: 1_200n },
  ...{ stepSeconds: 0n, cutBps: 0n, creditSeconds: CREDIT, fastPpm: 600n, slowTenthPpm: 300n, kneeBps: 6_000n },
};
export const TERMS = saleTerms(CURVE);

/**
 * `borrower` and `otherBorrower` owe 120,000 each against 100 ETH at 1,450, whose capacity is 116,000. ETH is sold on a paced
 * curve. No interest, no minimum sizes.
 */
async function sinkingPair(connection: NetworkConnection, told: bigint | undefined) {
  const p = await calmPool(connection);
  const { ethers, admin, pool, eth, borrower, otherBorrower } = p;
  await admin.setMinDebt(0);
  for (const account of [borrower, otherBorrower]) {
    await supply(p, eth, 100n * ETHER, account);
    await pool.connect(account).borrow(OWED, 0, account.address, account.address);
  }
  const pace = { creditSeconds: CREDIT, fastPpm: 600, slowTenthPpm: 300, kneeBps: 6_000 };
  const curve = await ethers.deployContract("PacedCurve", [200, 200, 500, 1_200, pace]);
  await admin.setLiquidationCurve(eth.address, await curve.getAddress());
  const engine = await ethers.deployContract("MockRiskEngine", [p.poolAddress]);
  const risk = await ethers.getContractAt("IPoolRisk", p.poolAddress);
  await risk.setRiskEngine(await engine.getAddress(), 86_400);
  const tell = (reserve: bigint) => engine.write(eth.address, riskUpdate(0, reserve, 100n), KEEP);
  if (told !== undefined) await tell(told);
  await p.oracle.setPrice(eth.address, PRICE36);
  return { ...p, curve, engine, tell };
}

/** With a market of a known depth. */
export function pacedPair(connection: NetworkConnection) {
  return sinkingPair(connection, RESERVE);
}

/** With an engine that has not said how deep the market is. */
export function depthUnknown(connection: NetworkConnection) {
  return sinkingPair(connection, undefined);
}

export type PacedPair = Awaited<ReturnType<typeof pacedPair>>;

/** With short names for what the tests do. */
export async function loadPaced(fixture: (connection: NetworkConnection) => Promise<PacedPair>) {
  const p = await load(fixture);
  const { time } = p.networkHelpers;
  const latest = async () => BigInt(await time.latest());
  const at = (moment: bigint) => time.setNextBlockTimestamp(moment);
  const kick = async (account = p.borrower) => {
    await p.liquidation.kick(account.address);
    return latest();
  };
  const take = (amount = MaxUint256, account = p.borrower) =>
    p.liquidation
      .connect(p.liquidator)
      .take(account.address, p.eth.address, amount, MaxUint256, p.liquidator.address, "0x");
  const batch = (orders: readonly { account: string; maxCollateral: bigint }[]) =>
    p.liquidation.connect(p.liquidator).takeBatch(
      orders.map((order) => ({ ...order, collateral: p.eth.address })),
      ...([MaxUint256, p.liquidator.address, "0x"] as const),
    );
  /** In the block whose time was fixed. */
  const quote = async (amount = MaxUint256, account = p.borrower) => {
    const { eth, liquidation } = p;
    const pending = { blockTag: "pending" } as const;
    const [sold, repay, price36] = await liquidation.quoteTake.staticCall(
      account.address,
      eth.address,
      amount,
      pending,
    );
    return { sold, repay, price36, factor: Number((price36 * 10n ** 18n) / PRICE36) / 1e18 };
  };
  const sale = () => p.liquidation.saleOf(p.eth.address);
  const record = (account = p.borrower) => p.pool.accountOf(account.address);
  return { ...p, time, latest, at, kick, take, batch, quote, sale, record };
}

export type Paced = Awaited<ReturnType<typeof loadPaced>>;

/** Pays all that an account owes. */
export async function repayAll(p: LentPool, account = p.borrower): Promise<void> {
  const shares = await p.pool.debtSharesOf(account.address);
  await p.pool.connect(p.liquidator).repay(0, shares, account.address, "0x");
}
