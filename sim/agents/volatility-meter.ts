/** Memory of the estimate: about what a desk looks back on in a crash. [s] */
const MEMORY_SECONDS = 3_600;

/**
 * Volatility of a price as an agent sees it: an exponentially weighted mean of squared log returns (RiskMetrics Technical
 * Document, J.P. Morgan 1996, §5.2), for samples at any distance.
 */
export class VolatilityMeter {
  #variancePerSecond = 0;
  #last: { readonly price: number; readonly seconds: number } | undefined;

  see(price: number, seconds: number): void {
    const last = this.#last;
    if (last !== undefined && seconds <= last.seconds) return;
    this.#last = { price, seconds };
    if (last === undefined) return;
    const elapsed = seconds - last.seconds;
    const keep = Math.exp(-elapsed / MEMORY_SECONDS);
    this.#variancePerSecond =
      keep * this.#variancePerSecond + ((1 - keep) * Math.log(price / last.price) ** 2) / elapsed;
  }

  /** Standard deviation of the logarithm over one second; over t seconds it is √t times that. */
  get perSecond(): number {
    return Math.sqrt(this.#variancePerSecond);
  }
}
