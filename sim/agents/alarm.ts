/** Rest between two attempts of one account. [s] */
const REST_SECONDS = 600;

/** Notices that an account's health is low, and lets its owner act only after the time it takes to react. */
export class Alarm {
  readonly #dueAt = new Map<string, number>();

  isDue(
    plan: { readonly address: string; readonly alarmHealth: number; readonly reactionSeconds: number },
    health: number,
    seconds: number,
  ): boolean {
    if (health >= plan.alarmHealth) {
      this.#dueAt.delete(plan.address);
      return false;
    }
    const due = this.#dueAt.get(plan.address) ?? seconds + plan.reactionSeconds;
    this.#dueAt.set(plan.address, due);
    if (seconds < due) return false;
    this.#dueAt.set(plan.address, seconds + REST_SECONDS);
    return true;
  }

  /** What its owner did about it came to nothing: no rest. */
  again(address: string): void {
    if (this.#dueAt.has(address)) this.#dueAt.set(address, -Infinity);
  }
}
