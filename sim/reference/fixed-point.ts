/** Exact numbers of the reference: whole numbers times 10^40, far finer than anything that a contract keeps. */
export const ONE = 10n ** 40n;
export const WAD = 10n ** 18n;

/** Inner precision of {@link exp}: what its squarings lose is below the last digit that is handed out. */
const GUARD = 10n ** 20n;
const HALVINGS = 8n;

export function divUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}

export const minimum = (a: bigint, b: bigint) => (a < b ? a : b);
export const maximum = (a: bigint, b: bigint) => (a > b ? a : b);
/** `a − b`, or zero. */
export const less = (a: bigint, b: bigint) => (a > b ? a - b : 0n);

/** `e^x`: Taylor's series of `x ÷ 2^8`, squared eight times. */
export function exp(x: bigint): bigint {
  const unit = ONE * GUARD;
  const small = (x * GUARD) >> HALVINGS;
  let [term, sum] = [unit, unit];
  for (let n = 1n; term !== 0n && term !== -1n; ++n) {
    term = (term * small) / (unit * n);
    sum += term;
  }
  for (let i = 0n; i < HALVINGS; ++i) sum = (sum * sum) / unit;
  return sum / GUARD;
}

/** `ln x`: Halley's method, from floating point on. Each step triples the digits. */
export function ln(x: bigint): bigint {
  let y = BigInt(Math.round(Math.log(Number(x / (ONE / WAD)) / 1e18) * 1e15)) * 10n ** 25n;
  for (let i = 0; i < 3; ++i) {
    const power = exp(y);
    y += (2n * ONE * (x - power)) / (x + power);
  }
  return y;
}

/** To 18 decimals, upwards. */
export function toWadUp(x: bigint): bigint {
  return divUp(x, ONE / WAD);
}
