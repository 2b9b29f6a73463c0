import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { fixNextBlock, PENDING } from "../../shared/next-block.ts";
import { activePool, emptyPool, openDebt, PAUSE, UNCAPPED, type DeployedPool } from "../../shared/pool-fixtures.ts";

const WEEK = 7 * 86_400;
const MORE_THAN_FITS = 2n ** 112n;
const ENTRIES = ["deposit", "mint"] as const;
const EXITS = ["withdraw", "redeem"] as const;

type Method = (typeof ENTRIES)[number] | (typeof EXITS)[number];

interface State {
  readonly name: string;
  readonly fixture: (connection: NetworkConnection) => Promise<DeployedPool>;
  readonly arrange?: (p: DeployedPool) => Promise<unknown>;
  /** Error of an entry of one unit more than the limit. */
  readonly entryError: string;
  /** The same of an exit; by entry point where they differ. */
  readonly exitError: string | Record<(typeof EXITS)[number], string>;
  /** Limits that must be zero: a limit of zero would otherwise pass as well as any other. */
  readonly none?: readonly Method[];
}

const HELD_BACK = "PoolLiquidityInsufficient";
const NOT_OWNED = "ERC20InsufficientBalance";
const FULL = "PoolSupplyCapExceeded";
const TOO_LARGE = "PoolAmountTooLarge";
/** Tried where the limit is zero: a unit of assets, and shares that are worth some. */
const LITTLE: Record<Method, bigint> = { deposit: 1n, mint: 1n, withdraw: 1n, redeem: 10n ** 12n };

async function cap({ admin }: DeployedPool, supplyCap: bigint) {
  await admin.setPoolCaps(supplyCap, UNCAPPED);
}

/** Price of the collateral falls to `price36Value`, and everything is sold: what it does not pay for is lost. */
async function loseTo(p: DeployedPool, price36Value: bigint) {
  const { oracle, liquidation, liquidator, borrower, collaterals } = p;
  await oracle.setPrice(collaterals[0].address, price36Value);
  await liquidation
    .connect(liquidator)
    .take(borrower.address, collaterals[0].address, MaxUint256, MaxUint256, liquidator.address, "0x");
}

/** The collateral loses three quarters and is not sold yet: 12,500 of 60,000 will not be paid. */
async function provide({ pool, oracle, liquidation, borrower, collaterals, unit }: DeployedPool) {
  await oracle.setPrice(collaterals[0].address, collaterals[0].price36 / 4n);
  await liquidation.mark(borrower.address);
  expect(await pool.totalProvision()).to.be.within(12_500n * unit, 12_501n * unit);
}

/** Lends out every unit of cash. */
async function borrowAll(p: DeployedPool) {
  await openDebt(p, 100n, 40_000n);
  expect((await p.pool.totals()).cash).to.equal(0);
}

const STATES: readonly State[] = [
  {
    name: "empty",
    fixture: emptyPool,
    entryError: TOO_LARGE,
    exitError: NOT_OWNED,
    none: EXITS,
  },
  { name: "in use", fixture: activePool, entryError: TOO_LARGE, exitError: HELD_BACK },
  {
    name: "with more cash than the owner lent",
    fixture: activePool,
    arrange: ({ pool, otherLender, unit }) => pool.connect(otherLender).deposit(900_000n * unit, otherLender.address),
    entryError: TOO_LARGE,
    exitError: NOT_OWNED,
  },
  {
    name: "under a supply cap",
    fixture: activePool,
    arrange: (p) => cap(p, 150_000n * p.unit + 1n),
    entryError: FULL,
    exitError: HELD_BACK,
  },
  {
    name: "over a supply cap that was lowered",
    fixture: activePool,
    arrange: (p) => cap(p, 50_000n * p.unit),
    entryError: FULL,
    exitError: HELD_BACK,
    none: ENTRIES,
  },
  {
    name: "paused",
    fixture: activePool,
    arrange: ({ admin, guardian }) => admin.connect(guardian).pause(PAUSE.all),
    entryError: "PoolPaused",
    exitError: HELD_BACK,
    none: ENTRIES,
  },
  {
    name: "all but a hundred units borrowed",
    fixture: activePool,
    arrange: async (p) => {
      await borrowAll(p);
      await p.pool.connect(p.borrower).repay(100, 0, p.borrower.address, "0x");
    },
    entryError: TOO_LARGE,
    exitError: HELD_BACK,
  },
  {
    name: "all borrowed",
    fixture: activePool,
    arrange: borrowAll,
    entryError: TOO_LARGE,
    exitError: HELD_BACK,
    none: EXITS,
  },
  {
    name: "with a provision for a loss to come",
    fixture: activePool,
    arrange: provide,
    entryError: TOO_LARGE,
    exitError: HELD_BACK,
  },
  {
    name: "with such a provision, and cash for everybody",
    fixture: activePool,
    arrange: async (p) => {
      await p.pool.connect(p.otherLender).deposit(900_000n * p.unit, p.otherLender.address);
      await provide(p);
    },
    entryError: TOO_LARGE,
    exitError: NOT_OWNED,
  },
  {
    name: "after a loss, with nothing lent out",
    fixture: activePool,
    arrange: (p) => loseTo(p, p.collaterals[0].price36 / 2_000n),
    entryError: TOO_LARGE,
    exitError: NOT_OWNED,
  },
  {
    name: "after everything was lost",
    fixture: activePool,
    arrange: async (p) => {
      await borrowAll(p);
      await loseTo(p, 0n);
      expect(await p.pool.totalAssets()).to.equal(0);
    },
    entryError: TOO_LARGE,
    exitError: { withdraw: NOT_OWNED, redeem: "PoolZeroAmount" },
    none: EXITS,
  },
];

describe("LendingPool as ERC-4626 vault: limits", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  const limitOf = (p: DeployedPool, method: Method): Promise<bigint> =>
    ({
      deposit: p.pool.maxDeposit,
      mint: p.pool.maxMint,
      withdraw: p.pool.maxWithdraw,
      redeem: p.pool.maxRedeem,
    })[method](p.lender.address, PENDING);

  const act = ({ pool, lender }: DeployedPool, method: Method, amount: bigint) => {
    const asLender = pool.connect(lender);
    if (method === "deposit" || method === "mint") return asLender[method](amount, lender.address);
    return asLender[method](amount, lender.address, lender.address);
  };

  for (const { name, fixture, arrange, entryError, exitError, none = [] } of STATES) {
    describe(`a pool ${name}`, () => {
      const arranged = async () => {
        const p = await connection.networkHelpers.loadFixture(fixture);
        await arrange?.(p);
        await p.loan.mint(p.lender.address, MORE_THAN_FITS);
        await fixNextBlock(connection, WEEK);
        return p;
      };

      for (const method of [...ENTRIES, ...EXITS]) {
        const entry = method === "deposit" || method === "mint";
        const exitErrors = typeof exitError === "string" ? { withdraw: exitError, redeem: exitError } : exitError;
        const error = entry ? entryError : exitErrors[method];
        if (none.includes(method)) {
          it(`has no room for #${method}`, async () => {
            const p = await arranged();
            expect(await limitOf(p, method)).to.equal(0);
            await expect(act(p, method, LITTLE[method])).to.be.revertedWithCustomError(p.pool, error);
          });
        } else {
          it(`lets the limit of #${method} through, and not a unit more`, async () => {
            const p = await arranged();
            const limit = await limitOf(p, method);
            expect(limit).to.be.greaterThan(0);
            await expect(act(p, method, limit + 1n)).to.be.revertedWithCustomError(p.pool, error);
            await expect(act(p, method, limit)).to.emit(p.pool, entry ? "Deposit" : "Withdraw");
          });
        }
      }
    });
  }

  it("shares worth less than a unit cannot be redeemed, and the limit says so", async () => {
    const p = await connection.networkHelpers.loadFixture(activePool);
    await p.pool.connect(p.lender).transfer(p.stranger.address, 999_000n);
    expect(await p.pool.maxRedeem(p.stranger)).to.equal(0);
    await expect(
      p.pool.connect(p.stranger).redeem(999_000n, p.stranger.address, p.stranger.address),
    ).to.be.revertedWithCustomError(p.pool, "PoolZeroAmount");
  });
});
