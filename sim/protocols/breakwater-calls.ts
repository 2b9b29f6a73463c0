import { Interface, type InterfaceAbi } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { NO_DEADLINE, type EncodedCall } from "../market/uniswap-calls.ts";
import { toUnits } from "../units.ts";
import { FEED_DECIMALS } from "./breakwater-deploy.ts";
import type { RiskAddresses } from "./breakwater-risk.ts";
import { encodeCall, type Argument } from "./fast-abi.ts";
import type { Token } from "./protocol.ts";

const MAX = (1n << 256n) - 1n;

export interface BreakwaterAddresses {
  readonly authority: string;
  readonly pool: string;
  readonly oracle: string;
  readonly feed: string;
  readonly venue: string;
  readonly router: string;
  readonly lens: string;
  readonly flashLiquidator: string;
  /** Of a pool with a risk engine. */
  readonly risk?: RiskAddresses;
}

const CONTRACTS = [
  "LendingPool",
  "LiquidationModule",
  "PriceOracle",
  "LeverageRouter",
  "FlashLiquidator",
  "AccountLens",
  "RiskEngine",
  "LiquidityOracle",
  "VolatilityOracle",
  "CircuitBreaker",
  "MockAggregator",
  "MockERC20",
  "LiquidationDesk",
] as const;
export type BreakwaterInterfaces = Readonly<Record<(typeof CONTRACTS)[number], Interface>>;

/** ABIs of what the build made. */
export async function readInterfaces(hre: HardhatRuntimeEnvironment): Promise<BreakwaterInterfaces> {
  const entries = await Promise.all(
    CONTRACTS.map(async (name) => {
      const { abi } = await hre.artifacts.readArtifact(name);
      return [name, new Interface(abi as unknown as InterfaceAbi)] as const;
    }),
  );
  return Object.fromEntries(entries) as BreakwaterInterfaces;
}

/** How to call our own contracts. */
export abstract class BreakwaterCalls {
  readonly collateral: Token;
  readonly loan: Token;
  protected readonly at: BreakwaterAddresses;
  protected readonly abi: BreakwaterInterfaces;

  protected constructor(
    abi: BreakwaterInterfaces,
    at: BreakwaterAddresses,
    tokens: { readonly collateral: Token; readonly loan: Token },
  ) {
    this.abi = abi;
    this.at = at;
    this.collateral = tokens.collateral;
    this.loan = tokens.loan;
  }

  #toPool(name: string, ...args: Argument[]): EncodedCall {
    return { to: this.at.pool, data: encodeCall(this.abi.LendingPool, name, args) };
  }

  /** Liquidation is answered at the pool's address too, by its module. */
  #toLiquidation(name: string, ...args: Argument[]): EncodedCall {
    return { to: this.at.pool, data: encodeCall(this.abi.LiquidationModule, name, args) };
  }

  deposit(amount: bigint, owner: string): EncodedCall {
    return this.#toPool("deposit", amount, owner);
  }

  withdraw(amount: bigint, owner: string): EncodedCall {
    return this.#toPool("withdraw", amount, owner, owner);
  }

  redeem(shares: bigint, owner: string): EncodedCall {
    return this.#toPool("redeem", shares, owner, owner);
  }

  supplyCollateral(amount: bigint, account: string): EncodedCall {
    return this.#toPool("supplyCollateral", this.collateral.address, amount, account, "0x");
  }

  borrow(amount: bigint, account: string): EncodedCall {
    return this.#toPool("borrow", amount, 0n, account, account);
  }

  repay(amount: bigint, account: string): EncodedCall {
    return this.#toPool("repay", amount, 0n, account, "0x");
  }

  repayAll(debtShares: bigint, account: string): EncodedCall {
    return this.#toPool("repay", 0n, debtShares, account, "0x");
  }

  kick(account: string): EncodedCall {
    return this.#toLiquidation("kick", account);
  }

  unkick(account: string): EncodedCall {
    return this.#toLiquidation("unkick", account);
  }

  take(account: string, maxCollateral: bigint, maxRepay: bigint, receiver: string): EncodedCall {
    return this.#toLiquidation("take", account, this.collateral.address, maxCollateral, maxRepay, receiver, "0x");
  }

  flashLiquidate(account: string, maxCollateral: bigint, minProfit: bigint): EncodedCall {
    const { pool, venue, flashLiquidator } = this.at;
    const args = [pool, account, this.collateral.address, maxCollateral, venue, minProfit];
    return { to: flashLiquidator, data: encodeCall(this.abi.FlashLiquidator, "liquidate", args) };
  }

  #toRouter(name: string, order: Argument): EncodedCall {
    const market = {
      pool: this.at.pool,
      collateral: this.collateral.address,
      venues: [this.at.venue],
      middle: [],
    };
    const permission = { deadline: 0n, signature: "0x" };
    return { to: this.at.router, data: encodeCall(this.abi.LeverageRouter, name, [market, order, permission]) };
  }

  leverageUp(collateralIn: bigint, collateralToBuy: bigint, maxLoanIn: bigint): EncodedCall {
    return this.#toRouter("increase", { collateralIn, collateralToBuy, maxLoanIn, deadline: NO_DEADLINE });
  }

  loopRound(collateralIn: bigint, ltv: number, limitPrice: number): EncodedCall {
    const { collateral, loan } = this;
    return this.#toRouter("increaseByRounds", {
      collateralIn,
      rounds: 1n,
      ltvWad: toUnits(ltv, 18),
      limitPrice36: toUnits(limitPrice, 36 + loan.decimals - collateral.decimals),
      deadline: NO_DEADLINE,
    });
  }

  leverageDown(loanToRepay: bigint, maxCollateralIn: bigint): EncodedCall {
    const order = { loanToRepay, maxCollateralIn, collateralToWithdraw: 0n, deadline: NO_DEADLINE };
    return this.#toRouter("reduce", order);
  }

  publishPrice(price: number): EncodedCall {
    const answer = toUnits(price, FEED_DECIMALS);
    return { to: this.at.feed, data: encodeCall(this.abi.MockAggregator, "setAnswer", [answer]) };
  }

  poke(): EncodedCall {
    return { to: this.at.oracle, data: encodeCall(this.abi.PriceOracle, "poke", [this.collateral.address]) };
  }

  pokeRisk(): EncodedCall | undefined {
    const { risk } = this.at;
    if (risk === undefined) return undefined;
    return { to: risk.engine, data: encodeCall(this.abi.RiskEngine, "poke", [this.collateral.address]) };
  }

  pokeDepth(): EncodedCall | undefined {
    const { risk } = this.at;
    if (risk === undefined) return undefined;
    const data = encodeCall(this.abi.LiquidityOracle, "pokeDepth", [this.collateral.address]);
    return { to: risk.liquidityOracle, data };
  }

  permissions(): readonly EncodedCall[] {
    const approve = (token: Token, spender: string): EncodedCall => ({
      to: token.address,
      data: encodeCall(this.abi.MockERC20, "approve", [spender, MAX]),
    });
    return [
      approve(this.collateral, this.at.pool),
      approve(this.loan, this.at.pool),
      approve(this.collateral, this.at.router),
      this.#toPool("setOperator", this.at.router, true),
    ];
  }
}
