import { priorityFee, type Agent, type Dropped, type Intent, type View } from "../engine/agent.ts";
import type { LenderPlan } from "../population.ts";
import type { ProtocolState } from "../protocols/protocol.ts";

/** A fall of the share price that frightens: more than rounding ever causes. */
const LOSS_SHARE = 1e-6;
/** Rest between two attempts. [s] */
const REST_SECONDS = 1_800;

/** Lenders. Some leave, as far as there is cash, once they have seen a loss, or at a time of their own. */
export class Lenders implements Agent {
  readonly kind = "lender";
  readonly name = "lenders";
  readonly members: readonly string[];
  readonly #plans: readonly LenderPlan[];
  readonly #triedAt = new Map<string, number>();
  #bestSharePrice = 0;
  #lossAt = Infinity;

  constructor(plans: readonly LenderPlan[]) {
    this.#plans = plans;
    this.members = plans.map(({ address }) => address);
  }

  async decide({ protocol, state, seconds }: View): Promise<Intent[]> {
    const sharePrice = sharePriceOf(state);
    if (sharePrice < this.#bestSharePrice * (1 - LOSS_SHARE)) this.#lossAt = Math.min(this.#lossAt, seconds);
    this.#bestSharePrice = Math.max(this.#bestSharePrice, sharePrice);

    const intents: Intent[] = [];
    let cash = state.cash;
    let exitable = state.exitableShares;
    for (const { address, panicSeconds, leavesAtSeconds = Infinity } of this.#plans) {
      const panicsAt = panicSeconds === undefined ? Infinity : this.#lossAt + panicSeconds;
      if (seconds < Math.min(panicsAt, leavesAtSeconds)) continue;
      if (seconds < (this.#triedAt.get(address) ?? -Infinity) + REST_SECONDS) continue;
      if (cash < protocol.minDebt) break;
      this.#triedAt.set(address, seconds);
      const [shares] = await protocol.readLenderShares([address]);
      const owned = (shares * state.lenderAssets) / (state.lenderShares + 1n);
      if (owned < protocol.minDebt) continue;
      // By shares, which cannot be too few when a loss or a provision comes first; a little less than the cash, because
      // interest of one block makes them dearer.
      const paid = owned <= cash ? shares : (shares * cash * 999n) / (owned * 1000n);
      const part = paid <= exitable ? paid : exitable;
      if (part === 0n) break;
      exitable -= part;
      const call = protocol.redeem(part, address);
      cash -= owned < cash ? owned : cash;
      intents.push({
        ...call,
        ...{ from: address, gas: 400_000, priorityFeeWei: priorityFee(3), label: "withdraw", touches: [] },
      });
    }
    return intents;
  }

  forget(dropped: readonly Dropped[]): void {
    for (const { intent, reason } of dropped) if (reason === "expired") this.#triedAt.delete(intent.from);
  }
}

function sharePriceOf({ lenderAssets, lenderShares }: ProtocolState): number {
  return lenderShares === 0n ? 0 : Number((lenderAssets * 10n ** 24n) / lenderShares);
}
