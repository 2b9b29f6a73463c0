import type { Rng } from "../rng.ts";
import { ASSETS } from "./assets.ts";
import { factorOf } from "./correlation.ts";
import type { AssetSymbol, PricePath, Scenario } from "./scenario.ts";

const SECONDS_PER_YEAR = 365 * 24 * 3600;

/** A price that diffuses and jumps. */
export interface JumpDiffusion {
  readonly price: number; // to begin with [loan asset]
  /** Expected growth of the price in a year, jumps included: ln(E[Pₜ]/P₀)/t. */
  readonly drift: number;
  /** Deviation of the logarithm in a year, jumps apart. */
  readonly volatility: number;
  /** Size of a jump of the logarithm, normal: mean and deviation. */
  readonly jumpMean: number;
  readonly jumpDeviation: number;
}

export interface MertonOptions extends Omit<Scenario, "path" | "others" | "loan"> {
  /** Expected number of jumps in a year. They come to all assets at once. */
  readonly jumpsPerYear: number;
  /** Of the collateral. */
  readonly process: JumpDiffusion;
  /** Other assets of the same history, and what their diffusions have in common. */
  readonly others?: {
    readonly processes: Readonly<Partial<Record<AssetSymbol, JumpDiffusion>>>;
    /** Of the returns between two jumps: the collateral first, then the others in their order. */
    readonly correlation: readonly (readonly number[])[];
  };
}

/**
 * A jump diffusion (Merton, "Option pricing when underlying stock returns are discontinuous", J. Financial Economics 3, 1976),
 * drawn exactly in each block: `d ln P = (μ − σ²/2 − λk) dt + σ dW + J dN`, with J normal, N a Poisson process of intensity λ, and
 * `k = E[e^J] − 1`. Every seed is another history. Several assets share the jumps' times, and their diffusions are correlated by
 * the Cholesky factor of the matrix.
 */
export function createMertonScenario(options: MertonOptions): Scenario {
  const { process, others, jumpsPerYear, ...rest } = options;
  const { asset, blockSeconds, durationSeconds } = rest;
  const processes = [process, ...Object.values(others?.processes ?? {})];
  const factor = factorOf(others?.correlation ?? [[1]]);
  if (factor.length !== processes.length) {
    throw new Error(`${processes.length} assets need as many rows of correlations, got ${factor.length}`);
  }
  const blocks = Math.round(durationSeconds / blockSeconds);
  const draw = (rng: Rng) => drawPaths(processes, { factor, jumpsPerYear, blocks, blockSeconds }, rng);
  const names = Object.keys(others?.processes ?? {});
  return {
    ...rest,
    loan: ASSETS[asset].loan,
    path: (rng) => draw(rng)[0],
    ...(names.length === 0
      ? {}
      : {
          others: (rng: Rng) => {
            const [, ...drawn] = draw(rng);
            return Object.fromEntries(names.map((name, i) => [name, drawn[i]]));
          },
        }),
  };
}

interface Terms {
  readonly factor: readonly (readonly number[])[];
  readonly jumpsPerYear: number;
  readonly blocks: number;
  readonly blockSeconds: number;
}

/** One path for each process. Diffusion and jumps have streams of their own: the same luck with other parameters. */
export function drawPaths(processes: readonly JumpDiffusion[], terms: Terms, rng: Rng): PricePath[] {
  const { factor, jumpsPerYear, blocks, blockSeconds } = terms;
  const years = blockSeconds / SECONDS_PER_YEAR;
  const [diffusion, jumps, sizes] = ["diffusion", "jumps", "sizes"].map((name) => rng.fork(name));
  const logarithms = processes.map(({ price }) => Math.log(price));
  const paths = processes.map(({ price }) => [price]);
  for (let block = 0; block < blocks; ++block) {
    const normals = processes.map(() => diffusion.normal());
    const count = poisson(jumpsPerYear * years, jumps);
    for (const [i, process] of processes.entries()) {
      const { drift, volatility, jumpMean, jumpDeviation } = process;
      const compensation = jumpsPerYear * Math.expm1(jumpMean + jumpDeviation ** 2 / 2);
      const shock = factor[i].reduce((sum, weight, j) => sum + weight * normals[j], 0);
      logarithms[i] += (drift - volatility ** 2 / 2 - compensation) * years + volatility * Math.sqrt(years) * shock;
      for (let jump = 0; jump < count; ++jump) logarithms[i] += jumpMean + jumpDeviation * sizes.normal();
      paths[i].push(Math.exp(logarithms[i]));
    }
  }
  return paths;
}

/** By inversion (Devroye, "Non-Uniform Random Variate Generation", 1986, X.3.3): one draw, for small means. */
function poisson(mean: number, rng: Rng): number {
  let [count, left, chance] = [0, rng.next(), Math.exp(-mean)];
  while (left >= chance && chance > 0) {
    left -= chance;
    count += 1;
    chance *= mean / count;
  }
  return count;
}
