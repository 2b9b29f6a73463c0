import { DAY, meanReturn } from "../../../sim/metrics/volatility.ts";
import { createRng, type Rng } from "../../../sim/rng.ts";
import { expectClose } from "../../shared/expect-close.ts";

const STEP = 12; // [s]
const STEPS = 600_000;
/** Variance per day of the path, in ticks². */
const TICKS_PER_ROOT_DAY = 50_000;
const INTERVAL = 50; // [steps]

/** What somebody who may end the interval knows: the sums of ticks of this interval and the last, and the tick now. */
interface Known {
  readonly sum: number;
  readonly steps: number;
  readonly previousSum: number;
  readonly previousSteps: number;
  readonly tick: number;
}

type Ends = (known: Known, rng: Rng) => boolean;

/** Mean variance that interval means show, over the true one, when `ends` decides where they end, up to `longest`. */
function measured(seed: string, longest: number, ends: Ends): number {
  const rng = createRng(seed);
  const [moves, choices] = [rng.fork("moves"), rng.fork("choices")];
  const perStep = TICKS_PER_ROOT_DAY * Math.sqrt(STEP / DAY);
  let known: Known = { sum: 0, steps: 0, previousSum: 0, previousSteps: 0, tick: 0 };
  let [total, weight] = [0, 0];
  for (let step = 0; step < STEPS; ++step) {
    const tick = known.tick + Math.round(perStep * moves.normal());
    known = { ...known, sum: known.sum + known.tick, steps: known.steps + 1, tick };
    const { sum, steps, previousSum, previousSteps } = known;
    if (steps < INTERVAL || (steps < longest && !ends(known, choices))) continue;
    if (previousSteps > 0) {
      const change = meanReturn(BigInt(sum), steps, BigInt(previousSum), previousSteps);
      const days = ((steps + previousSteps) * STEP) / 3 / DAY;
      total += steps * (change ** 2 / days);
      weight += steps;
    }
    known = { ...known, sum: 0, steps: 0, previousSum: sum, previousSteps: steps };
  }
  return total / weight / (TICKS_PER_ROOT_DAY * Math.log1p(1e-4)) ** 2;
}

/** Return from the last mean to this interval's so far, and from that to the tick now. [ticks] */
function deviations({ sum, steps, previousSum, previousSteps, tick }: Known): [number, number] {
  const mean = sum / steps;
  return [mean - (previousSteps === 0 ? mean : previousSum / previousSteps), tick - mean];
}

/** Twice the true variance of the return that so long a pair of intervals has. [ticks²] */
function large({ steps, previousSteps }: Known): number {
  return 2 * TICKS_PER_ROOT_DAY ** 2 * (((steps + previousSteps) * STEP) / 3 / DAY);
}

describe("variance of interval means, times 3 over both lengths", () => {
  it("is true for regular intervals, up to the discreteness of the path", () => {
    expectClose(
      measured("regular", INTERVAL, () => true),
      1,
      0.03,
    );
  });

  it("is true for irregular intervals that do not depend on the path", () => {
    expectClose(
      measured("irregular", 20 * INTERVAL, (_, rng) => rng.next() < 0.01),
      1,
      0.06,
    );
  });

  // Why the contract's intervals end on a grid of the clock: a free choice of the end would be worth this much.
  it("is a fifth too high if somebody ends intervals whenever the price has turned back", () => {
    const turned: Ends = (known) => {
      const [change, rest] = deviations(known);
      return change * rest < 0;
    };
    expectClose(measured("high", 2 * INTERVAL, turned), 1.2, 0.05);
  });

  it("is a fifth too low if somebody ends intervals whenever the return is large already", () => {
    const isLarge: Ends = (known) => deviations(known)[0] ** 2 > large(known);
    expectClose(measured("low", 2 * INTERVAL, isLarge), 0.8, 0.05);
  });
});
