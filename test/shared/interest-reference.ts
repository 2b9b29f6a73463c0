import { formatEther } from "ethers";

import { RATES } from "./pool-fixtures.ts";
import { kinkedReference } from "./rate-reference.ts";

const ONE = 10n ** 40n;
/** Growth exponent of one interval at most; see `InterestMath.MAX_EXPONENT_WAD`. */
const MAX_EXPONENT = 2n * ONE;

const PER_YEAR = {
  basePerYear: Number(formatEther(RATES.basePerYearWad)),
  slopeToKinkPerYear: Number(formatEther(RATES.slopeToKinkPerYearWad)),
  slopeAboveKinkPerYear: Number(formatEther(RATES.slopeAboveKinkPerYearWad)),
  kink: Number(formatEther(RATES.kinkWad)),
  critical: Number(formatEther(RATES.criticalUtilisationWad)),
  surchargeFloorPerYear: Number(formatEther(RATES.surchargeFloorPerYearWad)),
  surchargeCapPerYear: Number(formatEther(RATES.surchargeCapPerYearWad)),
  doublingSeconds: Number(RATES.doublingSeconds),
};

/** e^x − 1 with x and result in units of 1e-40, by the power series. */
function expm1(x: bigint): bigint {
  let [term, sum] = [x, 0n];
  for (let n = 2n; term !== 0n; n++) {
    sum += term;
    term = (term * x) / (n * ONE);
  }
  return sum;
}

/** A pool's books as the documents describe them. Rates are floats, good to about 1e-15; amounts are whole. */
export class InterestReference {
  debt: bigint;
  cash: bigint;
  reserves: bigint;
  reserveFactorBps: bigint;
  /** Stored by the rate model. [per second] */
  #surcharge = 0;

  constructor(books: { debt: bigint; cash: bigint; reserves: bigint }, reserveFactorBps: bigint) {
    this.debt = books.debt;
    this.cash = books.cash;
    this.reserves = books.reserves;
    this.reserveFactorBps = reserveFactorBps;
  }

  /** Debt ÷ what is lenders', between 0 and 1. */
  get utilisation(): number {
    const lent = this.cash + this.debt - this.reserves;
    if (this.debt === 0n) return 0;
    return this.debt >= lent ? 1 : Number((this.debt * ONE) / lent) / Number(ONE);
  }

  /** Rate if the pool were touched now. [per second] */
  get rate(): number {
    return kinkedReference(PER_YEAR, this.utilisation, 0, this.#surcharge).mean;
  }

  /** Lets time pass and touches the pool. @returns Interest, rounded up. [loan base units] */
  touch(seconds: number): bigint {
    const path = kinkedReference(PER_YEAR, this.utilisation, seconds, this.#surcharge);
    this.#surcharge = path.end;
    const exact = BigInt(Math.round(path.mean * 2 ** 100)) * BigInt(seconds) * ONE;
    const exponent = exact / 2n ** 100n;
    const growth = expm1(exponent < MAX_EXPONENT ? exponent : MAX_EXPONENT);
    const interest = (this.debt * growth + ONE - 1n) / ONE;
    this.debt += interest;
    this.reserves += (interest * this.reserveFactorBps) / 10_000n;
    return interest;
  }

  /** What the truncation of rates to 1e-18 a second may cost in this many seconds, and two units. [loan base units] */
  tolerance(seconds: number): bigint {
    return (8n * this.debt * BigInt(seconds)) / 10n ** 18n + 2n;
  }
}
