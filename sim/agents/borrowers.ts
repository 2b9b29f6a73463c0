import { priorityFee, type Agent, type Dropped, type Intent, type View } from "../engine/agent.ts";
import type { BorrowerPlan } from "../population.ts";
import { toFloat, toUnits } from "../units.ts";
import { Alarm } from "./alarm.ts";

/** Health factor that an attentive borrower restores, as far as its cash goes. */
const TARGET_HEALTH = 1.25;

/** Plain borrowers. Those who watch repay from what they kept at hand; the others wait for what comes. */
export class Borrowers implements Agent {
  readonly kind = "borrower";
  readonly name = "borrowers";
  readonly members: readonly string[];
  readonly #watching: readonly BorrowerPlan[];
  readonly #alarm = new Alarm();

  constructor(plans: readonly BorrowerPlan[]) {
    this.members = plans.map(({ address }) => address);
    this.#watching = plans.filter(({ alarmHealth }) => alarmHealth > 0);
  }

  async decide(view: View): Promise<Intent[]> {
    const { protocol, state, positions } = view;
    const intents: Intent[] = [];
    for (const plan of this.#watching) {
      const position = positions.get(plan.address);
      if (position === undefined || position.debtShares === 0n) continue;
      const debt = protocol.debtOf(position, state);
      const capacity = protocol.liquidationCapacityOf(position, state);
      if (!this.#alarm.isDue(plan, toFloat(capacity, 0) / toFloat(debt, 0), view.seconds)) continue;
      const cash = await view.balanceOf(protocol.loan.address, plan.address);
      const wanted = debt - toUnits(toFloat(capacity, protocol.loan.decimals) / TARGET_HEALTH, protocol.loan.decimals);
      const amount = wanted < cash ? wanted : cash;
      const left = debt - amount;
      if (amount <= 0n || left < protocol.minDebt) continue;
      intents.push({
        ...protocol.repay(amount, plan.address),
        ...{ from: plan.address, gas: 400_000, priorityFeeWei: priorityFee(3), label: "repay" },
        touches: [plan.address],
      });
    }
    return intents;
  }

  forget(dropped: readonly Dropped[]): void {
    for (const { intent, reason } of dropped) if (reason === "expired") this.#alarm.again(intent.from);
  }
}
