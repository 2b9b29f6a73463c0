import { keccak256, toUtf8Bytes } from "ethers";

/** A seeded stream of random numbers. Streams are forked by name, so that one agent's draws do not move another's. */
export interface Rng {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform in [from, to). */
  between(from: number, to: number): number;
  /** Whole number in [0, count). */
  integer(count: number): number;
  /** Standard normal. */
  normal(): number;
  /** Lognormal with the median given and `sigma` the deviation of its logarithm. */
  lognormal(median: number, sigma: number): number;
  /** An independent stream that depends on this one's seed and the name only, not on what was drawn. */
  fork(name: string): Rng;
}

/** A stream that is made when it is first drawn from: of most nobody ever does. */
export function lazyRng(make: () => Rng): Rng {
  let made: Rng | undefined;
  const rng = (): Rng => (made ??= make());
  return {
    next: () => rng().next(),
    between: (from, to) => rng().between(from, to),
    integer: (count) => rng().integer(count),
    normal: () => rng().normal(),
    lognormal: (median, sigma) => rng().lognormal(median, sigma),
    fork: (name) => lazyRng(() => rng().fork(name)),
  };
}

const MASK = (1n << 64n) - 1n;

/**
 * Creates a stream: xoshiro256** (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 2021),
 * its state the Keccak-256 hash of the seed.
 * @example const rng = createRng("7").fork("liquidator-2")
 */
export function createRng(seed: string): Rng {
  const hash = BigInt(keccak256(toUtf8Bytes(seed)));
  let s0 = hash & MASK;
  let s1 = (hash >> 64n) & MASK;
  let s2 = (hash >> 128n) & MASK;
  let s3 = (hash >> 192n) & MASK;

  const rotate = (x: bigint, by: bigint) => ((x << by) | (x >> (64n - by))) & MASK;
  const next64 = () => {
    const result = (rotate((s1 * 5n) & MASK, 7n) * 9n) & MASK;
    const t = (s1 << 17n) & MASK;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotate(s3, 45n);
    return result;
  };

  const next = () => Number(next64() >> 11n) / 2 ** 53;
  const normal = () => {
    // Box–Muller; 1 − u is in (0, 1], so that the logarithm exists.
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return radius * Math.cos(2 * Math.PI * next());
  };
  return {
    next,
    between: (from, to) => from + (to - from) * next(),
    integer: (count) => Math.floor(next() * count),
    normal,
    lognormal: (median, sigma) => median * Math.exp(sigma * normal()),
    fork: (name) => createRng(`${seed}/${name}`),
  };
}
