import type { Block } from "./chain.ts";
import type { Contracts } from "./contracts.ts";
import { chooseFees, expectedGasPrice, type FeeLimits } from "./fees.ts";
import type { Log } from "./log.ts";
import type { Collateral, Market } from "./market.ts";
import type { Prices } from "./prices.ts";
import { failureOf } from "./rpc.ts";
import type { Sender, SendResult } from "./sender.ts";

/** `paid`: only for rewards that pay for the gas. `stale`: also for the pool's sake, when what it knows gets old. */
export const POKE_MODES = ["off", "paid", "stale"] as const;
export type PokeMode = (typeof POKE_MODES)[number];

export interface PokeOptions {
  readonly mode: PokeMode;
  readonly lens: string;
  readonly keeper: string;
  readonly fees: FeeLimits;
}

export interface PokeDecision {
  readonly call: "poke" | "pokeDepth" | "pokeCorrelations" | "claim";
  readonly result: SendResult | string;
}

/** A snapshot is renewed when this share of its life is left: others may be faster, and blocks full. */
const EARLY_PERCENT = 20;
/** Correlations older than a day count as one. [s] */
const CORRELATION_SECONDS = 20 * 3_600;
/** A call that was refused, or changed nothing, is not sent again at once. [s] */
const PAUSE_SECONDS = 300;
/** Rewards are fetched when they are worth so many times the gas for it. */
const CLAIM_FACTOR = 10n;
/** The engine does nothing more often than this: neither need we ask. [s] */
const LOOK_SECONDS = 12;
/** The engine and its oracles skip samples that are due only now and then: an estimate may miss one. */
const SPARE_GAS = 250_000n;

/** Keeps the risk engine's view of a pool fresh, and earns what it pays for that. */
export class RiskPokes {
  readonly #contracts: Contracts;
  readonly #sender: Sender;
  readonly #prices: Prices;
  readonly #options: PokeOptions;
  readonly #log: Log;
  /** When a call was last sent, or found useless. [unix s] */
  readonly #triedAt = new Map<string, number>();
  #lookedAt = -Infinity; // [unix s]

  constructor(contracts: Contracts, sender: Sender, prices: Prices, options: PokeOptions, log: Log) {
    this.#contracts = contracts;
    this.#sender = sender;
    this.#prices = prices;
    this.#options = options;
    this.#log = log;
  }

  async act(market: Market, head: Block, now: number): Promise<PokeDecision[]> {
    if (now - this.#lookedAt < LOOK_SECONDS) return [];
    this.#lookedAt = now;
    const { engine } = market;
    const { mode } = this.#options;
    const fees =
      mode === "off" || engine === undefined
        ? undefined
        : await chooseFees(this.#contracts.chain, head, this.#options.fees);
    if (engine === undefined || fees === undefined) return [];
    const gasPrice = expectedGasPrice(head, fees);
    const decisions: PokeDecision[] = [];
    const send = async (call: PokeDecision["call"], to: string, argument: string, why: string) => {
      const result = await this.#send(call, to, argument, head, now, gasPrice, why);
      if (result !== undefined) decisions.push({ call, result });
    };
    for (const collateral of market.collaterals.filter(({ isGoverned }) => isGoverned)) {
      const due = mode === "stale" ? await this.#dueFor(collateral, engine, market, now) : new Set<string>();
      // Depth and correlations first: the engine judges by them.
      if (due.has("depth")) await send("pokeDepth", engine.liquidityOracle, collateral.token, "depth is old");
      if (due.has("correlations"))
        await send("pokeCorrelations", engine.address, collateral.token, "correlations are old");
      if (due.has("snapshot")) await send("poke", engine.address, collateral.token, "snapshot is old");
      else if (await this.#isPaid(engine.address, collateral.token, now, gasPrice)) {
        await send("poke", engine.address, collateral.token, "reward pays");
      }
    }
    if (await this.#isClaimWorthIt(engine.address, now, gasPrice)) {
      await send("claim", engine.address, this.#options.keeper, "reward is worth it");
    }
    return decisions;
  }

  /** What of a collateral gets too old. */
  async #dueFor(
    { token }: Collateral,
    { address, liquidityOracle, volatilityOracle, maxAge }: NonNullable<Market["engine"]>,
    { pool, collaterals }: Market,
    now: number,
  ): Promise<ReadonlySet<string>> {
    const contracts = this.#contracts;
    const due = new Set<string>();
    const [risk] = (await contracts.read("PoolRiskModule", pool, "riskOf", [token])) as unknown as [
      { freshUntil: bigint; loadingPercent: bigint },
    ];
    if (isOld(Number(risk.freshUntil), maxAge, now)) due.add("snapshot");
    const [config] = (await contracts.read("RiskEngine", address, "assetConfig", [token])) as unknown as [
      { depthMaxAge: bigint },
    ];
    const [, measuredAt] = await contracts.read("LiquidityOracle", liquidityOracle, "depthOf", [token]);
    const depthMaxAge = Number(config.depthMaxAge);
    if (isOld(Number(measuredAt) + depthMaxAge, depthMaxAge, now)) due.add("depth");
    const others = collaterals.filter((other) => other.token !== token);
    const tried = this.#triedAt.get(`pokeCorrelations:${token}`);
    // A loading of 100 % may be true; that the correlations are too old is the other reason for it.
    if (others.length > 0 && (tried === undefined ? risk.loadingPercent >= 100n : now - tried > CORRELATION_SECONDS)) {
      for (const other of others) {
        const [isTracked] = await contracts.read("VolatilityOracle", volatilityOracle, "isTracked", [
          token,
          other.token,
        ]);
        if (isTracked) due.add("correlations");
      }
    } else if (tried === undefined) this.#triedAt.set(`pokeCorrelations:${token}`, now);
    return due;
  }

  async #isPaid(engine: string, token: string, now: number, gasPrice: bigint): Promise<boolean> {
    if (this.#isPaused(`poke:${token}`, now)) return false;
    const reward = await this.#rewardOf(engine, token);
    if (reward === 0n || !this.#prices.valueGas) return false;
    const gas = await this.#estimate("poke", engine, token);
    if (gas === undefined) return false;
    return reward > this.#prices.toLoan(gas * gasPrice);
  }

  /** What a poke would earn now: the lens answers by reverting. */
  async #rewardOf(engine: string, token: string): Promise<bigint> {
    const { lens, keeper } = this.#options;
    try {
      await this.#contracts.read("AccountLens", lens, "pokeRewardOf", [engine, token], { from: keeper });
    } catch (error) {
      if (failureOf(error)?.kind !== "revert") throw error;
      const refusal = this.#contracts.refusalOf(error);
      if (refusal?.name === "LensPokeReward") return refusal.args.reward as bigint;
    }
    return 0n;
  }

  async #isClaimWorthIt(engine: string, now: number, gasPrice: bigint): Promise<boolean> {
    const { keeper } = this.#options;
    if (this.#isPaused(`claim:${keeper}`, now) || !this.#prices.valueGas) return false;
    const [owed] = await this.#contracts.read("RiskEngine", engine, "rewardOf", [keeper]);
    if (owed === 0n) return false;
    const [paid] = await this.#contracts.read("RiskEngine", engine, "claim", [keeper], { from: keeper });
    const gas = await this.#estimate("claim", engine, keeper);
    return gas !== undefined && (paid as bigint) > CLAIM_FACTOR * this.#prices.toLoan(gas * gasPrice);
  }

  #isPaused(key: string, now: number): boolean {
    const tried = this.#triedAt.get(key);
    return tried !== undefined && now - tried < PAUSE_SECONDS;
  }

  async #send(
    call: PokeDecision["call"],
    to: string,
    argument: string,
    head: Block,
    now: number,
    gasPrice: bigint,
    why: string,
  ): Promise<PokeDecision["result"] | undefined> {
    const key = `${call}:${argument}`;
    if (this.#isPaused(key, now) || this.#sender.isBusyWith(key)) return undefined;
    this.#triedAt.set(key, now);
    const gas = await this.#estimate(call, to, argument);
    if (gas === undefined) return "refused";
    const kind = call === "claim" ? "claim" : "poke";
    const encoded = this.#encode(call, to, argument);
    const result = await this.#sender.send({ kind, key, ...encoded, gas: (gas * 5n) / 4n + SPARE_GAS }, head);
    this.#log("info", "poke.decided", {
      call,
      of: argument,
      why,
      gasCost: this.#prices.toLoan(gas * gasPrice),
      result,
    });
    return result;
  }

  #encode(call: PokeDecision["call"], to: string, argument: string) {
    return this.#contracts.encode(call === "pokeDepth" ? "LiquidityOracle" : "RiskEngine", to, call, [argument]);
  }

  /** Undefined: it is refused. */
  async #estimate(call: PokeDecision["call"], to: string, argument: string): Promise<bigint | undefined> {
    try {
      const { chain, tag } = this.#contracts;
      return await chain.estimateGas({ from: this.#options.keeper, ...this.#encode(call, to, argument) }, tag);
    } catch (error) {
      const kind = failureOf(error)?.kind;
      if (kind !== "revert" && kind !== "funds") throw error;
      return undefined;
    }
  }
}

function isOld(until: number, life: number, now: number): boolean {
  return until > 0 && now > until - (life * EARLY_PERCENT) / 100;
}
