import { priorityFee, type Agent, type Dropped, type Intent, type View } from "../engine/agent.ts";
import { addressOf } from "../population.ts";
import { liquidatable } from "./for-sale.ts";

const KICKER = addressOf("kicker");
/** An account that is healthy by this much is taken off sale. */
const UNKICK_HEALTH_BPS = 10_200n;
/** Below the threshold by so much that the next price will hardly heal it. */
const KICK_HEALTH_BPS = 9_990n;

/** A kick that was refused is not tried again for so long. [s] */
const RETRY_SECONDS = 600;

/** For a kick that has the risk engine asked first. */
export const STALE_GAS = 2_400_000;

/** Puts unhealthy accounts up for sale, and takes recovered ones off it, for anybody's good. */
export class Kicker implements Agent {
  readonly kind = "keeper";
  readonly name = "kicker";
  readonly members = [KICKER];
  /** When it last kicked an account. [unix s] */
  readonly #triedAt = new Map<string, number>();

  decide(view: View): Promise<Intent[]> {
    const { protocol, state, positions, timestamp } = view;
    const life = protocol.kickLifeSeconds;
    if (life === undefined || !state.priceFresh) return Promise.resolve([]);
    const intents: Intent[] = [];
    const unhealthy = new Set(liquidatable(view));
    for (const [account, position] of positions) {
      if (position.debtShares === 0n || (position.kickedAt === 0 && !unhealthy.has(account))) continue;
      const debt = protocol.debtOf(position, state);
      const capacity = protocol.liquidationCapacityOf(position, state);
      // Whether a kick has been forgotten can depend on other sales: now and then it tries.
      const since = Math.max(position.kickedAt, (this.#triedAt.get(account) ?? 0) + RETRY_SECONDS - life);
      const isKicked = position.kickedAt > 0 && timestamp - since <= life;
      const isHealed = capacity * 10_000n >= debt * UNKICK_HEALTH_BPS;
      const call =
        debt * KICK_HEALTH_BPS > capacity * 10_000n && !isKicked
          ? { ...protocol.kick(account), label: "kick" }
          : position.kickedAt > 0 && isHealed
            ? { ...protocol.unkick(account), label: "unkick" }
            : undefined;
      if (call === undefined) continue;
      if (call.label === "kick") this.#triedAt.set(account, timestamp);
      intents.push({
        ...call,
        from: KICKER,
        gas: state.isRiskStale ? STALE_GAS : 400_000,
        priorityFeeWei: priorityFee(3),
        touches: [account],
      });
    }
    return Promise.resolve(intents);
  }

  forget(dropped: readonly Dropped[]): void {
    for (const { intent, reason } of dropped) if (reason === "expired") this.#triedAt.delete(intent.touches[0]);
  }
}
