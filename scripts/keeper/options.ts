import { getAddress, isAddress, parseUnits } from "ethers";

import { UserError } from "../../sim/user-error.ts";
import { parseCount } from "../../tasks/shared/numbers.ts";
import type { FeeLimits } from "./fees.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";
import { POKE_MODES, type PokeMode } from "./risk-pokes.ts";

/** What the user gives, as text: see the definition in `tasks/pool-tasks.ts`. */
export interface KeeperArguments {
  readonly pool: string;
  readonly rpc: string;
  readonly account: string;
  readonly once: boolean;
  readonly interval: string;
  readonly port: string;
  readonly host: string;
  readonly state: string;
  readonly minProfit: string;
  readonly keep: string;
  readonly bid: string;
  readonly kickYield: string;
  readonly maxFee: string;
  readonly leastTip: string;
  readonly ethPrice: string;
  readonly fromBlock: string;
  readonly logRange: string;
  readonly depth: string;
  readonly confirmations: string;
  readonly stuckBlocks: string;
  readonly maxPending: string;
  readonly maxFailures: string;
  readonly poke: string;
  readonly leaveHealed: boolean;
  readonly venues: string;
  readonly lens: string;
  readonly liquidator: string;
  readonly deployHelpers: boolean;
  readonly tag: string;
  readonly seed: string;
  readonly logLevel: string;
  readonly stopTimeout: string;
  readonly noCompile: boolean;
}

/** The same, checked. Amounts of the loan asset wait for its decimals: `minProfit` is checked text. */
export interface KeeperOptions {
  readonly pool: string | undefined;
  readonly rpc: string | undefined;
  readonly account: string;
  readonly isOnce: boolean;
  readonly interval: number; // [ms]
  readonly port: number | undefined; // undefined: no server
  readonly host: string;
  readonly state: string | undefined;
  readonly minProfit: string; // [whole loan tokens]
  readonly keptBps: bigint;
  readonly bidBps: bigint;
  readonly kickYieldBps: bigint;
  readonly fees: FeeLimits;
  readonly ethPriceWad: bigint | undefined;
  readonly fromBlock: number | undefined;
  readonly logRange: number;
  readonly depth: number;
  readonly confirmations: number;
  readonly stuckBlocks: number;
  readonly maxPending: number;
  readonly maxFailures: number; // 0: any
  readonly poke: PokeMode;
  readonly unkicks: boolean;
  /** Uniswap pools, by the lower-case address of their collateral. */
  readonly venues: ReadonlyMap<string, readonly string[]>;
  readonly lens: string | undefined;
  readonly liquidator: string | undefined;
  readonly deployHelpers: boolean;
  readonly tag: "latest" | "pending" | undefined;
  readonly seed: string | undefined;
  readonly logLevel: LogLevel;
  readonly stopTimeout: number; // [ms]
}

const GWEI_DECIMALS = 9;

/** @throws UserError naming the option that is wrong. */
export function parseKeeperOptions(args: KeeperArguments): KeeperOptions {
  const count = (name: keyof KeeperArguments, option: string, min: number, max: number) =>
    parseCount(String(args[name]), min, max, option);
  const port = count("port", "--port", 0, 65_535);
  return {
    pool: addressOf(args.pool, "--pool"),
    rpc: args.rpc === "" ? undefined : urlOf(args.rpc),
    account: args.account,
    isOnce: args.once,
    interval: count("interval", "--interval", 50, 600_000),
    port: port === 0 ? undefined : port,
    host: args.host,
    state: args.state === "" ? undefined : args.state,
    minProfit: amountText(args.minProfit, 18, "--min-profit"),
    keptBps: share(args.keep, "--keep"),
    bidBps: share(args.bid, "--bid"),
    kickYieldBps: share(args.kickYield, "--kick-yield"),
    fees: feeLimits(args),
    ethPriceWad: args.ethPrice === "" ? undefined : positive(amount(args.ethPrice, 18, "--eth-price"), "--eth-price"),
    fromBlock: args.fromBlock === "" ? undefined : count("fromBlock", "--from-block", 0, Number.MAX_SAFE_INTEGER),
    logRange: count("logRange", "--log-range", 1, 1_000_000),
    depth: count("depth", "--depth", 1, 10_000),
    confirmations: count("confirmations", "--confirmations", 1, 1_000),
    stuckBlocks: count("stuckBlocks", "--stuck-blocks", 1, 10_000),
    maxPending: count("maxPending", "--max-pending", 1, 64),
    maxFailures: count("maxFailures", "--max-failures", 0, 1_000_000),
    poke: oneOf(args.poke, POKE_MODES, "--poke"),
    unkicks: !args.leaveHealed,
    venues: venuesOf(args.venues),
    lens: addressOf(args.lens, "--lens"),
    liquidator: addressOf(args.liquidator, "--liquidator"),
    deployHelpers: args.deployHelpers,
    tag: args.tag === "" ? undefined : oneOf(args.tag, ["latest", "pending"] as const, "--tag"),
    seed: args.seed === "" ? undefined : args.seed,
    logLevel: oneOf(args.logLevel, LOG_LEVELS, "--log-level"),
    stopTimeout: count("stopTimeout", "--stop-timeout", 0, 3_600) * 1_000,
  };
}

function feeLimits({ maxFee, leastTip }: KeeperArguments): FeeLimits {
  const limits = {
    maxFee: positive(amount(maxFee, GWEI_DECIMALS, "--max-fee"), "--max-fee"),
    leastTip: amount(leastTip, GWEI_DECIMALS, "--least-tip"),
  };
  if (limits.leastTip > limits.maxFee) throw new UserError("--least-tip is above --max-fee");
  return limits;
}

function amountText(text: string, decimals: number, option: string): string {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new UserError(`${option} must be a number, got "${text}"`);
  if ((text.split(".")[1] ?? "").length > decimals) throw new UserError(`${option} has more than ${decimals} decimals`);
  return text;
}

/** Not below zero. */
export function amount(text: string, decimals: number, option: string): bigint {
  return parseUnits(amountText(text, decimals, option), decimals);
}

function positive(value: bigint, option: string): bigint {
  if (value === 0n) throw new UserError(`${option} must be above zero`);
  return value;
}

/** From 0 to 1. [bps] */
function share(text: string, option: string): bigint {
  const bps = amount(text, 4, option);
  if (bps > 10_000n) throw new UserError(`${option} must be from 0 to 1, got ${text}`);
  return bps;
}

function addressOf(text: string, option: string): string | undefined {
  if (text === "") return undefined;
  if (!isAddress(text)) throw new UserError(`${option} is not an address: ${text}`);
  return getAddress(text);
}

/** Says nothing of the address itself: it may carry a key. */
function urlOf(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw new UserError("--rpc must be an http or https address");
  return text;
}

function oneOf<T extends string>(text: string, known: readonly T[], option: string): T {
  const found = known.find((value) => value === text);
  if (found === undefined) throw new UserError(`${option} must be one of ${known.join(", ")}, got "${text}"`);
  return found;
}

/** `COLLATERAL=POOL`, with commas; a collateral may have several. */
function venuesOf(text: string): ReadonlyMap<string, readonly string[]> {
  const venues = new Map<string, string[]>();
  for (const entry of text === "" ? [] : text.split(",")) {
    const [collateral, venue, ...rest] = entry.split("=").map((part) => part.trim());
    if (!isAddress(collateral) || !isAddress(venue) || rest.length > 0) {
      throw new UserError(`--venues must be COLLATERAL=POOL, with commas, got "${entry}"`);
    }
    venues.set(collateral.toLowerCase(), [...(venues.get(collateral.toLowerCase()) ?? []), venue]);
  }
  return venues;
}
