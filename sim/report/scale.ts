/** Maps a value to a coordinate. */
export type Scale = (value: number) => number;

export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [from, to] = domain;
  const slope = to === from ? 0 : (range[1] - range[0]) / (to - from);
  return (value) => range[0] + (value - from) * slope;
}

/** Round values within [low, high]: at most `most`, in steps of 1, 2 or 5 times a power of ten, and of at least `least`. */
export function niceTicks(low: number, high: number, most: number, least = 0): number[] {
  if (!(high > low)) return [low];
  const magnitude = 10 ** Math.floor(Math.log10((high - low) / most));
  const step = [1, 2, 5, 10, 20, 50]
    .map((factor) => factor * magnitude)
    .find((size) => {
      return size >= least && Math.floor(high / size) - Math.ceil(low / size) + 1 <= most;
    });
  return step === undefined ? [low] : multiples(low, high, step);
}

/** Ticks of a time axis, in the unit that suits its length. */
export function timeTicks(seconds: number): {
  readonly unit: string;
  readonly ticks: readonly { at: number; text: string }[];
} {
  const [unit, length, steps] =
    seconds <= 3 * 3600
      ? (["minutes", 60, [1, 2, 5, 10, 15, 20, 30]] as const)
      : seconds <= 4 * 86_400
        ? (["hours", 3600, [1, 2, 3, 4, 6, 12, 24]] as const)
        : (["days", 86_400, [1, 2, 4, 7, 14, 28, 61, 122]] as const);
  const span = seconds / length;
  const step = steps.find((size) => span / size <= 8) ?? steps[steps.length - 1];
  return { unit, ticks: multiples(0, span, step).map((value) => ({ at: value * length, text: String(value) })) };
}

/**
 * Thins a line to what a drawing shows: of each column of pixels the first and last point, the lowest and the highest.
 * @returns Indices of the points to keep, ascending.
 */
export function visiblePoints(x: readonly number[], y: readonly number[], columns: number): number[] {
  if (x.length <= 4 * columns) return [...x.keys()];
  const span = x[x.length - 1] - x[0];
  const keep: number[] = [];
  for (let start = 0; start < x.length;) {
    const column = Math.floor((columns * (x[start] - x[0])) / span);
    let end = start;
    let [lowest, highest] = [start, start];
    while (end + 1 < x.length && Math.floor((columns * (x[end + 1] - x[0])) / span) === column) {
      ++end;
      if (y[end] < y[lowest]) lowest = end;
      if (y[end] > y[highest]) highest = end;
    }
    keep.push(...[...new Set([start, lowest, highest, end])].sort((a, b) => a - b));
    start = end + 1;
  }
  return keep;
}

/**
 * Moves labels apart so that they keep `spacing`, each as near to where it belongs as the others let it.
 * @returns Positions in the order given, within [top, bottom] if there is room.
 */
export function spreadLabels(wanted: readonly number[], spacing: number, top: number, bottom: number): number[] {
  const order = [...wanted.keys()].sort((a, b) => wanted[a] - wanted[b] || a - b);
  const placed = [...wanted];
  let least = top;
  for (const index of order) {
    placed[index] = Math.max(wanted[index], least);
    least = placed[index] + spacing;
  }
  let most = bottom;
  for (const index of order.reverse()) {
    placed[index] = Math.min(placed[index], most);
    most = placed[index] - spacing;
  }
  return placed;
}

function multiples(low: number, high: number, step: number): number[] {
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index <= high / step + 1e-9; ++index) {
    ticks.push(Number((index * step).toPrecision(12))); // 3 · 0.1 is not 0.3
  }
  return ticks;
}
