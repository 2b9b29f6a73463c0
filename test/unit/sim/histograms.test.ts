import { expect } from "chai";

import { OpenSpace } from "../../../sim/engine/block-space.ts";
import type { Step } from "../../../sim/engine/stepper.ts";
import { HEALTH_EDGES, HistogramRecorder, LEVERAGE_EDGES } from "../../../sim/metrics/histograms.ts";
import { addressOf } from "../../../sim/population.ts";
import { handMadeView, openBench, type Bench, type Scene } from "../../shared/hand-made-view.ts";

const [ANN, BOB, CAROL] = ["ann", "bob", "carol"].map(addressOf);

let bench: Bench;

/** A block after which the market is at `after`. The liquidation factor is 0.825. */
function stepOf(block: number, positions: Scene["positions"], after = 2_000): Step {
  const view = { ...handMadeView({ protocol: bench.protocol, seconds: 12 * block, positions }), block };
  const { state, positions: known } = view;
  return { view, outcomes: [], filling: new OpenSpace(0n).fill([]), state, positions: known, marketPrice: after };
}

function record(steps: readonly Step[], blocks: number, samples?: number) {
  const recorder = new HistogramRecorder(blocks, samples);
  for (const step of steps) recorder.record(step);
  return recorder.result;
}

/** The bins that are not empty, by their lower edge. */
function filled(edges: readonly number[], column: readonly number[]): [number, number][] {
  return column.flatMap((count, bin): [number, number][] => (count === 0 ? [] : [[edges[bin], count]]));
}

describe("HistogramRecorder", () => {
  before(async () => {
    bench = await openBench();
  });

  it("counts accounts and debt by leverage and health, at the market's price after the block", () => {
    const positions = { [ANN]: { collateral: 2, debt: 2_000 }, [BOB]: { collateral: 1, debt: 1_000 } };
    const { leverage, health, seconds } = record([stepOf(1, positions)], 1);
    expect(seconds).to.deep.equal([12]);
    // 4,000 ÷ (4,000 − 2,000) = 2; 0.825 · 4,000 ÷ 2,000 = 1.65
    expect(filled(LEVERAGE_EDGES, leverage.accounts[0])).to.deep.equal([[2, 2]]);
    expect(filled(LEVERAGE_EDGES, leverage.debt[0])).to.deep.equal([[2, 3_000]]);
    expect(filled(HEALTH_EDGES, health.accounts[0])).to.deep.equal([[1.6, 2]]);
    const fallen = record([stepOf(1, positions, 1_250)], 1);
    // 2,500 ÷ 500 = 5; 0.825 · 2,500 ÷ 2,000 = 1.03
    expect(filled(LEVERAGE_EDGES, fallen.leverage.accounts[0])).to.deep.equal([[5, 2]]);
    expect(filled(HEALTH_EDGES, fallen.health.debt[0])).to.deep.equal([[1, 3_000]]);
  });

  it("puts who has no equity left into the last bin of leverage, and forgets who owes nothing", () => {
    const positions = {
      ...{ [ANN]: { collateral: 1, debt: 2_000 }, [BOB]: { collateral: 1, debt: 2_500 } },
      [CAROL]: { collateral: 5, debt: 0 },
    };
    const { leverage, health } = record([stepOf(1, positions)], 1);
    expect(filled(LEVERAGE_EDGES, leverage.accounts[0])).to.deep.equal([[20, 2]]);
    expect(filled(HEALTH_EDGES, health.accounts[0])).to.deep.equal([
      [0.5, 1],
      [0.8, 1],
    ]);
  });

  it("has as many columns as were asked for at most twice, with the first block and the last", () => {
    const blocks = 59;
    const steps = Array.from({ length: blocks }, (_, i) => stepOf(i + 1, {}));
    const { seconds, leverage, health } = record(steps, blocks, 10);
    expect(seconds[0]).to.equal(12);
    expect(seconds[seconds.length - 1]).to.equal(12 * blocks);
    expect(seconds.length).to.be.within(10, 20);
    for (const { accounts, debt } of [leverage, health]) {
      expect([accounts.length, debt.length]).to.deep.equal([seconds.length, seconds.length]);
    }
  });

  it("knows a health of one from a little less", () => {
    expect(HEALTH_EDGES).to.include(1);
    const { health } = record([stepOf(1, { [ANN]: { collateral: 1, debt: 1_650.01 } })], 1);
    expect(filled(HEALTH_EDGES, health.accounts[0])).to.deep.equal([[0.95, 1]]);
  });
});
