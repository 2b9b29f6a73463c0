import { computeAddress, MaxUint256, parseEther, SigningKey } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { balanceOf, newLedger, type Ledger } from "../../sim/reference/ledger.ts";
import { adaptiveRates, kinkedRates } from "../../sim/reference/pool-rates.ts";
import { saleTerms } from "../../sim/reference/sale-terms.ts";
import { nodeKey } from "./keeper-process.ts";
import { deployPool, RATES, type DeployedPool } from "./pool-fixtures.ts";

/** More than the books can hold, of everything. */
const FORTUNE = 2n ** 114n;
/** Those that have a part in it. */
const NODE_ACCOUNTS = 8;

export const ADAPTIVE = {
  targetUtilisationWad: parseEther("0.9"),
  steepnessWad: parseEther("4"),
  initialPerYearWad: parseEther("0.04"),
  minPerYearWad: parseEther("0.001"),
  maxPerYearWad: parseEther("2"),
  speedPerYearWad: parseEther("50"),
};

/** A bonus of 5 % at any time. */
const TERMS = saleTerms({
  ...{ kind: "fixed", premiumBps: 0n, minBonusBps: 500n, maxBonusBps: 500n, secondsToFloor: 0n, stepSeconds: 0n },
  ...{ cutBps: 0n, creditSeconds: 0n, fastPpm: 0n, slowTenthPpm: 0n, kneeBps: 0n },
});

/** An account with code, which acts by itself as others do, and does what it is told when it is called back. */
async function contractAccount({ ethers, networkHelpers }: NetworkConnection, p: DeployedPool): Promise<string> {
  const account = await ethers.deployContract("ScriptedAccount");
  const address = await account.getAddress();
  await networkHelpers.impersonateAccount(address);
  await networkHelpers.setBalance(address, parseEther("1000000"));
  for (const { token, unit } of [{ token: p.loan, unit: p.unit }, ...p.collaterals]) {
    await token.mint(address, 1_000_000n * unit);
    const data = token.interface.encodeFunctionData("approve", [p.poolAddress, MaxUint256]);
    await account.run([{ target: await token.getAddress(), data }]);
  }
  return address;
}

/** Keys of the node's accounts, by address. */
function nodeKeys(count: number): Map<string, SigningKey> {
  const keys = Array.from({ length: count }, (_, i) => new SigningKey(nodeKey(i)));
  return new Map(keys.map((key) => [computeAddress(key), key]));
}

/**
 * A pool of real parts with three collaterals of 18, 8 and 6 decimals, nobody in it; an engine and an oracle that say what they
 * are told to; two rate models; users of whom one could fill the books and one is a contract, and a stranger who has nothing.
 */
export async function poolWorld(connection: NetworkConnection, loanDecimals: bigint) {
  const p = await deployPool(connection, { collaterals: 3, loanDecimals });
  const { ethers, admin, poolAddress } = p;
  const fixedCurve = await p.fixedCurve.getAddress();
  await admin.setLiquidationCurve(p.collaterals[0].address, fixedCurve);
  const adaptive = await ethers.deployContract("AdaptiveRateModel", [ADAPTIVE]);
  const engine = await ethers.deployContract("MockRiskEngine", [poolAddress]);
  const flashBorrower = await ethers.deployContract("MockFlashBorrower", [p.loanAddress, poolAddress]);
  const flashBorrowerAddress = await flashBorrower.getAddress();
  const contract = await contractAccount(connection, p);
  const users = [p.lender.address, p.otherLender.address, p.borrower.address, contract, p.liquidator.address];
  await p.loan.mint(flashBorrowerAddress, p.unit);
  await p.liquidation.connect(p.liquidator).registerKeeper();
  for (const token of [p.loan, ...p.collaterals.map((c) => c.token)]) await token.mint(users[1], FORTUNE);
  const holders = [...users, p.stranger.address, poolAddress, flashBorrowerAddress];
  const collaterals = [];
  for (const { address, unit, price36 } of p.collaterals) {
    const { borrowFactorBps, liquidationFactorBps } = await p.pool.collateralConfig(address);
    collaterals.push({ address, unit, price36, borrowFactorBps, liquidationFactorBps });
  }
  const tokens: Ledger[] = [];
  for (const token of [p.loan, ...p.collaterals.map((c) => c.token)]) {
    const ledger = newLedger(await token.getAddress());
    for (const holder of holders) {
      ledger.balances.set(holder, await token.balanceOf(holder));
      ledger.supply += balanceOf(ledger, holder);
      const allowed = await token.allowance(holder, poolAddress);
      if (allowed === MaxUint256) ledger.allowances.set(`${holder} ${poolAddress}`, MaxUint256);
    }
    tokens.push(ledger);
  }
  return {
    ...{ pool: poolAddress, asset: p.loanAddress, unit: p.unit, fixedCurve, terms: TERMS },
    ...{ governor: p.governor.address, users, stranger: p.stranger.address, flashBorrower: flashBorrowerAddress },
    ...{ contract, keeper: p.liquidator.address, keys: nodeKeys(NODE_ACCOUNTS) },
    domain: {
      ...{ name: p.params.name, version: "1", verifyingContract: poolAddress },
      chainId: (await ethers.provider.getNetwork()).chainId,
    },
    oracle: await p.oracle.getAddress(),
    engine: await engine.getAddress(),
    holders,
    tokens,
    rates: [
      { address: await p.rateModel.getAddress(), model: kinkedRates(RATES) },
      { address: await adaptive.getAddress(), model: adaptiveRates(ADAPTIVE) },
    ] as const,
    collaterals,
  };
}

export type PoolWorld = Awaited<ReturnType<typeof poolWorld>>;
