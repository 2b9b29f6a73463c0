import { expect } from "chai";
import { type ContractTransactionResponse, MaxUint256, ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

import { ETHER, pacedPool, poolInUse, price36, USD } from "../shared/gas-fixture.ts";
import { skipUnderCoverage } from "../shared/skip-under-coverage.ts";

type Pool = Awaited<ReturnType<typeof poolInUse>>;
type PacedPool = Awaited<ReturnType<typeof pacedPool>>;

interface Scenario<P = Pool> {
  readonly name: string;
  /** Cheapest rival × 1.15. [gas of the whole transaction] */
  readonly limit?: bigint;
  readonly send: (p: P) => Promise<ContractTransactionResponse>;
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

/** One account kicked, so that the next writes over what is there already. */
async function anotherKicked(p: PacedPool) {
  await crash(p);
  await p.refresh();
  await p.liquidation.kick(p.third.address);
}

/** Several accounts kicked, the market's depth told anew, and twenty minutes gone by. */
async function kicked(p: PacedPool, keeper: number) {
  await crash(p);
  await p.refresh();
  for (const { address } of [p.user, p.second, p.third]) {
    await (keeper === 0 ? p.liquidation.kick(address) : p.liquidation.kickFor(address, ZeroAddress, keeper));
  }
  // One sale before, so that the schedule is under way.
  await p.connection.networkHelpers.time.increase(1_200);
  await takeBatch(p, [p.third.address]);
  await p.connection.networkHelpers.time.increase(60);
}

async function takeBatch({ liquidation, liquidator, ether }: Pool, accounts: readonly string[]) {
  const collateral = await ether.getAddress();
  const orders = accounts.map((account) => ({ account, collateral, maxCollateral: MaxUint256 }));
  return liquidation.connect(liquidator).takeBatch(orders, MaxUint256, liquidator.address, "0x");
}

/** With the default curve. */
const PACED_SCENARIOS: readonly Scenario<PacedPool>[] = [
  {
    name: "kick: paced",
    limit: 57_000n,
    send: async (p) => {
      await anotherKicked(p);
      return p.liquidation.connect(p.liquidator).kick(p.user.address);
    },
  },
  {
    name: "kick: paced, told what the account holds",
    limit: 55_000n,
    send: async (p) => {
      await anotherKicked(p);
      return p.liquidation.connect(p.liquidator).kickFor(p.user.address, await p.ether.getAddress(), 0);
    },
  },
  {
    name: "kick: paced, for a tip",
    send: async (p) => {
      await anotherKicked(p);
      return p.liquidation.connect(p.liquidator).kickFor(p.user.address, ZeroAddress, 1);
    },
  },
  {
    name: "take: paced", // the goal is 112,000
    limit: 126_500n,
    send: async (p) => {
      await kicked(p, 0);
      return takeAll(p);
    },
  },
  {
    name: "take: paced, with a tip",
    send: async (p) => {
      await kicked(p, 1);
      return takeAll(p);
    },
  },
  {
    name: "take: batch of one",
    send: async (p) => {
      await kicked(p, 0);
      return takeBatch(p, [p.user.address]);
    },
  },
  {
    name: "take: batch of two",
    send: async (p) => {
      await kicked(p, 0);
      return takeBatch(p, [p.user.address, p.second.address]);
    },
  },
];

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

  const check = ({ name, limit }: Pick<Scenario, "name" | "limit">, send: () => ReturnType<Scenario["send"]>) => {
    it(limit === undefined ? name : `${name}: at most ${String(limit)}`, async () => {
      const receipt = await (await send()).wait();
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
  };
  const loadFixture = <T>(fixture: (c: NetworkConnection) => Promise<T>) =>
    connection.networkHelpers.loadFixture(fixture);
  for (const each of SCENARIOS) check(each, async () => each.send(await loadFixture(poolInUse)));
  for (const each of PACED_SCENARIOS) check(each, async () => each.send(await loadFixture(pacedPool)));

  it("a second sale in a batch: at most 70,000", () => {
    expect(measured["take: batch of two"] - measured["take: batch of one"]).to.be.within(1, 70_000);
  });

  it("the committed file has no scenario that is not measured", function () {
    if (updating) this.skip();
    expect(Object.keys(committed).sort()).to.deep.equal(
      [...SCENARIOS, ...PACED_SCENARIOS].map(({ name }) => name).sort(),
    );
  });
});
