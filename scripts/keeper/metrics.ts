import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";

/** Everything that a keeper counts. Names and help are the documentation: see docs/keeper.md. */
export type Metrics = ReturnType<typeof createMetrics>;

/** A registry of its own, so that several keepers can live in one process (tests). */
export function createMetrics(options: { readonly processMetrics: boolean } = { processMetrics: false }) {
  const registry = new Registry();
  if (options.processMetrics) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter({ name: `keeper_${name}`, help, labelNames: [...labelNames], registers });
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name: `keeper_${name}`, help, labelNames: [...labelNames], registers });
  return {
    registry,
    rounds: counter("rounds_total", "Rounds, by how they ended", ["result"]),
    requests: counter("rpc_requests_total", "Answers of the node: ok, or what was wrong", ["method", "result"]),
    logSplits: counter("log_range_splits_total", "Log ranges that had to be halved"),
    reorgs: counter("reorgs_total", "Chain reorganisations that the index followed"),
    reorgedBlocks: counter("reorged_blocks_total", "Blocks that they took back"),
    events: counter("pool_events_total", "Kicks, takes and unkicks seen, by whom", ["event", "by"]),
    decisions: counter("decisions_total", "What was decided for an account, and what came of it", ["what", "result"]),
    transactions: counter("transactions_total", "Transactions, by how they ended", ["kind", "outcome"]),
    repairs: counter("transaction_repairs_total", "Done for transactions that did not move", ["what"]),
    profit: counter("profit_loan_total", "Paid to the keeper by liquidations, before gas, in whole loan tokens"),
    rewards: counter("rewards_loan_total", "Earned by pokes, in whole loan tokens"),
    gasSpent: counter("gas_spent_native_total", "Paid for gas, in whole coins of the chain", ["kind"]),
    headBlock: gauge("head_block", "Newest block seen"),
    indexedBlock: gauge("indexed_block", "Newest block whose events are counted"),
    decidedBlock: gauge("decided_block", "Block of the last round that was done to the end"),
    accounts: gauge("accounts", "Accounts that owe"),
    unhealthy: gauge("accounts_unhealthy", "Accounts with a health factor below 1"),
    forSale: gauge("accounts_kicked", "Accounts for sale"),
    debtUnhealthy: gauge("debt_unhealthy_loan", "Debt of unhealthy accounts, in whole loan tokens"),
    lowestHealth: gauge("lowest_health_factor", "Health factor of the worst account; 0 if none owes"),
    pending: gauge("pending_transactions", "Transactions sent and not mined"),
    oldestPending: gauge("oldest_pending_blocks", "Blocks since the oldest of them was sent"),
    balance: gauge("balance_native", "Balance of the keeper's account, in whole coins of the chain"),
    failures: gauge("failed_rounds_in_a_row", "Rounds that failed since the last that did not"),
    lastRound: gauge("last_round_timestamp_seconds", "When the last round succeeded"),
    info: gauge("info", "1; what it works on is in the labels", ["pool", "account", "chain"]),
  };
}
