import { priorityFee, type Agent, type Dropped, type Intent, type View } from "../engine/agent.ts";
import type { LooperPlan } from "../population.ts";
import { toFloat, toUnits } from "../units.ts";
import { Alarm } from "./alarm.ts";

/** Worst price that a looper accepts when it sells in a hurry, as a share of the pool's. */
const SLIPPAGE = 0.05;

/** Accounts that bought their collateral with what they borrowed on it. Those who watch sell some of it to stay alive. */
export class Loopers implements Agent {
  readonly kind = "looper";
  readonly name = "loopers";
  readonly members: readonly string[];
  readonly #watching: readonly LooperPlan[];
  readonly #alarm = new Alarm();

  constructor(plans: readonly LooperPlan[]) {
    this.members = plans.map(({ address }) => address);
    this.#watching = plans.filter(({ alarmHealth }) => alarmHealth > 0);
  }

  decide({ protocol, state, positions, seconds, venue, lab }: View): Promise<Intent[]> {
    const { decimals } = protocol.loan;
    const intents: Intent[] = [];
    for (const plan of this.#watching) {
      const position = positions.get(plan.address);
      if (position === undefined || position.debtShares === 0n) continue;
      const debt = toFloat(protocol.debtOf(position, state), decimals);
      const capacity = toFloat(protocol.liquidationCapacityOf(position, state), decimals);
      if (!this.#alarm.isDue(plan, capacity / debt, seconds)) continue;
      // Selling x of collateral to repay x: (capacity − LT·x)/(debt − x) = target.
      const target = lab.looperTargetHealth;
      const wanted = (target * debt - capacity) / (target - state.liquidationFactor);
      const most = debt - 1.1 * toFloat(protocol.minDebt, decimals);
      const loan = Math.min(wanted, most);
      if (loan <= 0) continue;
      const maxCollateral = loan / (venue.price * (1 - SLIPPAGE));
      intents.push({
        ...protocol.leverageDown(toUnits(loan, decimals), toUnits(maxCollateral, protocol.collateral.decimals)),
        ...{ from: plan.address, gas: 1_200_000, priorityFeeWei: priorityFee(3), label: "deleverage" },
        touches: [plan.address],
      });
    }
    return Promise.resolve(intents);
  }

  forget(dropped: readonly Dropped[]): void {
    for (const { intent, reason } of dropped) if (reason === "expired") this.#alarm.again(intent.from);
  }
}
