import { bestAmount } from "../agents/best-amount.ts";
import { bidGwei, gasCost, liquidatable } from "../agents/for-sale.ts";
import { priorityFee, type Agent, type Intent, type View } from "../engine/agent.ts";
import type { Position, ProtocolState } from "../protocols/protocol.ts";
import { toFloat } from "../units.ts";
import { STACK_DESK, STACK_LENDER, type StackedPool } from "./stack-pool.ts";

/** Below the rate at which the first pool redeems: shares may have to wait for cash, and may lose meanwhile. */
const MARGIN = 0.01;
const GAS = 300_000;
/** Takes a block, and accounts that are looked at. */
const MOST = 3;
const MOST_LOOKS = 6;

/** Kinds of those who are in the second pool. */
export const [STACK_LOOPERS, STACK_LENDERS] = ["stack looper", "stack lender"];

/** The second pool as it is before a block: read once, whoever asks. */
export class StackReader {
  readonly pool: StackedPool;
  #block = -1;
  #read: { readonly state: ProtocolState; readonly positions: ReadonlyMap<string, Position> } | undefined;

  constructor(pool: StackedPool) {
    this.pool = pool;
  }

  async at(block: number) {
    if (this.#read !== undefined && this.#block === block) return this.#read;
    const { protocol, loopers } = this.pool;
    const positions = await protocol.readPositions(loopers);
    this.#block = block;
    this.#read = {
      state: await protocol.readState(),
      positions: new Map(loopers.map((looper, i) => [looper, positions[i]])),
    };
    return this.#read;
  }
}

/** What a share of the first pool would be redeemed at. [loan asset per whole share token] */
export function redemptionPrice({ protocol, state }: Pick<View, "protocol" | "state">, shareDecimals: number): number {
  const assets = toFloat(state.lenderAssets, protocol.loan.decimals);
  return assets / toFloat(state.lenderShares + 1n, shareDecimals);
}

/**
 * A desk that buys shares of the first pool out of the second's liquidations, with money of its own, and redeems them at the first
 * pool as far as that has cash: what the first pool cannot pay stays on its hands.
 */
export class ShareDesk implements Agent {
  readonly kind = "share liquidator";
  readonly name = "share-desk";
  readonly members = [STACK_DESK];
  readonly #reader: StackReader;

  constructor(reader: StackReader) {
    this.#reader = reader;
  }

  async decide(view: View): Promise<Intent[]> {
    return [...(await this.#redeem(view)), ...(await this.#take(view))];
  }

  async #take(view: View): Promise<Intent[]> {
    const { protocol: second } = this.#reader.pool;
    const { state, positions } = await this.#reader.at(view.block);
    const accounts = liquidatable({ ...view, protocol: second, state, positions }).slice(0, MOST_LOOKS);
    if (accounts.length === 0) return [];
    const { loan, collateral } = second;
    const worth = redemptionPrice(view, collateral.decimals) * (1 - MARGIN);
    let capital = toFloat(await view.balanceOf(loan.address, STACK_DESK), loan.decimals);
    const least = 10n ** BigInt(collateral.decimals) * BigInt(Math.ceil(2 * view.lab.minDebt));
    const intents: Intent[] = [];
    for (const { account, parts } of await second.readOffers(accounts, least, worth, view.timestamp)) {
      if (intents.length === MOST) break;
      const choice = bestAmount(
        parts,
        {
          roomAt: (price) => (price < worth ? Infinity : 0),
          worthOf: (amount) => amount * worth,
          capital: capital * 0.999,
        },
        second,
      );
      if (choice === undefined) continue;
      const profit = choice.profit - gasCost(GAS, view);
      if (profit < view.lab.liquidatorMinProfit) continue;
      capital -= choice.cost;
      intents.push({
        ...second.take(account, choice.collateral, choice.repay + choice.repay / 1_000n, STACK_DESK),
        ...{ from: STACK_DESK, gas: 900_000, label: "take shares", touches: [] },
        priorityFeeWei: priorityFee(bidGwei(profit * view.lab.liquidatorBid[0], GAS, view)),
      });
    }
    return intents;
  }

  async #redeem({ protocol, state, balanceOf }: View): Promise<Intent[]> {
    const shares = await balanceOf(protocol.spender, STACK_DESK);
    const owned = (shares * state.lenderAssets) / (state.lenderShares + 1n);
    if (owned < protocol.minDebt || state.cash < protocol.minDebt) return [];
    const paid = owned <= state.cash ? shares : (shares * state.cash * 999n) / (owned * 1_000n);
    const part = paid <= state.exitableShares ? paid : state.exitableShares;
    if (part === 0n) return [];
    const intent = {
      from: STACK_DESK,
      gas: 500_000,
      priorityFeeWei: priorityFee(3),
      label: "redeem shares",
      touches: [],
    };
    return [{ ...protocol.redeem(part, STACK_DESK), ...intent }];
  }
}

/** Loopers of the second pool and its lender. They do nothing: what becomes of them is what is asked. */
export class StackCrowd implements Agent {
  readonly kind: string;
  readonly name: string;
  readonly members: readonly string[];

  constructor(kind: string, members: readonly string[]) {
    this.kind = this.name = kind;
    this.members = members;
  }

  decide(): Promise<Intent[]> {
    return Promise.resolve([]);
  }
}

/** Everybody who has to do with the second pool. */
export function stackAgents(reader: StackReader): Agent[] {
  return [
    new ShareDesk(reader),
    new StackCrowd(STACK_LOOPERS, reader.pool.loopers),
    new StackCrowd(STACK_LENDERS, [STACK_LENDER]),
  ];
}
