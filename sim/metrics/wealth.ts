import type { Protocol, ProtocolState } from "../protocols/protocol.ts";
import type { Agent } from "../engine/agent.ts";
import type { Exchange } from "../market/exchange.ts";
import { toFloat } from "../units.ts";

/**
 * What each agent owns, less what it owes: tokens, lender shares, positions, and its account at the exchange.
 * @param price Of the collateral. [loan asset]
 * @returns In the order of the agents. [loan asset]
 */
export async function wealthOf(
  agents: readonly Agent[],
  protocol: Protocol,
  exchange: Exchange,
  state: ProtocolState,
  price: number,
): Promise<number[]> {
  const owners = agents.flatMap(({ members }) => members);
  const { collateral, loan } = protocol;
  const held = await protocol.readBalances(collateral.address, owners);
  const cash = await protocol.readBalances(loan.address, owners);
  const shares = await protocol.readLenderShares(owners);
  const positions = await protocol.readPositions(owners);
  const wealth = new Map<string, number>();
  const worth = positions.map((position) => toFloat(position.collateral, collateral.decimals) * price);
  const owed = positions.map((position) =>
    position.debtShares === 0n ? 0 : toFloat(protocol.debtOf(position, state), loan.decimals),
  );
  // An account that owes more than it has put up can walk away: the rest is a loss of reserves, then of lenders.
  const shortfall = owed.reduce((sum, debt, i) => sum + Math.max(0, debt - worth[i]), 0);
  const unreserved = Math.max(0, shortfall - toFloat(state.reserves, loan.decimals));
  const lenderAssets = Math.max(0, toFloat(state.lenderAssets, loan.decimals) - unreserved);
  owners.forEach((owner, i) => {
    const lent = shares[i] === 0n ? 0 : lenderAssets * (toFloat(shares[i], 0) / toFloat(state.lenderShares, 0));
    const outside = exchange.holdings(owner);
    const free = (toFloat(held[i], collateral.decimals) + outside.collateral) * price + outside.loan;
    wealth.set(owner, free + Math.max(0, worth[i] - owed[i]) + toFloat(cash[i], loan.decimals) + lent);
  });
  return agents.map(({ members }) => members.reduce((sum, member) => sum + (wealth.get(member) ?? 0), 0));
}
