import { expect } from "chai";
import { type ContractTransactionResponse, MaxUint256 } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

import { ETHER, poolInUse, price36, USD } from "../shared/gas-fixture.ts";
import { skipUnderCoverage } from "../shared/skip-under-coverage.ts";

type Pool = Awaited<ReturnType<typeof poolInUse>>;

interface Scenario {
  readonly name: string;
  /** Cheapest rival × 1.15. [gas of the whole transaction] */
  readonly limit?: bigint;
  readonly send: (p: Pool) => Promise<ContractTransactionResponse>;
}

/** Beside the test: `hardhat test solidity --snapshot` owns the folder `snapshots` and empties it. */
const SNAPSHOT = new URL("./gas.json", import.meta.url);
const TOLERANCE_PERCENT = 1n;

/** The user's health factor falls to about 0.97. */
async function crash({ oracle, ether }: Pool) {
  await oracle.setPrice(await ether.getAddress(), price36(610n, 18n));
}

async function takeAll({ liquidation, liquidator, user, ether }: Pool) {
  return liquidation
    .connect(liquidator)
    .take(user.address, await ether.getAddress(), MaxUint256, MaxUint256, liquidator.address, "0x");
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: "supply: warm",
    limit: 95_400n,
    send: ({ pool, user }) => pool.connect(user).deposit(1_000n * USD, user.address),
  },
  {
    name: "withdraw: warm",
    limit: 90_300n,
    send: ({ pool, user }) => pool.connect(user).withdraw(1_000n * USD, user.address, user.address),
  },
  {
    name: "supply collateral: warm",
    limit: 62_300n,
    send: async ({ pool, user, ether }) =>
      pool.connect(user).supplyCollateral(await ether.getAddress(), ETHER, user.address, "0x"),
  },
  {
    name: "borrow: one collateral, warm",
    limit: 104_600n,
    send: ({ pool, user }) => pool.connect(user).borrow(1_000n * USD, 0, user.address, user.address),
  },
  {
    name: "borrow: three collaterals, warm",
    limit: 135_300n,
    send: ({ pool, diversified }) =>
      pool.connect(diversified).borrow(1_000n * USD, 0, diversified.address, diversified.address),
  },
  {
    name: "repay: warm",
    limit: 93_400n,
    send: ({ pool, user }) => pool.connect(user).repay(1_000n * USD, 0, user.address, "0x"),
  },
  {
    name: "withdraw collateral: with debt",
    limit: 101_500n,
    send: async ({ pool, user, ether }) =>
      pool.connect(user).withdrawCollateral(await ether.getAddress(), ETHER, user.address, user.address),
  },
  {
    name: "take: fixed bonus",
    limit: 128_400n,
    send: async (p) => {
      await p.admin.setLiquidationCurve(await p.ether.getAddress(), await p.fixedCurve.getAddress());
      await crash(p);
      return takeAll(p);
    },
  },
  {
    name: "take: dutch",
    limit: 128_400n,
    send: async (p) => {
      await crash(p);
      await p.liquidation.kick(p.user.address);
      await p.connection.networkHelpers.time.increase(1_200);
      return takeAll(p);
    },
  },
  {
    name: "kick",
    send: async (p) => {
      await crash(p);
      return p.liquidation.connect(p.liquidator).kick(p.user.address);
    },
  },
  {
    name: "flash loan",
    limit: 55_500n,
    send: async ({ pool, flashBorrower, loan, liquidator }) =>
      pool.connect(liquidator).flashLoan(await flashBorrower.getAddress(), await loan.getAddress(), 1_000n * USD, "0x"),
  },
];

describe("gas of whole transactions, steady state", () => {
  let connection: NetworkConnection;
  const measured: Record<string, number> = {};
  const updating = process.env.UPDATE_GAS === "1";
  const committed = (existsSync(SNAPSHOT) ? JSON.parse(readFileSync(SNAPSHOT, "utf8")) : {}) as Record<string, number>;

  before(async function () {
    connection = await network.create();
    skipUnderCoverage(this);
  });

  after(async () => {
    await connection.close();
    if (updating) writeFileSync(SNAPSHOT, `${JSON.stringify(measured, null, 2)}\n`);
  });

  for (const { name, limit, send } of SCENARIOS) {
    it(limit === undefined ? name : `${name}: at most ${String(limit)}`, async () => {
      const p = await connection.networkHelpers.loadFixture(poolInUse);
      const receipt = await (await send(p)).wait();
      const gasUsed = receipt?.gasUsed ?? 0n;
      measured[name] = Number(gasUsed);
      if (limit !== undefined) expect(gasUsed).to.be.lessThanOrEqual(limit);
      if (updating) return;
      expect(committed, "run with UPDATE_GAS=1 to record new scenarios").to.have.property(name);
      const before = BigInt(committed[name] ?? 0);
      const difference = gasUsed > before ? gasUsed - before : before - gasUsed;
      expect(
        difference * 100n <= before * TOLERANCE_PERCENT,
        `${name}: ${String(before)} → ${String(gasUsed)}`,
      ).to.equal(true);
    });
  }

  it("the committed file has no scenario that is not measured", function () {
    if (updating) this.skip();
    expect(Object.keys(committed).sort()).to.deep.equal(SCENARIOS.map(({ name }) => name).sort());
  });
});
