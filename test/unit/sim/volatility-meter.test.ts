import { expect } from "chai";

import { VolatilityMeter } from "../../../sim/agents/volatility-meter.ts";
import { createRng } from "../../../sim/rng.ts";
import { expectClose } from "../../shared/expect-close.ts";

const MEMORY = 3_600;

/** A meter that has seen a price move up and down by `move` every `step` seconds. */
function sway(move: number, step: number, seconds: number): VolatilityMeter {
  const meter = new VolatilityMeter();
  for (let i = 0; i * step <= seconds; ++i) meter.see(2_000 * Math.exp((i % 2) * move), i * step);
  return meter;
}

describe("VolatilityMeter", () => {
  it("knows of no volatility before it has seen two prices, nor where the price stands still", () => {
    const meter = new VolatilityMeter();
    expect(meter.perSecond).to.equal(0);
    meter.see(2_000, 0);
    expect(meter.perSecond).to.equal(0);
    for (let seconds = 12; seconds < 600; seconds += 12) meter.see(2_000, seconds);
    expect(meter.perSecond).to.equal(0);
  });

  it("ignores a second look at one moment, and a look back", () => {
    const meter = sway(0.01, 12, 1_200);
    const before = meter.perSecond;
    meter.see(1, 1_200);
    meter.see(1, 600);
    expect(meter.perSecond).to.equal(before);
  });

  it("comes to the deviation per second of steady moves, however far apart the samples are", () => {
    for (const step of [1, 12, 60]) expectClose(sway(0.01, step, 20 * MEMORY).perSecond, 0.01 / Math.sqrt(step), 1e-9);
  });

  it("has learnt 1 − 1/e of the variance after its memory, and forgets as fast", () => {
    const meter = sway(0.01, 12, MEMORY);
    const variance = 1e-4 / 12;
    expectClose(meter.perSecond ** 2 / variance, 1 - Math.exp(-1), 1e-9);
    const last = 2_000 * Math.exp((MEMORY / 12) % 2 === 0 ? 0 : 0.01);
    for (let seconds = MEMORY + 12; seconds <= 2 * MEMORY; seconds += 12) meter.see(last, seconds);
    expectClose(meter.perSecond ** 2 / variance, Math.exp(-1) * (1 - Math.exp(-1)), 1e-9);
  });

  it("estimates the volatility of a random walk", () => {
    const rng = createRng("walk");
    const meter = new VolatilityMeter();
    let price = 2_000;
    let sum = 0;
    const blocks = 30_000;
    for (let block = 0; block < blocks; ++block) {
      price *= Math.exp(0.001 * rng.normal());
      meter.see(price, block * 12);
      if (block > 1_000) sum += meter.perSecond ** 2;
    }
    expectClose(Math.sqrt(sum / (blocks - 1_000)) / (0.001 / Math.sqrt(12)), 1, 0.02);
  });
});
