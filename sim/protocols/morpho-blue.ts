import { Interface, type InterfaceAbi } from "ethers";

import type { EncodedCall } from "../market/uniswap-calls.ts";
import type { Log } from "../market/venue.ts";
import {
  equalCheck,
  type InvariantCheck,
  type LiquidationEvent,
  type LossEvent,
  type Position,
  type ProtocolState,
} from "./protocol.ts";
import { Rival, type RivalParts } from "./rival.ts";

const WAD = 10n ** 18n;
const PRICE_SCALE = 10n ** 36n;
/**
 * Another was quicker: Morpho subtracts what is not there any more, which panics; no debt is left to repay ("inconsistent
 * input": neither assets nor shares); the cash is gone; or the proceeds of a
 * flash liquidation do not pay for it any more, which Morpho notices when it pulls them.
 */
const RACES = [
  ...[
    "position is healthy",
    "insufficient liquidity",
    "insufficient collateral",
    "Panic(17)",
    "transferFrom reverted",
    "inconsistent input",
  ],
  ...["DeskProfitTooLow", "DeskPaymentTooHigh", "DeskNothingForSale"],
];

/** Declared in a library of Morpho's, so that its ABI does not have it. */
const LIQUIDATE = new Interface([
  "event Liquidate(bytes32 indexed id, address indexed caller, address indexed borrower, uint256 repaidAssets, uint256 repaidShares, uint256 seizedAssets, uint256 badDebtAssets, uint256 badDebtShares)",
]);

export interface MorphoParams {
  readonly loanToken: string;
  readonly collateralToken: string;
  readonly oracle: string;
  readonly irm: string;
  readonly lltv: bigint; // [WAD]
}

/** Morpho Blue, compiled unmodified from npm (morpho-blue 1.0.0), with one market. */
export class MorphoBlue extends Rival {
  readonly name = "morpho-blue";
  readonly #morpho: Interface;
  readonly #params: MorphoParams;
  readonly #id: string;
  readonly #incentiveWad: bigint;

  constructor(
    parts: Omit<RivalParts, "races" | "virtual">,
    morpho: { readonly abi: InterfaceAbi; readonly id: string; readonly incentiveWad: bigint },
    params: MorphoParams,
  ) {
    super({ ...parts, races: RACES, virtual: { assets: 1n, shares: 10n ** 6n } });
    this.#morpho = new Interface(morpho.abi);
    this.#params = params;
    this.#id = morpho.id;
    this.#incentiveWad = morpho.incentiveWad;
  }

  #call(name: string, ...args: unknown[]): EncodedCall {
    return { to: this.at.spender, data: this.#morpho.encodeFunctionData(name, [this.#params, ...args]) };
  }

  deposit(amount: bigint, owner: string): EncodedCall {
    return this.#call("supply", amount, 0n, owner, "0x");
  }

  withdraw(amount: bigint, owner: string): EncodedCall {
    return this.#call("withdraw", amount, 0n, owner, owner);
  }

  redeem(shares: bigint, owner: string): EncodedCall {
    return this.#call("withdraw", 0n, shares, owner, owner);
  }

  supplyCollateral(amount: bigint, account: string): EncodedCall {
    return this.#call("supplyCollateral", amount, account, "0x");
  }

  borrow(amount: bigint, account: string): EncodedCall {
    return this.#call("borrow", amount, 0n, account, account);
  }

  repay(amount: bigint, account: string): EncodedCall {
    return this.#call("repay", amount, 0n, account, "0x");
  }

  repayAll(debtShares: bigint, account: string): EncodedCall {
    return this.#call("repay", 0n, debtShares, account, "0x");
  }

  /** Morpho charges what the collateral costs, which no caller can bound without a contract of its own. */
  take(account: string, maxCollateral: bigint): EncodedCall {
    return this.#call("liquidate", account, maxCollateral, 0n, "0x");
  }

  permissions(): readonly EncodedCall[] {
    const { desk, spender } = this.at;
    const data = this.#morpho.encodeFunctionData("setAuthorization", [desk, true]);
    return [
      this.approve(this.collateral.address, spender),
      this.approve(this.loan.address, spender),
      this.approve(this.collateral.address, desk),
      { to: spender, data },
    ];
  }

  protected sellable({ collateral: held }: Position, debt: bigint, { liquidationPrice36: price36 }: ProtocolState) {
    const wanted = ((((debt - 2n) * this.#incentiveWad) / WAD) * PRICE_SCALE) / price36;
    const collateral = wanted < held ? wanted : held;
    const value = (collateral * price36 + PRICE_SCALE - 1n) / PRICE_SCALE;
    return { collateral, repay: (value * WAD + this.#incentiveWad - 1n) / this.#incentiveWad };
  }

  eventsOf(logs: readonly Log[]): { readonly liquidations: LiquidationEvent[]; readonly losses: LossEvent[] } {
    const liquidations: LiquidationEvent[] = [];
    const losses: LossEvent[] = [];
    for (const log of logs) {
      if (BigInt(log.address) !== BigInt(this.at.spender)) continue;
      const event = LIQUIDATE.parseLog({ topics: [...log.topics], data: log.data });
      if (event === null) continue;
      const args = event.args as unknown as Readonly<Record<string, bigint>> & { readonly borrower: string };
      const { borrower: account, badDebtAssets: debt } = args;
      liquidations.push({ account, collateral: args.seizedAssets, repaid: args.repaidAssets });
      if (args.badDebtShares > 0n) losses.push({ account, debt, paidByReserves: 0n, paidByLenders: debt });
    }
    return { liquidations, losses };
  }

  async checkInvariants(positions: ReadonlyMap<string, Position>): Promise<InvariantCheck[]> {
    const { loan, collateral, at } = this;
    const market = (await this.#market()) as Readonly<Record<string, bigint>>;
    const [held] = await this.readBalances(loan.address, [at.spender]);
    const [seen] = await this.readBalances(collateral.address, [at.spender]);
    const cash = market.totalSupplyAssets - market.totalBorrowAssets;
    return [
      equalCheck("INV-01", "loan assets held against cash on the books", held, cash),
      ...this.compareSums(positions, { debtShares: market.totalBorrowShares, collateral: seen }),
    ];
  }

  async #market(): Promise<unknown> {
    const data = this.#morpho.encodeFunctionData("market", [this.#id]);
    const result = await this.readRaw(this.at.spender, data);
    return this.#morpho.decodeFunctionResult("market", result).toObject();
  }
}
