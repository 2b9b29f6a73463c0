import type { NetworkConnection } from "hardhat/types/network";

import { findGovernance, refreshRisk } from "../../sim/protocols/refresh-risk.ts";
import type { Deployment } from "../../sim/deployments.ts";
import { createRng, type Rng } from "../../sim/rng.ts";

/** Of a dozen fixed draws: the demo is the same each time. */
const SEED = "risk-demo";
/** EIP-7825 allows a transaction 16.8 million gas. */
const MEMBERS_AT_ONCE = 20;
const BPS = 10_000n;

export interface CrowdPlan {
  readonly seed?: string;
  readonly count: number;
  /** Told after each transaction. */
  readonly onProgress?: (opened: number) => void;
}

/**
 * Opens borrowers in a demo pool, whose tokens anyone may mint: of one collateral each, the fourth of two, with debts of all
 * sizes that use 40 to 99.9 % of what they may borrow.
 */
export async function populateDemo(
  connection: NetworkConnection,
  deployment: Deployment,
  { seed = SEED, count, onProgress = () => undefined }: CrowdPlan,
): Promise<void> {
  const { ethers } = connection;
  const [signer] = await ethers.getSigners();
  const { pool: address } = deployment.contracts;
  const pool = await ethers.getContractAt("LendingPool", address, signer);
  const oracle = await ethers.getContractAt("IPriceOracle", deployment.contracts.oracle, signer);
  const risk = await ethers.getContractAt("IPoolRisk", address, signer);
  const tokens = deployment.collaterals.map(({ token }) => token);
  const governance = await findGovernance(connection, address, signer);
  if (governance !== undefined) await refreshRisk(governance, pool, tokens);
  const offers: Offer[] = [];
  for (const token of tokens) {
    const price36 = await oracle.borrowPrice(token);
    offers.push({ token, price36, borrowFactorBps: (await risk.riskOf(token)).borrowFactorBps });
  }
  // Together they borrow about two thirds of what is there; but large positions are lent less on, so nobody is large.
  const typical = Number(await pool.totalAssets()) / Math.max(150, 2.2 * count);
  const { minDebt } = await pool.poolConfig();
  const crowd = await ethers.deployContract("RiskCrowd", signer);
  await crowd.waitForDeployment();
  const rng = createRng(seed);
  const orders = Array.from({ length: count }, (_, i) => order(rng.fork(String(i)), i, offers, typical, minDebt));
  for (let from = 0; from < orders.length; from += MEMBERS_AT_ONCE) {
    const some = orders.slice(from, from + MEMBERS_AT_ONCE);
    await (await crowd.open(address, some, 2n ** 256n - 1n)).wait();
    onProgress(from + some.length);
  }
}

interface Offer {
  readonly token: string;
  readonly price36: bigint;
  readonly borrowFactorBps: bigint;
}

function order(rng: Rng, index: number, offers: readonly Offer[], typical: number, minDebt: bigint) {
  const isMixed = index % 4 === 3 && offers.length > 1;
  const first = rng.integer(offers.length);
  const chosen = isMixed ? [offers[first], offers[(first + 1) % offers.length]] : [offers[first]];
  const use = BigInt(Math.round(rng.between(0.4, 0.999) * 1e4));
  const debt = minDebt * 2n + BigInt(Math.floor(Math.min(rng.lognormal(typical, 0.8), 4 * typical)));
  const amounts = chosen.map(({ price36, borrowFactorBps }) => {
    const value = (debt * BPS * BPS) / (borrowFactorBps * use * BigInt(chosen.length));
    return (value * 10n ** 36n) / price36 + 1n;
  });
  return { tokens: chosen.map(({ token }) => token), amounts, debt };
}
