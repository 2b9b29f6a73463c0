import type { Exchange } from "../market/exchange.ts";
import { intervalAt, type Drought } from "../scenarios/stress.ts";

/** The outside market is as deep, and recovers as fast, as the scenario says of this moment. */
export function applyDroughts(exchange: Exchange, droughts: readonly Drought[] | undefined, seconds: number): void {
  const { exchangeShare = 1, halfLifeFactor = 1 } = intervalAt(droughts, seconds) ?? {};
  exchange.thin(exchangeShare, halfLifeFactor);
}
