import type { Pair } from "../../sim/reference/risk-correlation.ts";
import type { EngineRules, RiskSystem } from "../../sim/reference/risk-engine-state.ts";
import type { Answer } from "../../sim/reference/risk-samples.ts";
import type { Answered, Call } from "./risk-chain.ts";
import type { Seen } from "./risk-compare.ts";
import type { Events } from "./risk-events.ts";
import type { RiskWorld } from "./risk-world.ts";

/** Where a sequence stands. */
export interface RiskContext {
  readonly world: RiskWorld;
  readonly s: RiskSystem;
  /** Of the two collaterals, once it is tracked. */
  pair: Pair | undefined;
  readonly seen: Seen;
  readonly rules: EngineRules;
  /** Who calls in this block: one of the probes. */
  caller: string;
}

/** What is done to the contracts, and how the reference follows. */
export interface Operation {
  readonly text: string;
  readonly calls: readonly Call[];
  readonly follow: (answers: readonly Answered[], events: Events) => void;
}

/** What sources say before an operation: of both collaterals, so many seconds ago. */
export class Sources {
  readonly calls: readonly Call[];
  readonly #context: RiskContext;
  readonly #agos: readonly bigint[];

  constructor(context: RiskContext, intervals: readonly bigint[]) {
    const { world, s } = context;
    this.#context = context;
    this.#agos = [...new Set([0n, ...intervals.map((interval) => s.now % interval)])];
    this.calls = world.assets.flatMap((asset, i) => [
      ...this.#agos.map((ago) => world.sums[i].call("observe", [ago])),
      world.oracle.call("liquidationPriceOrLast", asset),
    ]);
  }

  /** @param answers To {@link calls}. */
  answerOf(i: number, answers: readonly Answered[]): Answer {
    const { world, s } = this.#context;
    const from = i * (this.#agos.length + 1);
    return (ago) => {
      if (!s.assets[i].volatility.hasPool) {
        const answer = answers[from + this.#agos.length];
        const [price36, fresh] = world.oracle.read("liquidationPriceOrLast", answer).toArray() as [bigint, boolean];
        return fresh ? price36 : undefined;
      }
      const k = this.#agos.indexOf(ago);
      if (k < 0) throw new Error(`nobody asked for ${ago} s ago`);
      const answer = answers[from + k];
      return answer.ok ? (world.sums[i].read("observe", answer)[0] as bigint[])[0] : undefined;
    };
  }
}
