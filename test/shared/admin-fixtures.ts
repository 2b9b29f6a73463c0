import { encodeBytes32String, Interface, ZeroAddress } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { ROLES, type RESTRICTED_FUNCTIONS } from "../../ignition/modules/roles.ts";
import { calmPool, type LentPool } from "./borrower-fixtures.ts";
import { UNCAPPED } from "./pool-fixtures.ts";

export const DAY = 86_400n;
/** Between scheduling and execution by `chief`. [s] */
export const DELAY = 2n * DAY;

/** Name of a parameter as the errors carry it. */
export const named = encodeBytes32String;

/**
 * As deployed for users: `chief` governs with a delay, `guardian` guards at once and may veto; `governor` is the
 * administrator of the roles, and governs at once only because the fixture has given it that role as well.
 */
export async function governedPool(connection: NetworkConnection) {
  const p = await calmPool(connection);
  const chief = (await p.ethers.getSigners())[8];
  await p.manager.getFunction("grantRole").send(ROLES.governor, chief.address, DELAY);
  await p.manager.getFunction("setRoleGuardian").send(ROLES.governor, ROLES.guardian);
  return { ...p, chief };
}

type Tightening = (typeof RESTRICTED_FUNCTIONS.pool.guardian)[number];
type Loosening = (typeof RESTRICTED_FUNCTIONS.pool.governor)[number];

/** Calls that the pool accepts, one of each restricted function, encoded. */
export async function restrictedCalls(p: LentPool) {
  const { admin, eth, stb, stranger } = p;
  const curve = await p.fixedCurve.getAddress();
  const oracle = await p.oracle.getAddress();
  const model = await p.rateModel.getAddress();
  const token = await (await p.ethers.deployContract("MockERC20", ["New", "NEW", 18])).getAddress();
  await p.oracle.setPrice(token, 1n);
  const listing = { token, borrowFactorBps: 0, liquidationFactorBps: 1, supplyCap: 0, curve };
  const tighten: Record<Tightening, unknown[]> = {
    "pause(uint8)": [1],
    "lowerBorrowFactor(address,uint16)": [eth.address, 7_499],
    "lowerCollateralSupplyCap(address,uint112)": [eth.address, 1],
    "lowerPoolCaps(uint112,uint112)": [1, 1],
    "rampDownLiquidationFactor(address,uint16,uint32)": [stb.address, 8_999, DAY],
  };
  const loosen: Record<Loosening, unknown[]> = {
    "listCollateral((address,uint16,uint16,uint112,address))": [listing],
    "setCollateralFactors(address,uint16,uint16,uint32)": [eth.address, 8_000, 8_500, 0],
    "setCollateralSupplyCap(address,uint112)": [eth.address, UNCAPPED],
    "setLiquidationCurve(address,address)": [eth.address, curve],
    "setOracle(address)": [oracle],
    "setInterestRateModel(address)": [model],
    "setPoolCaps(uint112,uint112)": [UNCAPPED, UNCAPPED],
    "setMinDebt(uint96)": [0],
    "setReserveFactor(uint16)": [0],
    "setFlashFee(uint16)": [1],
    "setLiquidationTarget(uint16)": [10_300],
    "setKickTip(uint80)": [1],
    "setMaxCollateralsPerAccount(uint8)": [10],
    "setPauseFlags(uint8)": [0],
    "setRiskEngine(address,uint32)": [ZeroAddress, 0],
    "withdrawReserves(uint256,address)": [1, stranger.address],
  };
  const risk = await p.ethers.getContractAt("IPoolRisk", p.poolAddress);
  const coder = new Interface([...admin.interface.fragments, ...risk.interface.fragments]);
  const encoded = (calls: Record<string, unknown[]>) =>
    Object.entries(calls).map(([signature, args]) => ({
      signature,
      data: coder.encodeFunctionData(signature, args),
    }));
  return { tighten: encoded(tighten), loosen: encoded(loosen) };
}
