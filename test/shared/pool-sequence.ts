import { SPEC, type Rules } from "../../sim/reference/pool-rules.ts";
import { accountOf, copyOfPool, type Pool } from "../../sim/reference/pool-state.ts";
import { PoolRefused } from "../../sim/reference/word.ts";
import { createRng, type Rng } from "../../sim/rng.ts";
import { Divergence } from "./auction-compare.ts";
import type { Answer, PoolChain } from "./pool-chain.ts";
import { expectSamePool, expectSameRefusal, expectWords, type Word } from "./pool-compare.ts";
import { chance, logarithmic, pick, whole, type Deed, type Draw } from "./pool-deeds.ts";
import { ENGINE_DEEDS } from "./pool-engine-deeds.ts";
import { RULE_DEEDS } from "./pool-rule-deeds.ts";
import { newPool, ScriptedEngine, ScriptedOracle } from "./pool-scripts.ts";
import { isUnhealthy } from "./pool-people.ts";
import { JOINT_DEEDS } from "./pool-joint-deeds.ts";
import { SALE_DEEDS } from "./pool-sale-deeds.ts";
import { SIGNED_DEEDS } from "./pool-signed-deeds.ts";
import { USER_DEEDS } from "./pool-user-deeds.ts";
import type { PoolTally } from "./pool-tally.ts";
import type { PoolWorld } from "./pool-world.ts";

const DEEDS = { ...USER_DEEDS, ...SALE_DEEDS, ...SIGNED_DEEDS, ...JOINT_DEEDS, ...ENGINE_DEEDS, ...RULE_DEEDS };
export const KINDS = Object.keys(DEEDS);

/** Long after the pool was deployed: the same in every run. [unix s] */
const START = 2_000_000_000n;
/** After these there is something in the pool. */
const BEGINNING = [
  ...["setInterestRateModel", "setRiskEngine", "tell", "tell", "tell", "instruct", "setReserveFactor", "setFlashFee"],
  ...["setKickTip"],
  ...["deposit", "deposit", "deposit", "supplyCollateral", "supplyCollateral", "supplyCollateral", "supplyCollateral"],
  ...["supplyCollateral", "borrow", "borrow", "borrow", "borrow", "borrow"],
];
/** How often each is drawn; 3 where nothing is said. */
const WEIGHTS: Record<string, number> = {
  ...{ deposit: 8, mint: 6, withdraw: 8, redeem: 8, transfer: 5, transferFrom: 4 },
  ...{ supplyCollateral: 12, withdrawCollateral: 10, borrow: 14, repay: 9, unwind: 6, flashLoan: 5, setOperator: 3 },
  ...{
    kick: 7,
    unkick: 5,
    watch: 6,
    mark: 5,
    take: 14,
    price: 20,
    fresh: 6,
    tell: 7,
    instruct: 3,
    payKeeper: 3,
    donate: 3,
  },
  ...{ takeBatch: 4, registerKeeper: 1, claimTips: 3, multicall: 12, setOperatorWithSig: 5, permit: 5 },
  ...{ "supplyCollateral, called back": 4, "repay, called back": 5, "unwind, called back": 4 },
  ...{ "take, called back": 3, "takeBatch, called back": 2, "flashLoan, called back": 4 },
  ...{
    rampDown: 3,
    lowerPoolCaps: 4,
    approve: 3,
    setCollateralFactors: 3,
    accrue: 2,
    withdrawReserves: 3,
    setPauseFlags: 3,
    breakRates: 0.5,
  },
};

/** Time to the next block. [s] */
function randomPause(rng: Rng): bigint {
  const roll = rng.next();
  if (roll < 0.5) return whole(rng, 1, 30);
  if (roll < 0.94) return logarithmic(rng, 30n, 86_400n);
  return logarithmic(rng, 86_400n, 60n * 86_400n);
}

/** While somebody may be liquidated, and while somebody is for sale. */
const IN_CRASHES = [
  ...["kick", "kick", "kick", "kick", "take", "take", "mark", "repay", "unwind", "price", "supplyCollateral"],
  ...["takeBatch", "takeBatch", "take, called back", "takeBatch, called back", "multicall"],
];
const IN_SALES = [
  ...["unkick", "unkick", "unkick", "price", "price", "repay", "supplyCollateral", "kick", "take", "take", "takeBatch"],
];

/** While a loss is expected. */
const IN_LOSSES = ["payKeeper", "withdraw", "redeem", "repay", "unwind", "mark"];
/** While a collateral is priced again only for a while. */
const IN_GRACE = ["price", "price", "kick", "kick", "take"];

/** Where nobody is unhealthy nothing comes of them. */
const OF_CRASHES = /^(take|kick)/;

function randomKind(rng: Rng, p: Pool, users: readonly string[]): string {
  const bad = users.filter((user) => isUnhealthy(p, user)).length;
  const isSale = users.some((user) => accountOf(p, user).kickedAt !== 0n);
  if (p.totalProvision !== 0n && chance(rng, 0.15)) return pick(rng, IN_LOSSES);
  if (p.owed.some((assets) => assets !== 0n) && chance(rng, 0.15)) return "claimTips";
  const isGrace = p.collaterals.some(({ grace, freshUntil }) => grace && p.now <= freshUntil);
  if (isGrace && chance(rng, 0.4)) return pick(rng, IN_GRACE);
  if (bad > 1 && chance(rng, 0.25)) return chance(rng, 0.7) ? "takeBatch" : "takeBatch, called back";
  if (bad > 0 && chance(rng, 0.5)) return pick(rng, IN_CRASHES);
  if (isSale && chance(rng, 0.5)) return pick(rng, IN_SALES);
  const total = KINDS.reduce((sum, kind) => sum + (WEIGHTS[kind] ?? 3), 0);
  let at = rng.between(0, total);
  const drawn = KINDS.find((kind) => (at -= WEIGHTS[kind] ?? 3) < 0) ?? KINDS[0];
  const isIdle = drawn === "unkick" ? !isSale : bad === 0 && OF_CRASHES.test(drawn);
  return isIdle && chance(rng, 0.7) ? "price" : drawn;
}

/** Deeds from a seed, done to the pool and to the model. */
export class PoolSequence {
  readonly #chain: PoolChain;
  readonly #world: PoolWorld;
  readonly #tally: PoolTally;
  readonly #rng: Rng;
  readonly #draw: Omit<Draw, "p">;
  readonly #told: string[] = [];
  #p: Pool;

  constructor(chain: PoolChain, world: PoolWorld, seed: string, tally: PoolTally, rules: Rules = SPEC) {
    [this.#chain, this.#world, this.#tally, this.#rng] = [chain, world, tally, createRng(seed)];
    const [oracle, engine] = [new ScriptedOracle(world.oracle), new ScriptedEngine(world.engine)];
    this.#p = newPool(world, oracle, rules);
    this.#p.now = START;
    this.#draw = { rng: this.#rng, world, chain, oracle, engine, broken: new Set() };
  }

  /** From a pool as it was deployed. Throws where it and the model disagree for the first time. */
  async run(): Promise<void> {
    const steps = BEGINNING.length + 46 + this.#rng.integer(66);
    // In a quiet market factors rise.
    const isQuiet = chance(this.#rng, 0.15);
    for (let step = 0; step < steps; ++step) {
      this.#p.now += step < BEGINNING.length ? whole(this.#rng, 1, 30) : randomPause(this.#rng);
      const drawn = BEGINNING[step] ?? randomKind(this.#rng, this.#p, this.#world.users);
      const kind = isQuiet && (drawn === "tell" || chance(this.#rng, 0.3)) ? "watch" : drawn;
      // The contract does more than others, so that there is something about which it can be called back.
      const as = chance(this.#rng, 0.1) ? this.#world.contract : undefined;
      const deed = { kind, ...DEEDS[kind]({ ...this.#draw, p: this.#p, as }) };
      try {
        await this.#step(deed);
      } catch (error) {
        if (!(error instanceof Divergence)) throw error;
        const all = this.#told.join("\n  ");
        throw new Divergence(`step ${step + 1}, ${deed.kind}: ${error.message}; after\n  ${all}`, { cause: error });
      }
    }
  }

  async #step(deed: Deed): Promise<void> {
    const before = this.#p;
    const draft = copyOfPool(before);
    let refusal: PoolRefused | undefined;
    let words: readonly Word[] | void = undefined;
    try {
      words = deed.apply(draft);
    } catch (error) {
      if (!(error instanceof PoolRefused)) throw error;
      refusal = error;
    }
    this.#told.push(`${this.#p.now} ${deed.from} ${deed.told}${refusal === undefined ? "" : ` ✗ ${refusal.message}`}`);
    const answer = await this.#act(deed);
    if (refusal !== undefined) expectSameRefusal("deed", answer, refusal);
    else {
      this.#p = draft;
      if ("name" in answer) {
        throw new Divergence(`deed: pool ${answer.name}(${answer.values.join(", ")}), model does it`);
      }
      if (Array.isArray(words)) expectWords("answer", answer.data, words);
    }
    this.#tally.count(deed.kind, refusal);
    if (refusal === undefined && deed.shows !== undefined) this.#tally.show(deed.shows);
    this.#tally.see(before, this.#p);
    this.#tally.views += await expectSamePool(this.#chain, this.#world, this.#p, this.#asked());
    ++this.#tally.steps;
  }

  async #act({ from, to, data, code }: Deed): Promise<Answer> {
    if (code !== undefined) await this.#chain.request("hardhat_setCode", to, code);
    return this.#chain.act({ from, to: code === undefined ? to : from, data }, this.#p.now);
  }

  /** Assets and shares, to be converted. */
  #asked(): readonly [bigint, bigint] {
    const assets = logarithmic(this.#rng, 1n, 10n ** 9n * this.#world.unit);
    return [assets, logarithmic(this.#rng, 1n, 10n ** 15n * this.#world.unit)];
  }
}
