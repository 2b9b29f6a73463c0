import { formatUnits, type ContractTransactionReceipt } from "ethers";

import { passTime } from "../ignition/chain.ts";
import type { DeployedCollateral } from "../sim/deployments.ts";
import { findGovernance, interfacesOf, refreshRisk, type Governance } from "../sim/protocols/refresh-risk.ts";
import { chooseCollateral } from "./shared/choose-collateral.ts";
import { isFork } from "./shared/connect.ts";
import { decodeRevert } from "./shared/decode-revert.ts";
import { pokeTable } from "./shared/poke-table.ts";
import { openSystem } from "./shared/system.ts";
import { runTask, UserError } from "./shared/user-error.ts";

export interface PokeArguments {
  readonly asset: string;
  readonly json: boolean;
}

/** A collateral after the poke. Amounts as decimal text in whole loan tokens, factors in basis points. */
export interface PokedCollateral {
  readonly symbol: string;
  readonly refreshed: boolean; // false: it was refreshed within the last 12 s
  readonly sigmaPerDay: string; // σ*, 0.04 is 4 % per √day
  readonly depth: string; // what can be sold within the impact budget
  readonly depthMeasuredAt: number; // [unix s]
  readonly reserve: string; // of a constant-product market of that depth
  readonly borrowFactorBps: number; // in force
  readonly liquidationFactorBps: number; // in force
  readonly liquidationTargetBps: number; // where it leads
  readonly level: BreakerLevel;
  readonly freshUntil: number; // [unix s]
}

/** What `--json` prints. */
export interface PokeReport {
  readonly network: string;
  readonly pool: string;
  readonly keeper: string;
  readonly loan: string; // symbol
  readonly collaterals: readonly PokedCollateral[];
  readonly poolLevel: BreakerLevel;
  readonly earned: string; // by these pokes
  readonly owed: string; // to the keeper, all in all, until it is claimed
}

const LEVELS = ["normal", "caution", "restricted", "recovery"] as const;
export type BreakerLevel = (typeof LEVELS)[number] | "none";

/** `npx hardhat poke`: see the definition in `tasks/pool-tasks.ts`. */
export default runTask<PokeArguments, PokeReport>(async ({ asset, json }, hre) => {
  await hre.tasks.getTask("build").run({ quiet: true });
  const say = json ? () => undefined : (line: string) => console.log(line);
  const { connection, deployment } = await openSystem(hre, (line) => say(`${line} …`));
  const chosen = asset === "" ? deployment.collaterals : [chooseCollateral(deployment, asset)];
  const [signer] = await connection.ethers.getSigners();
  if (signer === undefined) throw new UserError(`no account is configured for ${connection.networkName}`);
  const address = deployment.contracts.pool;
  const governance = await findGovernance(connection, address, signer);
  if (governance === undefined) throw new UserError("the pool has no risk engine: there is nothing to poke");
  if (connection.networkConfig.type === "edr-simulated" && !isFork(connection)) {
    say("a fresh chain has just been poked: letting five minutes pass …");
    await passTime(connection, 300n, () => undefined);
  }
  const governed: DeployedCollateral[] = [];
  for (const entry of chosen) {
    if ((await governance.engine.assetConfig(entry.token)).depthMaxAge > 0n) governed.push(entry);
  }
  if (governed.length === 0) throw new UserError(`${chosen.map((c) => c.symbol).join(", ")} is not under the engine`);

  const before = await governance.engine.rewardOf(signer.address);
  const pool = await connection.ethers.getContractAt("LendingPool", address, signer);
  const tokens = governed.map(({ token }) => token);
  const receipts = await explained(governance, () => refreshRisk(governance, pool, tokens));
  const owed = await governance.engine.rewardOf(signer.address);

  const { symbol, decimals } = deployment.loan;
  const report: PokeReport = {
    ...{ network: connection.networkName, pool: address, keeper: signer.address, loan: symbol },
    collaterals: await Promise.all(
      governed.map((entry, index) => describeCollateral(governance, entry, decimals, receipts[index])),
    ),
    poolLevel: await levelOf(governance, address),
    earned: formatUnits(owed - before, decimals),
    owed: formatUnits(owed, decimals),
  };
  console.log(json ? JSON.stringify(report, null, 2) : pokeTable(report));
  return report;
});

async function describeCollateral(
  governance: Governance,
  { symbol, token }: DeployedCollateral,
  loanDecimals: number,
  receipt: ContractTransactionReceipt,
): Promise<PokedCollateral> {
  const { risk, volatility, liquidity } = governance;
  const [snapshot, sigma, [depth, measuredAt], level] = await Promise.all([
    risk.riskOf(token),
    volatility.sigmaWad(token),
    liquidity.depthOf(token),
    levelOf(governance, token),
  ]);
  return {
    ...{ symbol, refreshed: isRefreshed(governance, receipt), sigmaPerDay: formatUnits(sigma, 18) },
    ...{ depth: formatUnits(depth, loanDecimals), depthMeasuredAt: Number(measuredAt) },
    reserve: formatUnits(snapshot.reserve, loanDecimals),
    borrowFactorBps: Number(snapshot.borrowFactorBps),
    liquidationFactorBps: Number(snapshot.liquidationFactorBps),
    liquidationTargetBps: Number(snapshot.liquidationTargetBps),
    ...{ level, freshUntil: Number(snapshot.freshUntil) },
  };
}

/** True if the engine wrote to the pool; false if it had done so just before. */
function isRefreshed({ risk }: Governance, { logs }: ContractTransactionReceipt): boolean {
  const { topicHash } = risk.getEvent("RiskUpdated").fragment;
  return logs.some(({ topics }) => topics[0] === topicHash);
}

async function levelOf({ breaker, engine }: Governance, subject: string): Promise<BreakerLevel> {
  if (breaker === undefined) return "none";
  const { level } = await breaker.assessmentOf(await engine.getAddress(), subject);
  return LEVELS[Number(level)];
}

async function explained<T>(governance: Governance, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const reason = decodeRevert(error, interfacesOf(governance));
    if (reason === undefined) throw error;
    throw new UserError(`refused by the contracts: ${reason}`, { cause: error });
  }
}
