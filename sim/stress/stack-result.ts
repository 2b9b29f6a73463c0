import type { Step } from "../engine/stepper.ts";
import type { InvariantCheck } from "../protocols/protocol.ts";
import { toFloat } from "../units.ts";
import { redemptionPrice, STACK_LENDERS, STACK_LOOPERS, stackAgents, StackReader } from "./stack-agents.ts";
import { STACK_LENDER, type StackedPool } from "./stack-pool.ts";

/** What became of the second pool. Money in the loan asset. */
export interface StackResult {
  readonly debtAtStart: number;
  readonly debtAtEnd: number;
  /** Of the first pool's shares, as it would redeem them: at the start 1. */
  readonly shareRateLow: number;
  readonly shareRateAtEnd: number;
  readonly liquidatedDebt: number;
  readonly accountsLiquidated: number;
  /** Written off in the second pool, and what its open accounts owe beyond what their shares would be redeemed at. */
  readonly badDebt: number;
  readonly insolvency: number;
  /** What loopers and lender own at the start and at the end, shares at the first pool's rate. */
  readonly looperEquityAtStart: number;
  readonly looperEquityAtEnd: number;
  readonly lenderAssetsAtStart: number;
  readonly lenderAssetsAtEnd: number;
}

interface Books {
  readonly debt: number;
  readonly looperEquity: number;
  readonly lenderAssets: number;
  readonly insolvency: number;
}

/** Follows the second pool through one run. */
export class StackRun {
  readonly reader: StackReader;
  readonly #pool: StackedPool;
  #start: Books | undefined;
  #startRate = 0;
  #lowRate = Number.POSITIVE_INFINITY;
  #rate = 0;
  #liquidatedDebt = 0;
  #badDebt = 0;
  readonly #liquidated = new Set<string>();

  constructor(pool: StackedPool) {
    this.#pool = pool;
    this.reader = new StackReader(pool);
  }

  agents() {
    return stackAgents(this.reader);
  }

  /** Before the first block. */
  async begin(view: Step["view"]): Promise<void> {
    this.#startRate = this.#rate = redemptionPrice(view, this.#pool.protocol.collateral.decimals);
    this.#start = await this.#books();
  }

  /** What an agent owns in the second pool now. */
  async wealthOf(kind: string): Promise<number> {
    const { looperEquity, lenderAssets } = await this.#books();
    return kind === STACK_LOOPERS ? looperEquity : kind === STACK_LENDERS ? lenderAssets : 0;
  }

  record({ view, state, outcomes }: Step): void {
    const { protocol } = this.#pool;
    this.#rate = redemptionPrice({ protocol: view.protocol, state }, protocol.collateral.decimals);
    this.#lowRate = Math.min(this.#lowRate, this.#rate);
    for (const { receipt } of outcomes) {
      const { liquidations, losses } = protocol.eventsOf(receipt.logs);
      for (const { account, repaid } of liquidations) {
        this.#liquidatedDebt += toFloat(repaid, protocol.loan.decimals);
        this.#liquidated.add(account);
      }
      for (const { debt } of losses) this.#badDebt += toFloat(debt, protocol.loan.decimals);
    }
  }

  async end(): Promise<StackResult> {
    const [start, end] = [this.#start, await this.#books()];
    if (start === undefined) throw new Error("the second pool was not looked at before the run");
    return {
      ...{ debtAtStart: start.debt, debtAtEnd: end.debt, liquidatedDebt: this.#liquidatedDebt },
      ...{ shareRateLow: this.#lowRate / this.#startRate, shareRateAtEnd: this.#rate / this.#startRate },
      ...{ accountsLiquidated: this.#liquidated.size, badDebt: this.#badDebt, insolvency: end.insolvency },
      ...{ looperEquityAtStart: start.looperEquity, looperEquityAtEnd: end.looperEquity },
      ...{ lenderAssetsAtStart: start.lenderAssets, lenderAssetsAtEnd: end.lenderAssets },
    };
  }

  /** Those of the second pool, told apart from the first one's. */
  async invariants(): Promise<InvariantCheck[]> {
    const { positions } = await new StackReader(this.#pool).at(0);
    const checks = await this.#pool.protocol.checkInvariants(positions);
    return checks.map((check) => ({ ...check, detail: `second pool, ${check.detail}` }));
  }

  async #books(): Promise<Books> {
    const { protocol } = this.#pool;
    const { collateral, loan } = protocol;
    const { state, positions } = await new StackReader(this.#pool).at(0);
    let [looperEquity, insolvency] = [0, 0];
    for (const position of positions.values()) {
      const value = toFloat(position.collateral, collateral.decimals) * this.#rate;
      const debt = position.debtShares === 0n ? 0 : toFloat(protocol.debtOf(position, state), loan.decimals);
      looperEquity += Math.max(0, value - debt);
      insolvency += Math.max(0, debt - value);
    }
    const [shares] = await protocol.readBalances(protocol.spender, [STACK_LENDER]);
    const part = shares === 0n ? 0 : toFloat(shares, 0) / toFloat(state.lenderShares, 0);
    const lenderAssets = part * toFloat(state.lenderAssets, loan.decimals);
    return { debt: toFloat(state.debtAssets, loan.decimals), looperEquity, lenderAssets, insolvency };
  }
}
