/** Lending at a scale, as a share of the reference. */
export interface Evaluation {
  readonly scale: number;
  readonly lending: number;
}

export interface Calibration extends Evaluation {
  /** Within the tolerance of what was wanted. */
  readonly isReached: boolean;
  readonly evaluations: readonly Evaluation[]; // in the order made
}

export interface CalibrationOptions {
  /** Largest distance from the target. */
  readonly tolerance: number;
  /** Most evaluations. */
  readonly most: number;
  /** Scales that are tried at all. */
  readonly range: readonly [number, number];
}

export const CALIBRATION: CalibrationOptions = { tolerance: 0.01, most: 10, range: [0.25, 4] };

/** First step, of the scale's logarithm, when one evaluation does not say how far to go. */
const STEP = 0.1;

/**
 * Finds the scale at which lending is `target`, for a lending that never falls as the scale rises. It may stand still,
 * because nobody borrows more than they wish: of all scales that lend enough the smallest is wanted, so that what ends the
 * search is a lending just below the target. If none is found the nearest one counts, and the smaller of equals.
 */
export async function calibrate(
  measure: (scale: number) => Promise<number>,
  target: number,
  { tolerance, most, range }: CalibrationOptions = CALIBRATION,
): Promise<Calibration> {
  const evaluations: Evaluation[] = [];
  let below: Evaluation | undefined;
  let above: Evaluation | undefined;
  let step = STEP;
  let scale = Math.min(range[1], Math.max(range[0], 1));
  while (evaluations.length < most) {
    const evaluation = { scale, lending: await measure(scale) };
    evaluations.push(evaluation);
    const { lending } = evaluation;
    if (lending < target && lending > target - tolerance) return { ...evaluation, isReached: true, evaluations };
    const before = lending < target ? below : above;
    if (lending < target) below = evaluation;
    else above = evaluation;

    if (below !== undefined && above !== undefined) {
      const top = above.lending;
      const isPlateau = evaluations.filter((each) => each.lending === top).length > 1;
      scale = between(below, above, target - tolerance / 2, evaluations.length % 2 === 1, isPlateau);
      continue;
    }
    // Still on one side: on, and twice as far each time.
    if (before !== undefined) step *= 2;
    const next = scale * Math.exp(lending < target ? step : -step);
    const bounded = Math.min(range[1], Math.max(range[0], next));
    if (bounded === scale) break;
    scale = bounded;
  }
  const best = nearest(evaluations, target);
  return { ...best, isReached: Math.abs(best.lending - target) <= tolerance, evaluations };
}

/**
 * By turns the middle and a guess: the chord, or, where the upper end is on a plateau and its lending says nothing of where
 * that begins, as if lending were in proportion to the scale.
 */
function between(below: Evaluation, above: Evaluation, aim: number, isMiddle: boolean, isPlateau: boolean): number {
  const width = above.scale - below.scale;
  if (isMiddle || above.lending === below.lending) return below.scale + width / 2;
  const guess = isPlateau
    ? below.scale * (aim / below.lending - 1)
    : (width * (aim - below.lending)) / (above.lending - below.lending);
  return below.scale + Math.min(0.9 * width, Math.max(0.1 * width, guess));
}

function nearest(evaluations: readonly Evaluation[], target: number): Evaluation {
  const distance = ({ lending }: Evaluation) => Math.abs(lending - target);
  return [...evaluations].sort((a, b) => distance(a) - distance(b) || a.scale - b.scale)[0];
}
