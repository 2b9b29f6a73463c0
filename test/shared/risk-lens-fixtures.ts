import type { NetworkConnection } from "hardhat/types/network";

import { plain } from "../../scripts/risk/lens.ts";
import type { Figures, PoolState, Sums } from "../../sim/risk/lens-types.ts";
import { createRng, type Rng } from "../../sim/rng.ts";
import { BITCOIN, calmPool, ETHER, setPrice, USD, type LentPool } from "./borrower-fixtures.ts";
import { WAD } from "./pool-fixtures.ts";

/** y of the markets of ETH, BTC and STB. */
export const RESERVES = [40_000_000n * USD, 25_000_000n * USD, 5_000_000n * USD] as const;
/** Their λ. [%] */
const LOADINGS = [80n, 70n, 30n] as const;
const LENT_BESIDES = 200_000_000n * USD;

const UNITS = [ETHER, BITCOIN, USD] as const;
const PRICES = [2_000n, 60_000n, 1n] as const;
/** A little less than the borrow factors, of which several collaterals add up. */
const BORROWABLE_BPS = [7_400n, 6_900n, 8_400n] as const;
/** Accounts of `fallenBook`. */
export const BOOK_SIZE = 48;
/** EIP-7825 allows a transaction 16.8 million gas. */
const MEMBERS_AT_ONCE = 20;

/** What one of a crowd is to have. */
export interface BookEntry {
  readonly tokens: readonly string[];
  readonly amounts: readonly bigint[];
  readonly debt: bigint;
}

/**
 * ETH, BTC and STB, all sold at a fixed bonus of 5 %, no interest, plenty to borrow, an engine that says what is known of
 * their markets, and a lens.
 */
export async function lensPool(connection: NetworkConnection) {
  const p = await calmPool(connection);
  const { ethers, poolAddress, admin, pool, lender, loan } = p;
  const fixedCurve = await p.fixedCurve.getAddress();
  await admin.setLiquidationCurve(p.eth.address, fixedCurve);
  await loan.mint(lender.address, LENT_BESIDES);
  await pool.connect(lender).deposit(LENT_BESIDES, lender.address);
  const engine = await ethers.deployContract("MockRiskEngine", [poolAddress]);
  const risk = await ethers.getContractAt("IPoolRisk", poolAddress);
  await risk.setRiskEngine(await engine.getAddress(), 86_400);
  for (const [i, { address }] of p.collaterals.entries()) {
    const config = await pool.collateralConfig(address);
    await engine.write(
      address,
      {
        ...{ liquidationFactorBps: config.liquidationFactorBps, borrowFactorBps: config.borrowFactorBps },
        ...{
          calm: true,
          level: 0,
          loadingPercent: LOADINGS[i],
          discountTenBps: 50,
          grace: false,
          reserve: RESERVES[i],
        },
      },
      { restricted: false, exitFloorShares: 0, exitRefillPerSecond: 0 },
    );
  }
  const lens = await ethers.deployContract("RiskLens");
  const crowd = await ethers.deployContract("RiskCrowd");
  return { ...p, risk, engine, lens, crowd };
}

export type LensPool = Awaited<ReturnType<typeof lensPool>>;

/** Opens accounts, in several transactions. @returns Their addresses, in order. */
export async function openBook(
  { crowd, poolAddress, pool }: Pick<LensPool, "crowd" | "poolAddress" | "pool">,
  book: readonly BookEntry[],
  mintable = 2n ** 256n - 1n,
): Promise<string[]> {
  const accounts: string[] = [];
  for (let from = 0; from < book.length; from += MEMBERS_AT_ONCE) {
    const orders = book.slice(from, from + MEMBERS_AT_ONCE).map(({ tokens, amounts, debt }) => ({
      ...{ tokens: [...tokens], amounts: [...amounts], debt },
    }));
    const receipt = await (await crowd.open(poolAddress, orders, mintable)).wait();
    const supplied = (receipt?.logs ?? [])
      .filter(({ address }) => address === poolAddress)
      .map((log) => pool.interface.parseLog(log))
      .filter((event) => event?.name === "CollateralSupplied")
      .map((event) => String(event?.args.account));
    accounts.push(...new Set(supplied));
  }
  return accounts;
}

/** Accounts of one to three collaterals that use 10 to 99 % of what they may borrow; one in eight owes nothing. */
export function randomBook(p: Pick<LentPool, "collaterals">, seed: string, count: number): BookEntry[] {
  const rng = createRng(seed);
  return Array.from({ length: count }, (_, i) => randomEntry(p, rng.fork(String(i))));
}

function randomEntry({ collaterals }: Pick<LentPool, "collaterals">, rng: Rng): BookEntry {
  const held = collaterals.map((_, k) => k).filter(() => rng.next() < 0.6);
  const chosen = held.length === 0 ? [rng.integer(collaterals.length)] : held;
  const dollars = chosen.map(() => BigInt(Math.round(rng.lognormal(50_000, 1))));
  const amounts = chosen.map((k, i) => (dollars[i] * UNITS[k]) / PRICES[k]);
  const most = chosen.reduce((sum, k, i) => sum + (dollars[i] * USD * BORROWABLE_BPS[k]) / 10_000n, 0n);
  const use = BigInt(Math.round(rng.between(0.1, 0.99) * 1e18));
  const debt = rng.next() < 0.125 ? 0n : (most * use) / WAD;
  return { tokens: chosen.map((k) => collaterals[k].address), amounts, debt };
}

/** A random book, in a market that has fallen since: some are under water, some owe more than they have. */
export async function fallenBook(connection: NetworkConnection) {
  const p = await lensPool(connection);
  const accounts = await openBook(p, randomBook(p, "book-1", BOOK_SIZE));
  await setPrice(p, p.eth, 1_250n);
  await setPrice(p, p.btc, 44_000n);
  return { ...p, accounts };
}

export async function sumsOf(p: LensPool, accounts: readonly string[]): Promise<Sums> {
  const fragment = p.lens.interface.getFunction("sumsOf");
  const [sums] = await p.lens.sumsOf(p.poolAddress, [...accounts]);
  return plain(sums, fragment.outputs[0]) as Sums;
}

export async function stateOf(p: Pick<LensPool, "lens" | "poolAddress">): Promise<PoolState> {
  const fragment = p.lens.interface.getFunction("poolOf");
  return plain(await p.lens.poolOf(p.poolAddress), fragment.outputs[0]) as PoolState;
}

export async function figuresOf(p: Pick<LensPool, "lens">, state: PoolState, sums: Sums): Promise<Figures> {
  const fragment = p.lens.interface.getFunction("figuresOf");
  return plain(await p.lens.figuresOf(state as never, sums as never), fragment.outputs[0]) as Figures;
}
