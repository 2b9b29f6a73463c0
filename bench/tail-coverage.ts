import { drawResamples } from "../sim/jobs/statistics.ts";
import { estimateSorted, expectedShortfall, valueAtRisk } from "../sim/montecarlo/tail.ts";
import { createRng, type Rng } from "../sim/rng.ts";

/**
 * How often the intervals of value at risk and expected shortfall, said to be of 95 %, hold the true value:
 * `npm run bench:tails`. What is drawn has closed forms for both.
 */
const SAMPLES = 2_000;
/** Fewer than a Monte Carlo's 4,000: what is counted is noise of the samples, not of the bootstrap. */
const RESAMPLES = 400;
const TAILS = [5, 10, 20, 30, 40];

interface Law {
  readonly draw: (rng: Rng) => number;
  readonly risk: (confidence: number) => number;
  readonly shortfall: (confidence: number) => number;
}

const LAWS: Readonly<Record<string, Law>> = {
  exponential: {
    draw: (rng) => -Math.log(1 - rng.next()),
    risk: (confidence) => -Math.log(1 - confidence),
    shortfall: (confidence) => 1 - Math.log(1 - confidence),
  },
  // Tail index 4: variance, and a fourth moment just not.
  "Pareto 4": {
    draw: (rng) => (1 - rng.next()) ** -0.25,
    risk: (confidence) => (1 - confidence) ** -0.25,
    shortfall: (confidence) => (4 / 3) * (1 - confidence) ** -0.25,
  },
};

console.log("law           confidence   paths   beyond   VaR        ES");
for (const [name, { draw, risk, shortfall }] of Object.entries(LAWS)) {
  for (const confidence of [0.95, 0.99]) {
    for (const beyond of TAILS) {
      const paths = Math.round(beyond / (1 - confidence));
      const rng = createRng(`${name} ${confidence} ${beyond}`);
      const resamples = drawResamples(paths, rng.fork("resamples"), RESAMPLES);
      const held = [0, 0];
      const samples = confidence === 0.95 ? SAMPLES : SAMPLES / 4;
      for (let i = 0; i < samples; ++i) {
        const values = Array.from({ length: paths }, () => draw(rng));
        const found = estimateSorted(values, resamples, [
          (sorted) => valueAtRisk(sorted, confidence),
          (sorted) => expectedShortfall(sorted, confidence),
        ]);
        [risk(confidence), shortfall(confidence)].forEach((exact, k) => {
          if (found[k].low <= exact && exact <= found[k].high) held[k] += 1;
        });
      }
      const shares = held.map((count) => `${((100 * count) / samples).toFixed(1)} %`.padEnd(11));
      const cells = [name.padEnd(14), `${100 * confidence} %`.padEnd(13), String(paths).padEnd(8)];
      console.log([...cells, String(beyond).padEnd(9), ...shares].join("").trimEnd());
    }
  }
}
