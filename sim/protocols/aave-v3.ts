import { Interface, type InterfaceAbi } from "ethers";

import aTokenArtifact from "@aave/core-v3/artifacts/contracts/protocol/tokenization/AToken.sol/AToken.json" with { type: "json" };
import debtTokenArtifact from "@aave/core-v3/artifacts/contracts/protocol/tokenization/VariableDebtToken.sol/VariableDebtToken.json" with { type: "json" };

import type { EncodedCall } from "../market/uniswap-calls.ts";
import type { Log } from "../market/venue.ts";
import { aavePoolAbi } from "./aave-v3-deploy.ts";
import {
  equalCheck,
  type InvariantCheck,
  type LiquidationEvent,
  type LossEvent,
  type Position,
  type ProtocolState,
} from "./protocol.ts";
import { Rival, type RivalParts } from "./rival.ts";

const MAX = (1n << 256n) - 1n;
const BPS = 10_000n;
const VARIABLE = 2n;
const NO_REFERRAL = 0n;
/** `CLOSE_FACTOR_HF_THRESHOLD`: above it half of a debt can be repaid at once. */
const WHOLE_BELOW_HEALTH_BPS = 9_500n;
/** Aave's error codes (`Errors.sol`): the account was healed or sold, or the cash or the borrowing power is gone. */
const RACES = [
  "32",
  "35",
  "36",
  "39",
  "45",
  "46",
  "47",
  "DeskProfitTooLow",
  "DeskPaymentTooHigh",
  "DeskNothingForSale",
];

export interface AaveAddresses {
  readonly aCollateral: string;
  readonly aLoan: string;
  readonly debtToken: string;
  readonly treasury: string;
  readonly liquidationBonusBps: bigint;
  readonly protocolFeeBps: bigint;
}

/** Aave v3, as published on npm (core-v3 1.19.3), with one collateral and one loan asset. */
export class AaveV3 extends Rival {
  readonly name = "aave-v3";
  readonly #pool: Interface = new Interface(aavePoolAbi as InterfaceAbi);
  readonly #aToken: Interface = new Interface(aTokenArtifact.abi);
  readonly #debtToken: Interface = new Interface(debtTokenArtifact.abi);
  readonly #aave: AaveAddresses;
  /** Lenders' assets and shares as last read: Aave withdraws by assets. */
  #lent = { assets: 1n, shares: 1n };

  constructor(parts: Omit<RivalParts, "races">, aave: AaveAddresses) {
    // A withdrawal that meets less cash than it wants, and a liquidation that brings in less than it costs, fail in the token;
    // aTokens that were seized first fail in a subtraction.
    super({ ...parts, races: [...RACES, "ERC20InsufficientBalance", "Panic(17)"] });
    this.#aave = aave;
  }

  override async readState(): Promise<ProtocolState> {
    const state = await super.readState();
    if (state.lenderShares > 0n) this.#lent = { assets: state.lenderAssets, shares: state.lenderShares };
    return state;
  }

  #toPool(name: string, ...args: unknown[]): EncodedCall {
    return { to: this.at.spender, data: this.#pool.encodeFunctionData(name, args) };
  }

  deposit(amount: bigint, owner: string): EncodedCall {
    return this.#toPool("supply", this.loan.address, amount, owner, NO_REFERRAL);
  }

  withdraw(amount: bigint, owner: string): EncodedCall {
    return this.#toPool("withdraw", this.loan.address, amount, owner);
  }

  /** What shares were worth when they were last looked at: the interest since stays. */
  redeem(shares: bigint, owner: string): EncodedCall {
    return this.withdraw((shares * this.#lent.assets) / this.#lent.shares, owner);
  }

  supplyCollateral(amount: bigint, account: string): EncodedCall {
    return this.#toPool("supply", this.collateral.address, amount, account, NO_REFERRAL);
  }

  borrow(amount: bigint, account: string): EncodedCall {
    return this.#toPool("borrow", this.loan.address, amount, VARIABLE, NO_REFERRAL, account);
  }

  repay(amount: bigint, account: string): EncodedCall {
    return this.#toPool("repay", this.loan.address, amount, VARIABLE, account);
  }

  repayAll(_debtShares: bigint, account: string): EncodedCall {
    return this.#toPool("repay", this.loan.address, MAX, VARIABLE, account);
  }

  /** Aave is told how much debt to repay, not how much to hand out. */
  take(account: string, _maxCollateral: bigint, maxRepay: bigint): EncodedCall {
    return this.#toPool("liquidationCall", this.collateral.address, this.loan.address, account, maxRepay, false);
  }

  permissions(): readonly EncodedCall[] {
    const { desk, spender } = this.at;
    const delegation = this.#debtToken.encodeFunctionData("approveDelegation", [desk, MAX]);
    return [
      this.approve(this.collateral.address, spender),
      this.approve(this.loan.address, spender),
      this.approve(this.collateral.address, desk),
      this.approve(this.#aave.aCollateral, desk),
      { to: this.#aave.debtToken, data: delegation },
    ];
  }

  protected sellable({ collateral: held }: Position, debt: bigint, state: ProtocolState) {
    const capacity = this.liquidationCapacityOf({ collateral: held, debtShares: 0n, kickedAt: 0 }, state);
    const isWhole = capacity * BPS <= debt * WHOLE_BELOW_HEALTH_BPS;
    const covered = isWhole ? debt : debt / 2n;
    const bonus = BPS + this.#aave.liquidationBonusBps;
    const wanted = (((covered * bonus) / BPS) * 10n ** 36n) / state.liquidationPrice36;
    const seized = wanted < held ? wanted : held;
    const repay = wanted < held ? covered : (this.valueOf(held, state) * BPS) / bonus + 1n;
    return { collateral: this.#withoutFee(seized), repay };
  }

  /** A share of the bonus goes to Aave. */
  #withoutFee(seized: bigint): bigint {
    const { liquidationBonusBps, protocolFeeBps } = this.#aave;
    const bonus = seized - (seized * BPS) / (BPS + liquidationBonusBps);
    return seized - (bonus * protocolFeeBps + BPS - 1n) / BPS;
  }

  eventsOf(logs: readonly Log[]): { readonly liquidations: LiquidationEvent[]; readonly losses: LossEvent[] } {
    const liquidations: LiquidationEvent[] = [];
    const { liquidationBonusBps, protocolFeeBps } = this.#aave;
    const bonus = BPS + liquidationBonusBps;
    for (const log of logs) {
      if (BigInt(log.address) !== BigInt(this.at.spender)) continue;
      const event = this.#pool.parseLog({ topics: [...log.topics], data: log.data });
      if (event?.name !== "LiquidationCall") continue;
      const args = event.args as unknown as Readonly<Record<string, bigint>> & { readonly user: string };
      // The event leaves out what went to the treasury; the borrower lost it all the same.
      const collateral =
        (args.liquidatedCollateralAmount * bonus * BPS) / (bonus * BPS - liquidationBonusBps * protocolFeeBps);
      liquidations.push({ account: args.user, collateral, repaid: args.debtToCover });
    }
    // This version writes no loss off: what an account without collateral owes stays on the books.
    return { liquidations, losses: [] };
  }

  async checkInvariants(positions: ReadonlyMap<string, Position>): Promise<InvariantCheck[]> {
    const { aCollateral, debtToken, treasury } = this.#aave;
    const debtShares = (await this.read(debtToken, this.#debtToken, "scaledTotalSupply")) as bigint;
    const [elsewhere] = await this.readBalances(aCollateral, [treasury]);
    const [collateral] = await this.readBalances(this.collateral.address, [aCollateral]);
    const supply = (await this.read(aCollateral, this.#aToken, "totalSupply")) as bigint;
    return [
      ...this.compareSums(positions, { debtShares, collateral, elsewhere }),
      equalCheck("INV-06", "aTokens against what they stand for", supply, collateral),
    ];
  }
}
