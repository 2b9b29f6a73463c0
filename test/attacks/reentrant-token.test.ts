import { expect } from "chai";
import { MaxUint256, ZeroAddress, type BaseContract, type ParamType } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { ROLES } from "../../ignition/modules/roles.ts";
import { removable } from "../shared/defences.ts";
import { onOurs, onPools, outcome } from "../shared/on-pools.ts";
import { price36, scriptedPool, type PoolOptions } from "../shared/pool-fixtures.ts";
import { callOf, scriptOf, type ScriptedCall } from "../shared/scripts.ts";

/** What the engine of the second attack says: nothing is to change. */
const UPDATE = {
  ...{ liquidationFactorBps: 8_000n, borrowFactorBps: 7_500n, calm: true, level: 0n },
  ...{ loadingPercent: 100n, discountTenBps: 50n, grace: false, reserve: 10n ** 15n },
};

/** Both tokens call senders and receivers, as ERC-777 does. */
async function hookedPool(connection: NetworkConnection, options: PoolOptions) {
  const { ethers } = connection;
  const loanToken = await (await ethers.deployContract("HookERC20", [6n])).getAddress();
  const collateralToken = await (await ethers.deployContract("HookERC20", [18n])).getAddress();
  const p = await scriptedPool(connection, { ...options, loanToken, collateralTokens: [collateralToken] });
  for (const token of [loanToken, collateralToken]) {
    const hooked = await ethers.getContractAt("HookERC20", token);
    await p.account.run([await callOf(hooked, "setHook", [p.accountAddress])]);
  }
  return p;
}
type Hooked = Awaited<ReturnType<typeof hookedPool>>;

/**
 * Lendf.Me (imBTC, April 2020), Cream (AMP, August 2021), Agave and Hundred (March 2022): a token's hook, called while a loan is
 * being paid out, borrows again on the collateral of the first.
 */
async function borrowTwice({ pool, account, accountAddress, collaterals, unit }: Hooked) {
  const [{ address, unit: whole }] = collaterals;
  await account.run([await callOf(pool, "supplyCollateral", [address, 10n * whole, accountAddress, "0x"])]);
  const most = await callOf(pool, "borrow", [14_000n * unit, 0n, accountAddress, accountAddress]);
  await account.setHookScript(scriptOf([most]));
  const result = await outcome(account.run([most]));
  const { debt, borrowCapacity } = await pool.healthOf(accountAddress);
  return { result, isUncovered: debt > borrowCapacity };
}

/** Functions in which each token is sent or fetched, so that it can call somebody. */
const MOVES = {
  loan: [
    ...["deposit", "mint", "withdraw", "redeem", "borrow", "repay", "flashLoan", "flashLoan, on its way back"],
    ...["take", "takeBatch", "unwind", "claimTips", "withdrawReserves", "payKeeper"],
  ],
  collateral: ["supplyCollateral", "withdrawCollateral", "take", "takeBatch", "unwind"],
};

/** Functions without the lock: shares and rights move without callbacks; batches are locked step by step; an engine answers inside. */
const UNLOCKED = [
  ...["approve", "transfer", "transferFrom", "permit", "setOperator", "setOperatorWithSig", "setAuthority"],
  ...["multicall", "applyRisk"],
];

/**
 * Whatever can be done with the pool is possible for the account: it lends, owes, is governor and a keeper with tips; `borrower` is
 * for sale; there are reserves; and an engine pays whom it is told to.
 */
async function everything(p: Hooked) {
  const { pool, admin, liquidation, oracle, governor, manager, borrower, liquidator, collaterals, unit, ...rest } = p;
  const { account, accountAddress, poolAddress, networkHelpers, ethers } = rest;
  const [{ address, unit: whole }] = collaterals;
  await manager.getFunction("grantRole").send(ROLES.governor, accountAddress, 0);
  await manager.getFunction("grantRole").send(ROLES.guardian, accountAddress, 0);
  await admin.connect(governor).setKickTip(unit);
  await account.run([
    await callOf(pool, "deposit", [10_000n * unit, accountAddress]),
    await callOf(pool, "supplyCollateral", [address, 100n * whole, accountAddress, "0x"]),
    await callOf(pool, "borrow", [5_000n * unit, 0n, accountAddress, accountAddress]),
    await callOf(liquidation, "registerKeeper"),
  ]);
  await networkHelpers.time.increase(86_400);
  await oracle.setPrice(address, price36(700n, 18n, 6n));
  await account.run([await callOf(liquidation, "kickFor", [borrower.address, address, 1n])]);
  await liquidation.connect(liquidator).take(borrower.address, address, whole, MaxUint256, liquidator.address, "0x");
  const engine = await ethers.deployContract("MockRiskEngine", [poolAddress]);
  await engine.setUpdate(UPDATE, { restricted: false, exitFloorShares: 2n ** 136n - 1n, exitRefillPerSecond: 0n });
  const risk = await ethers.getContractAt("IPoolRisk", poolAddress);
  await risk.connect(governor).setRiskEngine(await engine.getAddress(), 86_400);
  await engine.refresh(address);

  const self = [accountAddress, accountAddress] as const;
  const flash = (data: string) => callOf(pool, "flashLoan", [accountAddress, p.loanAddress, unit, data]);
  const take = [borrower.address, address, whole, MaxUint256, accountAddress, "0x"];
  /** By name, each possible at once. */
  const outer: Record<string, ScriptedCall> = {
    deposit: await callOf(pool, "deposit", [unit, accountAddress]),
    mint: await callOf(pool, "mint", [10n ** 12n, accountAddress]),
    withdraw: await callOf(pool, "withdraw", [unit, ...self]),
    redeem: await callOf(pool, "redeem", [10n ** 12n, ...self]),
    supplyCollateral: await callOf(pool, "supplyCollateral", [address, whole, accountAddress, "0x"]),
    withdrawCollateral: await callOf(pool, "withdrawCollateral", [address, whole, ...self]),
    borrow: await callOf(pool, "borrow", [unit, 0n, ...self]),
    repay: await callOf(pool, "repay", [unit, 0n, accountAddress, "0x"]),
    flashLoan: await flash("0x"),
    take: await callOf(liquidation, "take", take),
    takeBatch: await callOf(liquidation, "takeBatch", [[take.slice(0, 3)], MaxUint256, accountAddress, "0x"]),
    unwind: await callOf(liquidation, "unwind", [1_000n * unit, 0n, address, whole, ...self, "0x"]),
    claimTips: await callOf(liquidation, "claimTips", [1n, accountAddress]),
    withdrawReserves: await callOf(admin, "withdrawReserves", [1_000n, accountAddress]),
    payKeeper: await callOf(engine, "pay", [accountAddress, 1_000n]),
  };
  /** A loan whose receiver has the token call him only when it is fetched back. */
  const late = async (script: string) => flash(scriptOf([await callOf(account, "setHookScript", [script])]));
  return { outer, late, risk };
}

/** Something of a type, to be refused before it is looked at. */
function anything(type: ParamType, address: string): unknown {
  if (type.baseType === "array") return [];
  if (type.baseType === "tuple") return (type.components ?? []).map((component) => anything(component, address));
  if (type.baseType === "address") return address;
  if (type.baseType === "bool") return false;
  return type.baseType.startsWith("bytes") || type.baseType === "string" ? "0x" : 1n;
}

/** Calls every function of the pool from inside of every one in which the token calls somebody. */
async function reenterAll(p: Hooked, which: "loan" | "collateral") {
  const { pool, admin, liquidation, account, accountAddress, loan, collaterals } = p;
  const { outer, late, risk } = await everything(p);
  const inner = new Map<string, ScriptedCall>([["payKeeper", outer.payKeeper]]);
  for (const { interface: functions } of [pool, admin, liquidation, risk] as readonly BaseContract[]) {
    functions.forEachFunction((known) => {
      const { name, inputs, stateMutability } = known;
      if (stateMutability === "view" || stateMutability === "pure") return;
      if (UNLOCKED.includes(name) || inner.has(name)) return;
      const data = functions.encodeFunctionData(
        known,
        inputs.map((input) => anything(input, accountAddress)),
      );
      inner.set(name, { target: p.poolAddress, data });
    });
  }
  inner.set("a batch", await callOf(pool, "multicall", [[pool.interface.encodeFunctionData("accrue")]]));

  const other = which === "loan" ? collaterals[0].address : await loan.getAddress();
  const silent = await p.ethers.getContractAt("HookERC20", other);
  await account.run([await callOf(silent, "setHook", [ZeroAddress])]);
  const LATE = "flashLoan, on its way back";
  const calls = async (script: string) => ({ ...outer, [LATE]: await late(script) });
  const harmless = scriptOf([await callOf(pool, "locked")]);

  // In peace everything is possible, and tells where the token calls the account.
  const reached: string[] = [];
  for (const [name, call] of Object.entries(await calls(harmless))) {
    const state = await p.networkHelpers.takeSnapshot();
    await account.setHookScript(name === LATE ? "0x" : harmless);
    const tx = await account.run([call]);
    const events = await account.queryFilter(account.filters.CalledBack(), tx.blockNumber ?? undefined);
    const token = which === "loan" ? p.loanAddress : collaterals[0].address;
    if (events.some(({ args }) => args.caller === token)) reached.push(name);
    await state.restore();
  }

  const notLocked: string[] = [];
  for (const [what, again] of inner) {
    const script = scriptOf([again]);
    const all = Object.entries(await calls(script)).filter(([name]) => reached.includes(name));
    for (const [name, call] of all) {
      await account.setHookScript(name === LATE ? "0x" : script);
      const result = await outcome(account.run.staticCall([call]));
      if (!result.includes("PoolLocked")) notLocked.push(`${what} inside of ${name}: ${result}`);
    }
  }
  return { reached, tried: inner.size, notLocked };
}

describe("Attack: re-entering from the hook of a token", () => {
  const DEFENCE = removable("books before transfers");

  it("borrows twice on one collateral in the weak copy, and is refused", async () => {
    const { ours, weak } = await onPools(DEFENCE, borrowTwice, hookedPool);
    expect(weak).to.deep.equal({ result: "done", isUncovered: true });
    expect(ours.result).to.contain("PoolLocked");
    expect(ours.isUncovered).to.equal(false);
  });

  for (const which of ["loan", "collateral"] as const) {
    it(`every function that sends or fetches the ${which} is locked until it is done, against all that there are`, async () => {
      const ours = await onOurs(DEFENCE, (p: Hooked) => reenterAll(p, which), hookedPool);
      expect(ours.reached).to.have.members(MOVES[which]);
      expect(ours.tried).to.be.greaterThan(35);
      expect(ours.notLocked).to.deep.equal([]);
    });
  }
});
