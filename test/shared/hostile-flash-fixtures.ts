import { AbiCoder, MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { collateralFirst, collateralLast, USD } from "./flash-fixtures.ts";
import { fixNextBlock, PENDING } from "./next-block.ts";
import { price36 } from "./pool-fixtures.ts";

const DATA = AbiCoder.defaultAbiCoder();

/** The scene, with a venue without fee that can be told to cheat, and a lending pool that does. */
async function deployHostile(connection: NetworkConnection, scene: typeof collateralFirst) {
  const s = await scene(connection);
  const { ethers, btc, loan, loanAddress, stranger } = s;
  const venue = await ethers.deployContract("HostileSwapPool", [
    btc.collateral,
    loanAddress,
    price36(btc.price, 8n, 6n),
  ]);
  const venueAddress = await venue.getAddress();
  const pool = await ethers.deployContract("HostileTakePool", [loanAddress]);
  const hostilePool = await pool.getAddress();
  await loan.mint(venueAddress, 1_000_000n * USD);
  for (const holder of [venueAddress, hostilePool]) await btc.token.mint(holder, 10n * btc.unit);
  const flash = s.flash.connect(stranger);
  type Arguments = [string, string, string, bigint, string, bigint];
  const argsFor = (at: string): Arguments => [at, btc.account, btc.collateral, MaxUint256, venueAddress, 0n];
  return {
    ...{ ...s, flash, venue, venueAddress, pool: s.pool, hostile: pool, hostilePool },
    liquidate: () => flash.liquidate(...argsFor(s.poolAddress)),
    liquidateHostile: () => flash.liquidate(...argsFor(hostilePool)),
    hostileArgs: argsFor(hostilePool),
    realArgs: argsFor(s.poolAddress),
    loanData: DATA.encode(["address"], [loanAddress]),
  };
}

type Hostile = Awaited<ReturnType<typeof deployHostile>>;

export function hostileFirst(connection: NetworkConnection) {
  return deployHostile(connection, collateralFirst);
}

export function hostileLast(connection: NetworkConnection) {
  return deployHostile(connection, collateralLast);
}

/** What the real pool will sell in the next block, and for how much. */
export async function nextSale(s: Hostile): Promise<[sold: bigint, repaid: bigint]> {
  await fixNextBlock(s.connection, 12);
  const { account, collateral } = s.btc;
  const [sold, repaid] = await s.liquidation.quoteTake.staticCall(account, collateral, MaxUint256, PENDING);
  return [sold, repaid];
}

/** A token whose address is on the same side of the collateral's as the loan asset's. */
export async function deployBeside({ ethers, btc, loanAddress }: Hostile) {
  for (;;) {
    const token = await ethers.deployContract("MockERC20", ["Junk", "JUNK", 6]);
    const isAbove = BigInt(await token.getAddress()) > BigInt(btc.collateral);
    if (isAbove === BigInt(loanAddress) > BigInt(btc.collateral)) return token;
  }
}
