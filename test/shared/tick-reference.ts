const PRECISION = 512n;

/** 1.0001^tick · 2^512 by repeated squaring, for tick ≥ 0: exact to far more digits than any contract keeps. */
function powerX512(tick: bigint): bigint {
  let result = 1n << PRECISION;
  let base = (10_001n << PRECISION) / 10_000n;
  for (let rest = tick; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * base) >> PRECISION;
    base = (base * base) >> PRECISION;
  }
  return result;
}

/** `1.0001^tick · 10^36`, rounded down. */
export function tickPrice36(tick: bigint | number): bigint {
  const steps = BigInt(tick);
  const scale = 10n ** 36n;
  return steps >= 0n ? (scale * powerX512(steps)) >> PRECISION : (scale << PRECISION) / powerX512(-steps);
}
