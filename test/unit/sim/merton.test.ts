import { expect } from "chai";

import { createRng } from "../../../sim/rng.ts";
import { factorOf, oneFactor } from "../../../sim/scenarios/correlation.ts";
import {
  createMertonScenario,
  drawPaths,
  type JumpDiffusion,
  type MertonOptions,
} from "../../../sim/scenarios/merton.ts";
import { expectClose } from "../../shared/expect-close.ts";

const YEAR = 365 * 24 * 3600;
const DAY = 86_400;
const CALM: JumpDiffusion = { price: 100, drift: 0.1, volatility: 0.5, jumpMean: -0.1, jumpDeviation: 0.05 };

/** Returns of the logarithm over `blocks` days each, of many seeds. */
function returnsOf(process: JumpDiffusion, jumpsPerYear: number, count: number, blocks = 1): number[] {
  return Array.from({ length: count }, (_, seed) => {
    const terms = { factor: [[1]], jumpsPerYear, blocks, blockSeconds: DAY };
    const [path] = drawPaths([process], terms, createRng(`merton-${seed}`));
    return Math.log(path[blocks] / path[0]);
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]) => covariance(values, values);

function covariance(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  return mean(a.map((value, i) => (value - meanA) * (b[i] - meanB)));
}

describe("#drawPaths", () => {
  it("has the mean and the variance of Merton's jump diffusion", () => {
    const [jumps, days, count] = [100, 10, 4_000];
    const returns = returnsOf(CALM, jumps, count, days);
    const { drift, volatility, jumpMean, jumpDeviation } = CALM;
    const years = (days * DAY) / YEAR;
    const compensation = jumps * (Math.exp(jumpMean + jumpDeviation ** 2 / 2) - 1);
    const expected = (drift - volatility ** 2 / 2 - compensation + jumps * jumpMean) * years;
    const spread = (volatility ** 2 + jumps * (jumpMean ** 2 + jumpDeviation ** 2)) * years;
    expectClose(mean(returns), expected, 4 * Math.sqrt(spread / count));
    expectClose(variance(returns) / spread, 1, 0.12);
  });

  it("grows by its drift in the mean, however much it jumps: the jumps are compensated", () => {
    for (const jumps of [0, 50, 400]) {
      const growth = mean(returnsOf(CALM, jumps, 6_000, 5).map(Math.exp));
      expectClose(growth, Math.exp((CALM.drift * 5 * DAY) / YEAR), 0.01);
    }
  });

  it("jumps as often as it should: a path that only jumps stands still in the other blocks", () => {
    const still = { price: 1, drift: 0, volatility: 0, jumpMean: 0, jumpDeviation: 0.2 };
    const perDay = 0.3;
    const returns = returnsOf(still, perDay * 365, 4_000);
    const drift = -perDay * (Math.exp(0.02) - 1); // what is between jumps compensates them
    const jumped = returns.filter((value) => Math.abs(value - drift) > 1e-12).length / returns.length;
    expectClose(jumped, 1 - Math.exp(-perDay), 0.03);
  });

  it("is the same path for the same stream, and the same diffusion whatever the jumps", () => {
    const draw = (seed: string, jumpsPerYear: number, process = CALM) => {
      const terms = { factor: [[1]], jumpsPerYear, blocks: 50, blockSeconds: DAY };
      return drawPaths([process], terms, createRng(seed))[0];
    };
    expect(draw("a", 100)).to.deep.equal(draw("a", 100));
    expect(draw("a", 100)).to.not.deep.equal(draw("b", 100));
    const noSize = { ...CALM, jumpMean: 0, jumpDeviation: 0 };
    expect(draw("a", 100, noSize)).to.deep.equal(draw("a", 0, noSize));
  });

  it("correlates the diffusions of several assets as the matrix says, and lets them jump together", () => {
    const plain = { price: 1, drift: 0, volatility: 0.6, jumpMean: 0, jumpDeviation: 0 };
    const matrix = oneFactor([0.9, 0.8, -0.5]);
    const terms = { factor: factorOf(matrix), jumpsPerYear: 0, blocks: 20_000, blockSeconds: DAY };
    const paths = drawPaths([plain, plain, plain], terms, createRng("correlated"));
    const returns = paths.map((path) => path.slice(1).map((price, i) => Math.log(price / path[i])));
    for (const [i, a] of returns.entries()) {
      for (const [j, b] of returns.entries()) {
        expectClose(covariance(a, b) / Math.sqrt(variance(a) * variance(b)), matrix[i][j], 0.02);
      }
    }
    const jumper = { ...plain, volatility: 0, jumpMean: -0.3 };
    const both = drawPaths(
      [jumper, { ...jumper, jumpMean: -0.5 }],
      { ...terms, factor: factorOf(oneFactor([0, 0])), jumpsPerYear: 73, blocks: 500 },
      createRng("jumps"),
    );
    const fallsOf = (path: readonly number[]) => path.map((price, i) => i > 0 && price < path[i - 1] * 0.9);
    expect(fallsOf(both[0])).to.deep.equal(fallsOf(both[1]));
    expect(fallsOf(both[0]).filter(Boolean).length).to.be.within(60, 140);
  });
});

describe("#factorOf", () => {
  it("is the matrix's square root", () => {
    const matrix = [
      [1, 0.5, -0.3],
      [0.5, 1, 0.2],
      [-0.3, 0.2, 1],
    ];
    const factor = factorOf(matrix);
    for (const [i, row] of factor.entries()) {
      for (const [j, other] of factor.entries()) {
        expectClose(
          row.reduce((sum, value, k) => sum + value * other[k], 0),
          matrix[i][j],
          1e-12,
        );
      }
      expect(row.slice(i + 1).every((value) => value === 0)).to.equal(true);
    }
  });

  it("takes assets that are one and the same", () => {
    expect(
      factorOf([
        [1, 1],
        [1, 1],
      ]),
    ).to.deep.equal([
      [1, 0],
      [1, 0],
    ]);
  });

  it("refuses what is no correlation matrix, and says why", () => {
    for (const [matrix, why] of [
      [[[1, 0.5]], /is square/],
      [[[0.9]], /with itself is 1/],
      [
        [
          [1, 1.5],
          [1.5, 1],
        ],
        /from −1 to 1, not 1.5/,
      ],
      [
        [
          [1, Number.NaN],
          [Number.NaN, 1],
        ],
        /from −1 to 1/,
      ],
      [
        [
          [1, 0.5],
          [0.4, 1],
        ],
        /are mutual/,
      ],
      [
        [
          [1, 0.9, -0.9],
          [0.9, 1, 0.9],
          [-0.9, 0.9, 1],
        ],
        /not positive/,
      ],
    ] as const)
      expect(() => factorOf(matrix)).to.throw(why);
  });
});

describe("#createMertonScenario", () => {
  const options: MertonOptions = {
    ...{ name: "drawn", title: "t", description: "d", source: "", blockSeconds: 600, durationSeconds: DAY },
    asset: "WBTC",
    ...{ volatilityBefore: { fast: 0.04, slow: 0.04 }, jumpsPerYear: 300, process: { ...CALM, price: 60_000 } },
  };

  it("draws one price a block, and those of other assets from the same stream", () => {
    const processes = { WETH: { ...CALM, price: 2_000 } };
    const scenario = createMertonScenario({ ...options, others: { processes, correlation: oneFactor([1, 1]) } });
    const [path, ether] = [scenario.path(createRng("1")), scenario.others?.(createRng("1")).WETH ?? []];
    expect([path.length, ether.length]).to.deep.equal([145, 145]);
    expect([path[0], ether[0]]).to.deep.equal([60_000, 2_000]);
    expect(scenario.loan).to.equal("USDC");
    // Correlated wholly: between jumps, which have sizes of their own, both move by as much.
    const same = path.filter(
      (price, i) => i > 0 && Math.abs(price / path[i - 1] / (ether[i] / ether[i - 1]) - 1) < 1e-9,
    );
    expect(same.length).to.be.greaterThan(135);
  });

  it("refuses correlations of other assets than it has", () => {
    const others = { processes: { WETH: CALM }, correlation: [[1]] };
    expect(() => createMertonScenario({ ...options, others })).to.throw(/2 assets need as many rows/);
  });
});
