/** A part of a scenario's time. [s since its start] */
export interface Interval {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** Market makers and liquidity providers flee, and come back at the end. */
export interface Drought extends Interval {
  /** Depth of the outside market, as a share of what it was: 0.25. */
  readonly exchangeShare: number;
  /** What stays of the on-chain pool's liquidity: its provider really withdraws the rest. */
  readonly venueShare: number;
  /** Resilience: the half-life of temporary impact grows by this; default: 1. */
  readonly halfLifeFactor?: number;
}

/** The price feed publishes nothing, or what it publishes is older than usual. Averages of the on-chain pool go on. */
export type FeedOutage = Interval &
  ({ readonly kind: "frozen" } | { readonly kind: "late"; readonly lagSeconds: number });

/** Lenders who leave whatever happens, as far as there is cash. */
export interface LenderRun {
  readonly atSeconds: number;
  /** From the first who wants to leave to the last; default: an hour. */
  readonly overSeconds?: number;
  /** Of everything lent, the largest lenders first. */
  readonly share: number;
}

/** One looper who owns much of all collateral. Everybody else gets smaller, so that the debt of all is as ever. */
export interface Whale {
  readonly collateralShare: number;
  /** Collateral ÷ equity; default: 3. */
  readonly leverage?: number;
  /** Health factor below which it sells; default: it does not watch. */
  readonly alarmHealth?: number;
}

/** A second pool on top of the first: its collateral is the first one's share token. */
export interface Stack {
  /** Debt in the second pool ÷ debt in the first. */
  readonly debtShare: number;
  /** How many owe it. */
  readonly loopers: number;
  /** Listed factors of the share token. */
  readonly borrowFactorBps: number;
  readonly liquidationFactorBps: number;
}

/** What happens beside the price. All of it is data: the engine does it. */
export interface Stress {
  readonly droughts?: readonly Drought[];
  readonly feedOutages?: readonly FeedOutage[];
  /** Blocks are full, whether `--congestion` is given or not: by the scenario's profile, or as its price moves. */
  readonly isCongested?: boolean;
  readonly lenderRun?: LenderRun;
  readonly whale?: Whale;
  readonly stack?: Stack;
}

/** The interval that a time lies in. */
export function intervalAt<T extends Interval>(intervals: readonly T[] | undefined, seconds: number): T | undefined {
  return intervals?.find(({ fromSeconds, toSeconds }) => seconds >= fromSeconds && seconds < toSeconds);
}

/** Below this a pool is as good as gone, and whoever tries to trade in it learns nothing. */
const LEAST_DEPTH = 0.01;
const LONGEST = 365 * 86_400; // [s]
const FACTORS = { from: 1, to: 9_800 }; // [bps]

/**
 * What is wrong with a scenario's stress, in words; undefined: nothing.
 * @param stress As a file has it: of any shape.
 */
export function faultOf(stress: unknown, durationSeconds: number): string | undefined {
  try {
    checkStress(new Reader("stress", stress), durationSeconds);
    return undefined;
  } catch (error) {
    if (error instanceof StressFault) return error.message;
    throw error;
  }
}

function checkStress(stress: Reader, duration: number): void {
  stress.only("droughts", "feedOutages", "isCongested", "lenderRun", "whale", "stack");
  stress.list("droughts", (drought) => {
    drought.only("fromSeconds", "toSeconds", "exchangeShare", "venueShare", "halfLifeFactor");
    drought.interval(duration);
    drought.number("exchangeShare", LEAST_DEPTH, 1);
    drought.number("venueShare", LEAST_DEPTH, 1);
    drought.optional("halfLifeFactor", 1, 1_000);
  });
  stress.list("feedOutages", (outage) => {
    outage.interval(duration);
    const kind = outage.get("kind");
    if (kind !== "frozen" && kind !== "late") throw outage.fault("kind", 'must be "frozen" or "late"');
    outage.only("fromSeconds", "toSeconds", "kind", ...(kind === "late" ? ["lagSeconds"] : []));
    if (kind === "late") outage.number("lagSeconds", 1, LONGEST);
  });
  const isCongested = stress.get("isCongested");
  if (isCongested !== undefined && typeof isCongested !== "boolean") {
    throw stress.fault("isCongested", "must be true or false");
  }
  stress.record("lenderRun", (run) => {
    run.only("atSeconds", "overSeconds", "share");
    run.number("atSeconds", 0, duration);
    run.optional("overSeconds", 0, LONGEST);
    run.number("share", 0, 1);
  });
  stress.record("whale", (whale) => {
    whale.only("collateralShare", "leverage", "alarmHealth");
    whale.number("collateralShare", 0.01, 0.9);
    whale.optional("leverage", 1.1, 20);
    whale.optional("alarmHealth", 0, 2);
  });
  stress.record("stack", (stack) => {
    stack.only("debtShare", "loopers", "borrowFactorBps", "liquidationFactorBps");
    stack.number("debtShare", 0.001, 1);
    stack.number("loopers", 1, 200);
    stack.number("borrowFactorBps", FACTORS.from, FACTORS.to);
    stack.number("liquidationFactorBps", FACTORS.from, FACTORS.to);
    if (Number(stack.get("borrowFactorBps")) >= Number(stack.get("liquidationFactorBps"))) {
      throw stack.fault("borrowFactorBps", "must be below liquidationFactorBps");
    }
  });
}

class StressFault extends Error {}

/** Reads an object of unknown shape, and says where it is wrong. */
class Reader {
  readonly #path: string;
  readonly #value: Readonly<Record<string, unknown>>;

  constructor(path: string, value: unknown) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new StressFault(`${path} must be an object`);
    }
    this.#path = path;
    this.#value = value as Readonly<Record<string, unknown>>;
  }

  get(name: string): unknown {
    return this.#value[name];
  }

  fault(name: string, what: string): StressFault {
    return new StressFault(`${this.#path}.${name} ${what}, got ${JSON.stringify(this.#value[name])}`);
  }

  only(...names: readonly string[]): void {
    const unknown = Object.keys(this.#value).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new StressFault(`${this.#path}.${unknown} is not known: there are ${names.join(", ")}`);
    }
  }

  number(name: string, from: number, to: number): void {
    const value = this.#value[name];
    if (typeof value === "number" && value >= from && value <= to) return;
    throw this.fault(name, `must be a number from ${from} to ${to}`);
  }

  optional(name: string, from: number, to: number): void {
    if (this.#value[name] !== undefined) this.number(name, from, to);
  }

  interval(duration: number): void {
    this.number("fromSeconds", 0, duration);
    this.number("toSeconds", 0, duration);
    if (Number(this.#value.fromSeconds) >= Number(this.#value.toSeconds)) {
      throw this.fault("toSeconds", "must be after fromSeconds");
    }
  }

  record(name: string, check: (reader: Reader) => void): void {
    const value = this.#value[name];
    if (value !== undefined) check(new Reader(`${this.#path}.${name}`, value));
  }

  list(name: string, check: (reader: Reader) => void): void {
    const value = this.#value[name];
    if (value === undefined) return;
    if (!Array.isArray(value)) throw this.fault(name, "must be a list");
    const items: unknown[] = value;
    const readers = items.map((item, i) => new Reader(`${this.#path}.${name}[${i}]`, item));
    for (const reader of readers) check(reader);
    const spans = readers.map((reader) => ({
      from: Number(reader.get("fromSeconds")),
      to: Number(reader.get("toSeconds")),
    }));
    spans.sort((a, b) => a.from - b.from);
    if (spans.some(({ from }, i) => i > 0 && from < spans[i - 1].to)) {
      throw new StressFault(`${this.#path}.${name} must not overlap`);
    }
  }
}
