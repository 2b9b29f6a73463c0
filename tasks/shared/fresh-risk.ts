import { refreshRisk } from "../../sim/protocols/refresh-risk.ts";
import { formatTime } from "../../sim/report/format.ts";
import { UserError } from "../../sim/user-error.ts";
import { isFork } from "./connect.ts";
import { explained, latestTimestamp, type LeverageSession } from "./leverage-session.ts";

/**
 * Makes sure that the pool's engine counts the collateral for something. A snapshot that is too old the pool renews by
 * itself; a market depth that is too old counts as none. On the demo's chain and on a fork, where
 * nobody keeps it, it is measured here.
 * @throws UserError elsewhere, saying what to do.
 */
export async function requireFreshRisk(session: LeverageSession): Promise<void> {
  const { governance, entry, deployment, pool, connection } = session;
  if (governance === undefined) return;
  const { engine, liquidity, risk } = governance;
  const [now, snapshot, config] = await Promise.all([
    latestTimestamp(session),
    risk.riskOf(entry.token),
    engine.assetConfig(entry.token),
  ]);
  if (snapshot.freshUntil === 0n || config.depthMaxAge === 0n) return; // governance's factors hold
  const [, measuredAt] = await liquidity.depthOf(entry.token);
  const age = now - measuredAt;
  const isOld = age > config.depthMaxAge;
  if (deployment.demo || isFork(connection)) {
    // With some room for the transactions to come.
    if (snapshot.reserve > 0n && age < (config.depthMaxAge * 9n) / 10n) return;
    await explained(session, () => refreshRisk(governance, pool, [entry.token]));
    return;
  }
  if (snapshot.reserve > 0n && !(isOld && now > snapshot.freshUntil)) return;
  throw new UserError(
    `the market depth of ${entry.symbol} was measured ${formatTime(Number(age))} ago, so the pool lends nothing on it: ` +
      `run npx hardhat poke --network ${connection.networkName}`,
  );
}
