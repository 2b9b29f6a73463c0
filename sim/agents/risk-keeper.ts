import { priorityFee, type Agent, type Dropped, type Intent, type View } from "../engine/agent.ts";
import { addressOf } from "../population.ts";
import type { Rng } from "../rng.ts";

/**
 * Refreshes the protocol's factors, breaker and market depth on its clock. It is late, some of its refreshes get lost, and
 * now and then it goes silent: what depends on it must hold without it.
 */
export class RiskKeeper implements Agent {
  readonly kind = "keeper";
  readonly name = "risk-keeper";
  readonly members = [addressOf("risk-keeper")];
  readonly #isReliable: boolean;
  #dueAt = 0;
  #silentUntil = -Infinity;
  /** When what it has decided on reaches the chain. */
  #arrivesAt = Infinity;

  /** @param isReliable It loses nothing and is never silent. */
  constructor(isReliable = false) {
    this.#isReliable = isReliable;
  }

  decide({ seconds, protocol, lab }: View, rng: Rng): Promise<Intent[]> {
    if (seconds >= this.#dueAt) {
      this.#dueAt = seconds + lab.riskPokeSeconds;
      // Both are drawn every time, so that one keeper's luck does not depend on its silence.
      const [isLost, fallsSilent] = [rng.next() < lab.riskKeeperFailureShare, rng.next() < lab.riskKeeperSilenceShare];
      if (fallsSilent && !this.#isReliable) this.#silentUntil = seconds + lab.riskKeeperSilenceSeconds;
      if ((!isLost || this.#isReliable) && seconds >= this.#silentUntil) {
        this.#arrivesAt = Math.min(this.#arrivesAt, seconds + lab.riskKeeperLatencySeconds);
      }
    }
    if (seconds < this.#arrivesAt) return Promise.resolve([]);
    this.#arrivesAt = Infinity;
    const [from] = this.members;
    // Depth first: the factors are reckoned with it.
    const calls = [
      { call: protocol.pokeDepth(), label: "poke depth", fee: 4.2 },
      { call: protocol.pokeRisk(), label: "poke risk", fee: 4.1 },
    ];
    return Promise.resolve(
      calls.flatMap(({ call, label, fee }): Intent[] =>
        call === undefined
          ? []
          : [{ ...call, from, gas: 2_000_000, priorityFeeWei: priorityFee(fee), label, touches: [] }],
      ),
    );
  }

  /** It tries again at once. */
  forget(dropped: readonly Dropped[], { seconds }: View): void {
    if (dropped.some(({ reason }) => reason === "expired")) this.#arrivesAt = Math.min(this.#arrivesAt, seconds);
  }
}
