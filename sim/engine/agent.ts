import type { LabParameters } from "../config.ts";
import type { ExchangeOrder } from "../market/exchange.ts";
import type { Venue, VenueSwap } from "../market/venue.ts";
import type { Position, Protocol, ProtocolState, SaleOffer } from "../protocols/protocol.ts";
import type { Rng } from "../rng.ts";
import type { Receipt, Transaction } from "./chain.ts";

/** A transaction that an agent wants in the next block. It has no effect until the engine has ordered and mined it. */
export interface Intent extends Transaction {
  /** What it is for, in a word or two: appears in errors and counts. */
  readonly label: string;
  /** Accounts of the protocol that it may change. */
  readonly touches: readonly string[];
}

/** What became of an intent. */
export interface Outcome {
  readonly intent: Intent;
  readonly receipt: Receipt;
  /** Name of the error that reverted it. */
  readonly error?: string;
  /** What it swapped in the venue, if it did. */
  readonly swap?: VenueSwap;
}

/** An intent that will never be mined: given up after a while, or its sender has sent another in its place. */
export interface Dropped {
  readonly intent: Intent;
  readonly reason: "expired" | "replaced";
}

/** State of the world before a block, as everybody sees it. Prices in loan asset per unit of collateral. */
export interface View {
  readonly lab: LabParameters;
  readonly block: number;
  readonly seconds: number; // since the start of the scenario
  readonly timestamp: number; // of the block to come [unix s]
  readonly blockSeconds: number;
  readonly marketPrice: number;
  /** Change of ln(market price) per unit sold. */
  readonly logImpactPerUnit: number;
  readonly venue: Venue;
  readonly protocol: Protocol;
  readonly state: ProtocolState;
  readonly positions: ReadonlyMap<string, Position>;
  readonly baseFeeWei: bigint;
  /** For gas. [loan asset] */
  readonly etherPrice: number;
  /** What the account has on the exchange. */
  holdings(owner: string): { readonly collateral: number; readonly loan: number };
  /** Balance of a token. [base units] */
  balanceOf(token: string, owner: string): Promise<bigint>;
  /** What of each account's collateral is for sale now, and what parts of it cost. */
  offers(accounts: readonly string[]): Promise<SaleOffer[]>;
}

/** One who acts, or a crowd that acts alike. All that it remembers is its own. */
export interface Agent {
  /** `liquidator`, `looper`, …: how results are grouped. */
  readonly kind: string;
  readonly name: string;
  /** Addresses it acts from; their wealth is its wealth. */
  readonly members: readonly string[];
  /** Called once before the first block. */
  prepare?(view: View): Promise<void>;
  /** Transactions for the next block. */
  decide(view: View, rng: Rng): Promise<readonly Intent[]>;
  /** Told what became of its transactions; answers with what it trades outside. */
  settle?(outcomes: readonly Outcome[], view: View): readonly ExchangeOrder[];
  /** Told which of its transactions never reached a block, before it decides on the next one. */
  forget?(dropped: readonly Dropped[], view: View): void;
}

const GWEI = 10 ** 9;

/** A fee for the place in the block, from gwei with fractions. */
export function priorityFee(gwei: number): bigint {
  return BigInt(Math.floor(gwei * GWEI));
}
