import { expect } from "chai";
import { MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { PENDING } from "../shared/next-block.ts";
import { deployPool, openDebt, PAUSE, UNCAPPED, type DeployedPool } from "../shared/pool-fixtures.ts";
import { FLASH_FEE_BPS } from "./erc3156.ts";
import { deployReceiver } from "./reference.ts";
import { EXITS, ENTRIES, type Need, type Setup, type System } from "./system.ts";

const YEAR = 365 * 86_400;
/** More than the books of a pool can hold. [base units] */
const MORE_THAN_FITS = 2n ** 112n;
const HELD_BACK = "PoolLiquidityInsufficient";
const NOT_OWNED = "ERC20InsufficientBalance";
const FULL = "PoolSupplyCapExceeded";
const TOO_LARGE = "PoolAmountTooLarge";
const SHORT = "PoolFlashLoanExceedsCash";
const OF_EXITS: readonly Need[] = [...EXITS, "flashLoan"];

export interface PoolState {
  readonly name: string;
  readonly arrange: (p: DeployedPool) => Promise<unknown>;
  readonly entry?: string;
  readonly exit?: string | System["notOwned"];
  readonly flash?: string;
  /** Entry points that let nothing through. */
  readonly none?: readonly Need[];
}

/** `holder` lends 100,000, of which `borrower` owes 60,000 against 100 of the collateral, worth 200,000. */
async function use(p: DeployedPool) {
  await p.pool.connect(p.lender).deposit(100_000n * p.unit, p.lender.address);
  await openDebt(p, 100n, 60_000n);
}

/** Lends out every unit of cash. */
async function borrowAll(p: DeployedPool) {
  await use(p);
  await openDebt(p, 100n, 40_000n);
  expect((await p.pool.totals()).cash).to.equal(0);
}

async function capAt(p: DeployedPool, supplyCap: bigint) {
  await use(p);
  await p.admin.setPoolCaps(supplyCap, UNCAPPED);
}

/** The collateral falls, and a liquidator buys all of it: what it does not pay for is lost. */
async function loseAt(p: DeployedPool, price36: bigint) {
  const { pool, oracle, liquidation, liquidator, borrower, collaterals } = p;
  await oracle.setPrice(collaterals[0].address, price36);
  const taken = [borrower.address, collaterals[0].address, MaxUint256, MaxUint256, liquidator.address] as const;
  await expect(liquidation.connect(liquidator).take(...taken, "0x")).to.emit(pool, "BadDebtRealized");
}

/** Three quarters of the collateral's value are gone and it is not sold yet: about 12,500 of 60,000 will not be paid. */
async function provide(p: DeployedPool) {
  await use(p);
  await p.oracle.setPrice(p.collaterals[0].address, p.collaterals[0].price36 / 4n);
  await p.liquidation.mark(p.borrower.address);
  expect(await p.pool.totalProvision()).to.be.within(12_500n * p.unit, 12_501n * p.unit);
}

/** An engine lets a tenth of all shares go, and a hundredth more in a day. */
async function limitExits(p: DeployedPool) {
  await use(p);
  const engine = await p.ethers.deployContract("MockRiskEngine", [p.poolAddress]);
  const risk = await p.ethers.getContractAt("IPoolRisk", p.poolAddress);
  await risk.setRiskEngine(await engine.getAddress(), 86_400);
  const supply = await p.pool.totalSupply();
  const [perSecond, most] = [supply / 8_640_000n, 2n ** 88n - 1n]; // at 27 decimals it is more than fits
  const ofCollateral = {
    liquidationFactorBps: 8_000,
    borrowFactorBps: 7_500,
    calm: true,
    level: 0,
    loadingPercent: 100,
  };
  await engine.write(
    p.collaterals[0].address,
    { ...ofCollateral, discountTenBps: 50, grace: false, reserve: 10n ** 15n },
    {
      restricted: false,
      exitFloorShares: supply - supply / 10n,
      exitRefillPerSecond: perSecond < most ? perSecond : most,
    },
  );
}

export const IN_USE: PoolState = { name: "in use", arrange: use };
export const PAUSED: PoolState = {
  name: "paused",
  arrange: async (p) => {
    await use(p);
    await p.admin.connect(p.guardian).pause(PAUSE.all);
  },
  entry: "PoolPaused",
  flash: "PoolPaused",
  none: [...ENTRIES, "flashLoan"],
};
export const AFTER_YIELD: PoolState = {
  name: "after a year of interest that nobody has collected",
  arrange: async (p) => {
    await use(p);
    const before = await p.pool.totalAssets();
    await p.networkHelpers.time.increase(YEAR);
    const after = await p.pool.totalAssets(PENDING);
    expect(after - before).to.be.greaterThan(1_000n * p.unit);
  },
};
export const AFTER_LOSS: PoolState = {
  name: "after a loss of a third, in use again",
  arrange: async (p) => {
    await use(p);
    await loseAt(p, p.collaterals[0].price36 / 8n);
    const left = await p.pool.totalAssets();
    expect(left).to.be.within(60_000n * p.unit, 70_000n * p.unit);
    await p.oracle.setPrice(p.collaterals[0].address, p.collaterals[0].price36);
    await openDebt(p, 100n, 30_000n);
  },
};
export const ILLIQUID: PoolState = { name: "all borrowed", arrange: borrowAll, none: OF_EXITS };

/** The ones in which every standard is tried. */
export const MAIN_STATES = [IN_USE, AFTER_YIELD, AFTER_LOSS, ILLIQUID, PAUSED] as const;

/** Every state of a pool that makes a difference to one of the limits. */
export const STATES: readonly PoolState[] = [
  { name: "empty", arrange: async () => undefined, exit: NOT_OWNED, none: OF_EXITS },
  IN_USE,
  AFTER_YIELD,
  AFTER_LOSS,
  ILLIQUID,
  PAUSED,
  { name: "under a supply cap", arrange: (p) => capAt(p, 150_000n * p.unit + 1n), entry: FULL },
  {
    name: "over a supply cap that was lowered",
    arrange: (p) => capAt(p, 50_000n * p.unit),
    entry: FULL,
    none: ENTRIES,
  },
  {
    name: "all but a hundred units borrowed",
    arrange: async (p) => {
      await borrowAll(p);
      await p.pool.connect(p.borrower).repay(100, 0, p.borrower.address, "0x");
    },
  },
  {
    name: "with more cash than the holder lent",
    arrange: async (p) => {
      await use(p);
      await p.pool.connect(p.otherLender).deposit(900_000n * p.unit, p.otherLender.address);
    },
    exit: NOT_OWNED,
  },
  { name: "with a limit on exits", arrange: limitExits, exit: "PoolExitLimited" },
  { name: "with a provision for a loss to come", arrange: provide },
  {
    name: "with such a provision, and cash for everybody",
    arrange: async (p) => {
      await provide(p);
      await p.pool.connect(p.otherLender).deposit(900_000n * p.unit, p.otherLender.address);
    },
    exit: NOT_OWNED,
  },
  {
    name: "after everything was lost",
    arrange: async (p) => {
      await borrowAll(p);
      await loseAt(p, 0n);
      expect(await p.pool.totalAssets()).to.equal(0);
    },
    exit: { withdraw: NOT_OWNED, redeem: "PoolZeroAmount" },
    none: OF_EXITS,
  },
];

async function deployFor(connection: NetworkConnection, loanDecimals: bigint) {
  const p = await deployPool(connection, { loanDecimals });
  await p.admin.setReserveFactor(1_000);
  await p.admin.setFlashFee(FLASH_FEE_BPS);
  for (const account of [p.lender, p.otherLender]) await p.loan.mint(account.address, MORE_THAN_FITS);
  const vault = await p.ethers.getContractAt("IStandardVault", p.poolAddress);
  return { ...p, vault, ...(await deployReceiver(connection, p.loan, p.poolAddress, p.unit)) };
}
type StandardPool = Awaited<ReturnType<typeof deployFor>>;

/** One pool for all states of a loan asset: an arranged state begins at a snapshot of it. */
const FRESH = {
  6: function pool6(connection: NetworkConnection) {
    return deployFor(connection, 6n);
  },
  18: function pool18(connection: NetworkConnection) {
    return deployFor(connection, 18n);
  },
  27: function pool27(connection: NetworkConnection) {
    return deployFor(connection, 27n);
  },
} as const;
export type Decimals = keyof typeof FRESH;
export const DECIMALS = [6, 18, 27] as const satisfies readonly Decimals[];

const withdrawAndRedeem = (error: string) => ({ withdraw: error, redeem: error });

function asSystem(p: StandardPool, { entry = TOO_LARGE, exit = HELD_BACK, flash = SHORT }: PoolState): System {
  const { connection, vault, pool, loan, borrower, receiver, receiverAddress } = p;
  return {
    ...{ connection, vault, vaultAddress: p.poolAddress, asset: loan, assetAddress: p.loanAddress, errors: pool },
    ...{ name: p.params.name, symbol: p.params.symbol, unit: p.unit, receiver, receiverAddress },
    ...{ holder: p.lender, other: p.otherLender, stranger: p.stranger },
    overLimit: { deposit: entry, mint: entry, ...(typeof exit === "string" ? withdrawAndRedeem(exit) : exit) },
    notOwned: withdrawAndRedeem(NOT_OWNED),
    zeroReceiver: "PoolZeroAddress",
    flash: { over: flash, refused: "PoolFlashLoanRefused", unsupported: "PoolFlashLoanUnsupported" },
    owned: async () => {
      const { reserves } = await pool.totals(PENDING);
      return (await loan.balanceOf(p.poolAddress)) + (await pool.debtOf(borrower, PENDING)) - reserves;
    },
    settle: () => pool.accrue(),
    withheld: async () => {
      const { reserves } = await pool.totals(PENDING);
      const provision = await pool.totalProvision(PENDING);
      return provision > reserves ? provision - reserves : 0n;
    },
  };
}

/** Our pool in a state, for a suite. */
export function poolSetup(connection: () => NetworkConnection, decimals: Decimals, state: PoolState): Setup {
  async function arranged({ networkHelpers }: NetworkConnection) {
    const p = await networkHelpers.loadFixture(FRESH[decimals]);
    await state.arrange(p);
    return p;
  }
  return {
    load: async () => asSystem(await connection().networkHelpers.loadFixture(arranged), state),
    none: state.none,
  };
}
