import { MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { ROLES } from "../../ignition/modules/roles.ts";
import { calmPool, lentPool, supply, BITCOIN, ETHER, USD, type LentPool } from "./borrower-fixtures.ts";
import { RATES, WAD } from "./pool-fixtures.ts";

/** 5 % a year, at any utilisation. */
const CONSTANT_RATES = {
  ...{ ...RATES, basePerYearWad: WAD / 20n, slopeToKinkPerYearWad: 0n, slopeAboveKinkPerYearWad: 0n },
  criticalUtilisationWad: WAD,
};
const CONSTANT_RATE = WAD / 20n / 31_536_000n;

/** Of the collaterals that are sold: ETH and BTC. [bps] */
export const FACTORS = [8_000n, 7_500n] as const;

/** Three debtors, of one collateral and of both, and a bystander. The probe may do everything. */
async function addProbe(p: LentPool, ratePerSecondWad: bigint) {
  const { ethers, pool, poolAddress, admin, oracle, manager, loan, eth, btc } = p;
  const [, , , , , , , , third, bystander] = await ethers.getSigners();
  for (const account of [third, bystander]) {
    for (const { token, unit } of [eth, btc]) {
      await token.mint(account.address, 10_000n * unit);
      await token.connect(account).approve(poolAddress, MaxUint256);
    }
  }
  await pool.connect(p.lender).deposit(100_000n * USD, p.lender.address);
  const debtors = [
    { account: p.borrower, eth: 100n * ETHER, btc: 0n, owed: 120_000n * USD },
    { account: p.otherBorrower, eth: 60n * ETHER, btc: 2n * BITCOIN, owed: 150_000n * USD },
    { account: third, eth: 5n * ETHER, btc: 3n * BITCOIN, owed: 110_000n * USD },
    { account: bystander, eth: 1_000n * ETHER, btc: 0n, owed: 100_000n * USD },
  ];
  for (const debtor of debtors) {
    if (debtor.eth !== 0n) await supply(p, eth, debtor.eth, debtor.account);
    if (debtor.btc !== 0n) await supply(p, btc, debtor.btc, debtor.account);
    await pool.connect(debtor.account).borrow(debtor.owed, 0, debtor.account.address, debtor.account.address);
  }
  const engine = await ethers.deployContract("MockRiskEngine", [poolAddress]);
  const risk = await ethers.getContractAt("IPoolRisk", poolAddress);
  await risk.setRiskEngine(await engine.getAddress(), 86_400);
  const accounts = debtors.slice(0, 3).map(({ account }) => account.address);
  const collaterals = [eth.address, btc.address];
  const probe = await ethers.deployContract("AuctionProbe", [poolAddress, collaterals, accounts]);
  const probeAddress = await probe.getAddress();
  for (const token of [loan, eth.token, btc.token]) await token.mint(probeAddress, 10n ** 30n);
  const curves: string[] = [];
  for (let i = 0; i < 2; ++i) curves.push(await (await ethers.deployContract("ScriptedCurve")).getAddress());
  await manager.getFunction("grantRole").send(ROLES.governor, probeAddress, 0);
  await probe.run([poolAddress], [p.liquidation.interface.encodeFunctionData("registerKeeper")]);
  const addresses = { pool: poolAddress, oracle: await oracle.getAddress(), engine: await engine.getAddress() };
  return { ...addresses, probe: probeAddress, collaterals, accounts, curves, ratePerSecondWad, admin };
}

export type AuctionWorld = Awaited<ReturnType<typeof addProbe>>;

/** Two pools side by side: one without interest, one at 5 % a year. */
export async function auctionWorlds(connection: NetworkConnection): Promise<AuctionWorld[]> {
  const calm = await addProbe(await calmPool(connection), 0n);
  const lent = await lentPool(connection);
  const model = await lent.ethers.deployContract("KinkedRateModel", [CONSTANT_RATES]);
  await lent.admin.setInterestRateModel(await model.getAddress());
  return [calm, await addProbe(lent, CONSTANT_RATE)];
}
