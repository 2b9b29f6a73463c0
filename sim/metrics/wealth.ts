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
  const shares = await protocol.readBalances(protocol.spender, owners);
  const positions = await protocol.readPositions(owners);
  const wealth = new Map<string, number>();
  owners.forEach((owner, i) => {
    const lent = (shares[i] * state.lenderAssets) / (state.lenderShares + 1n);
    const outside = exchange.holdings(owner);
    const units = toFloat(held[i] + positions[i].collateral, collateral.decimals) + outside.collateral;
    const owed = positions[i].debtShares === 0n ? 0n : protocol.debtOf(positions[i], state);
    // An account that owes more than it has put up can walk away: the rest is the lenders' loss, not its own.
    const position = Math.max(
      0,
      toFloat(positions[i].collateral, collateral.decimals) * price - toFloat(owed, loan.decimals),
    );
    const free = (units - toFloat(positions[i].collateral, collateral.decimals)) * price;
    wealth.set(owner, free + position + toFloat(cash[i] + lent, loan.decimals) + outside.loan);
  });
  return agents.map(({ members }) => members.reduce((sum, member) => sum + (wealth.get(member) ?? 0), 0));
}
