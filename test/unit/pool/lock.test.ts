import { expect } from "chai";
import { type BaseContract, type FunctionFragment, MaxUint256, type ParamType } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { ROLES } from "../../../ignition/modules/roles.ts";
import { scriptedPool } from "../../shared/pool-fixtures.ts";
import { answersOf, callOf, scriptOf, type ScriptedCall } from "../../shared/scripts.ts";

/** Functions that change state but no books; the steps of a batch lock one by one. */
const NEVER_LOCKED = [
  ...["approve", "transfer", "transferFrom", "permit"],
  ...["setOperator", "setOperatorWithSig", "setAuthority", "multicall"],
];

/**
 * Loan asset and collateral call the scripted account whenever it sends or receives them. It lends 1,000, owes 5,000
 * against ten of the collateral, and holds every role.
 */
async function hookedPool(connection: NetworkConnection) {
  const { ethers } = connection;
  const loanToken = await (await ethers.deployContract("HookERC20", [6])).getAddress();
  const collateralToken = await (await ethers.deployContract("HookERC20", [18])).getAddress();
  const p = await scriptedPool(connection, { loanToken, collateralTokens: [collateralToken] });
  const { pool, account, accountAddress: self, collaterals, unit, manager } = p;
  for (const role of [ROLES.governor, ROLES.guardian]) await manager.getFunction("grantRole").send(role, self, 0);
  await account.run([
    await callOf(pool, "deposit", [1_000n * unit, self]),
    await callOf(pool, "supplyCollateral", [collateralToken, 10n * collaterals[0].unit, self, "0x"]),
    await callOf(pool, "borrow", [5_000n * unit, 0, self, self]),
  ]);
  for (const token of [loanToken, collateralToken]) {
    await account.run([await callOf(await ethers.getContractAt("HookERC20", token), "setHook", [self])]);
  }
  return p;
}

type HookedPool = Awaited<ReturnType<typeof hookedPool>>;

/** Every way to make the pool move a token of the account. The hook's script is set by `arm`. */
const MOVES: Record<string, (p: HookedPool, arm: ScriptedCall) => Promise<ScriptedCall[]>> = {
  deposit: async ({ pool, accountAddress: self }, arm) => [arm, await callOf(pool, "deposit", [1_000n, self])],
  mint: async ({ pool, accountAddress: self }, arm) => [arm, await callOf(pool, "mint", [10n ** 9n, self])],
  withdraw: async ({ pool, accountAddress: self }, arm) => [arm, await callOf(pool, "withdraw", [1_000n, self, self])],
  redeem: async ({ pool, accountAddress: self }, arm) => [arm, await callOf(pool, "redeem", [10n ** 9n, self, self])],
  supplyCollateral: async ({ pool, accountAddress: self, collaterals }, arm) => [
    ...[arm, await callOf(pool, "supplyCollateral", [collaterals[0].address, 1n, self, "0x"])],
  ],
  withdrawCollateral: async ({ pool, accountAddress: self, collaterals }, arm) => [
    ...[arm, await callOf(pool, "withdrawCollateral", [collaterals[0].address, 1n, self, self])],
  ],
  borrow: async ({ pool, accountAddress: self }, arm) => [arm, await callOf(pool, "borrow", [1_000n, 0, self, self])],
  repay: async ({ pool, accountAddress: self }, arm) => [arm, await callOf(pool, "repay", [1_000n, 0, self, "0x"])],
  "flashLoan, on its way out": async ({ pool, loanAddress, accountAddress: self }, arm) => [
    ...[arm, await callOf(pool, "flashLoan", [self, loanAddress, 1_000n, "0x"])],
  ],
  "flashLoan, on its way back": async ({ pool, loanAddress, accountAddress: self }, arm) => [
    await callOf(pool, "flashLoan", [self, loanAddress, 1_000n, scriptOf([arm])]),
  ],
  "supplyCollateral, after its callback": async ({ pool, accountAddress: self, collaterals }, arm) => [
    await callOf(pool, "supplyCollateral", [collaterals[0].address, 1n, self, scriptOf([arm])]),
  ],
  "repay, after its callback": async ({ pool, accountAddress: self }, arm) => [
    await callOf(pool, "repay", [1_000n, 0, self, scriptOf([arm])]),
  ],
  "take, sending": async (p, arm) => [arm, await take(p, "0x")],
  "take, pulling": async (p, arm) => [await take(p, scriptOf([arm]))],
  withdrawReserves: async (p, arm) => {
    await p.networkHelpers.time.increase(30 * 86_400);
    await p.pool.accrue();
    return [arm, await callOf(p.admin, "withdrawReserves", [1_000n, p.accountAddress])];
  },
};

/** The account buys collateral of `borrower`, whose health factor has fallen below 1. */
async function take(p: HookedPool, script: string): Promise<ScriptedCall> {
  const [{ address, price36 }] = p.collaterals;
  await p.oracle.setPrice(address, (price36 * 36n) / 100n);
  const values = [p.borrower.address, address, MaxUint256, MaxUint256, p.accountAddress, script];
  return callOf(p.liquidation, "take", values);
}

describe("LendingPool: lock", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  const load = () => connection.networkHelpers.loadFixture(hookedPool);

  /** Makes the account's hook run these calls the next time that a token of its moves. */
  const arming = ({ account }: HookedPool, calls: readonly ScriptedCall[]) =>
    callOf(account, "setHookScript", [scriptOf(calls)]);

  it("is off between transactions", async () => {
    const { pool } = await load();
    expect(await pool.locked()).to.equal(false);
  });

  for (const [name, move] of Object.entries(MOVES)) {
    describe(name, () => {
      it("reverts when the token's hook comes back", async () => {
        const p = await load();
        const calls = await move(p, await arming(p, [await callOf(p.pool, "accrue")]));
        await expect(p.account.run(calls)).to.be.revertedWithCustomError(p.pool, "PoolLocked");
      });

      it("says so to whoever reads from the hook, and is over afterwards", async () => {
        const p = await load();
        // The second read tells the hook's answers from the pool's own.
        const reads = [await callOf(p.pool, "locked"), await callOf(p.pool, "decimals")];
        const calls = await move(p, await arming(p, reads));
        const tx = await p.account.run([...calls, await callOf(p.pool, "locked")]);
        const answers = (await answersOf(p.account, tx)).filter((answer) => answer !== "0x");
        expect(answers.slice(0, 2).map(BigInt)).to.deep.equal([1n, 12n]);
        expect(BigInt(answers[answers.length - 1])).to.equal(0);
      });
    });
  }

  it("keeps every function out that changes the books, the administrative ones too", async () => {
    const p = await load();
    const { pool, admin, liquidation, account, accountAddress } = p;
    const anything = (type: ParamType): unknown => {
      if (type.components !== null) return type.components.map(anything);
      if (type.isArray()) return [];
      if (type.type === "address") return accountAddress;
      return type.type === "bytes" ? "0x" : 1n;
    };
    const locked: [contract: BaseContract, f: FunctionFragment][] = [];
    for (const contract of [pool, admin, liquidation]) {
      contract.interface.forEachFunction((f) => {
        if (!f.constant && !NEVER_LOCKED.includes(f.name)) locked.push([contract, f]);
      });
    }
    expect(locked.map(([, { name }]) => name)).to.include.members(["deposit", "take", "quoteTake", "pause"]);
    const trigger = await callOf(pool, "deposit", [1_000n, accountAddress]);
    for (const [contract, f] of locked) {
      const back = await callOf(contract, f.name, f.inputs.map(anything));
      await expect(account.run([await arming(p, [back]), trigger]), f.name).to.be.revertedWithCustomError(
        pool,
        "PoolLocked",
      );
    }
  });
});
