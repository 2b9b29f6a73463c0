/** How good a size is; undefined: it is refused. */
export type Evaluate = (size: bigint) => Promise<bigint | undefined>;

export interface BestSize {
  readonly size: bigint;
  readonly value: bigint;
}

export interface SizeSearchOptions {
  /** Sizes to look at, all in all; 12 find the best of a smooth curve to about 1 %. */
  readonly evaluations?: number;
  /** Sizes that are nearer to each other than this part of the largest are one. */
  readonly resolution?: bigint;
}

/** 1 ÷ φ in parts of a million. */
const GOLDEN = 618_034n;
const MILLION = 1_000_000n;

/**
 * Finds the size between 1 and `largest` that is worth most, of values that rise and then fall: selling more earns more
 * until the market pays too little for it. By golden-section search, where each step asks for one new size; the largest is
 * always looked at. Sizes that are refused, such as those that leave dust behind, count as worth least.
 * @returns The best size looked at; undefined if all were refused.
 * @example await bestSize(quoted, (size) => profitOf(size))
 */
export async function bestSize(
  largest: bigint,
  evaluate: Evaluate,
  { evaluations = 12, resolution = 200n }: SizeSearchOptions = {},
): Promise<BestSize | undefined> {
  if (largest <= 0n) return undefined;
  let best: BestSize | undefined;
  let left = evaluations;
  const look = async (size: bigint): Promise<bigint | undefined> => {
    --left;
    const value = await evaluate(size);
    if (value !== undefined && (best === undefined || value > best.value)) best = { size, value };
    return value;
  };

  await look(largest);
  let [low, high] = [0n, largest];
  const least = largest / resolution;
  let inner = high - part(high - low);
  let outer = low + part(high - low);
  let [innerValue, outerValue] = [left > 0 ? await look(inner) : undefined, left > 0 ? await look(outer) : undefined];
  while (left > 0 && high - low > least && inner < outer) {
    if (isBetter(innerValue, outerValue)) {
      [high, outer, outerValue] = [outer, inner, innerValue];
      inner = high - part(high - low);
      innerValue = await look(inner);
    } else {
      [low, inner, innerValue] = [inner, outer, outerValue];
      outer = low + part(high - low);
      outerValue = await look(outer);
    }
  }
  return best;
}

const part = (width: bigint): bigint => (width * GOLDEN) / MILLION;

/** Where both are refused, larger ones are looked at: small sales are refused as dust. */
function isBetter(a: bigint | undefined, b: bigint | undefined): boolean {
  return a !== undefined && (b === undefined || a > b);
}
