import type { NetworkConnection } from "hardhat/types/network";

import { scriptedPool } from "./pool-fixtures.ts";

const HALF_WAD = 5n * 10n ** 17n;

/** Both the loan asset (6 decimals) and the collateral (18) are of this kind. */
async function oddPool(connection: NetworkConnection, contract: string, ...args: bigint[]) {
  const { ethers } = connection;
  const loanToken = await (await ethers.deployContract(contract, [6n, ...args])).getAddress();
  const collateralToken = await (await ethers.deployContract(contract, [18n, ...args])).getAddress();
  const p = await scriptedPool(connection, { loanToken, collateralTokens: [collateralToken] });
  return { ...p, loanToken, collateralToken };
}

/** A fee of 1 % is switched on after lenders and borrowers came. */
export async function feePool(connection: NetworkConnection) {
  const p = await oddPool(connection, "FeeOnTransferERC20", 0n);
  for (const token of [p.loanToken, p.collateralToken]) {
    await (await connection.ethers.getContractAt("FeeOnTransferERC20", token)).setFee(100);
  }
  return p;
}

/** Everybody has half after a while. */
export async function rebasedPool(connection: NetworkConnection) {
  const p = await oddPool(connection, "RebasingERC20");
  for (const token of [p.loanToken, p.collateralToken]) {
    await (await connection.ethers.getContractAt("RebasingERC20", token)).rebase(HALF_WAD);
  }
  return p;
}

/** Both tokens now answer false to every transfer. */
export async function failingPool(connection: NetworkConnection) {
  const p = await oddPool(connection, "ReturnsFalseERC20");
  for (const token of [p.loanToken, p.collateralToken]) {
    await (await connection.ethers.getContractAt("ReturnsFalseERC20", token)).setFailing(true);
  }
  return p;
}

/** Both tokens answer nothing, as USDT. */
export function silentPool(connection: NetworkConnection) {
  return oddPool(connection, "NoReturnERC20");
}

/** The first borrower and the first lender are on the lists of both tokens. */
export async function blockingPool(connection: NetworkConnection) {
  const p = await oddPool(connection, "BlocklistERC20");
  for (const token of [p.loanToken, p.collateralToken]) {
    const blocklist = await connection.ethers.getContractAt("BlocklistERC20", token);
    for (const account of [p.borrower, p.lender]) await blocklist.setBlocked(account.address, true);
  }
  return p;
}
