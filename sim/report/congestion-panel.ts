import type { CongestionResult } from "../metrics/congestion.ts";
import { axis, drawLines, extent, grid, panelTitle, type Frame, type Line } from "./chart-parts.ts";
import { formatNumber } from "./format.ts";
import { linearScale, niceTicks, type Scale } from "./scale.ts";

/** Room that the panel takes, title and all. */
export const CONGESTION_HEIGHT = 48 + 92;

/** What a place in a block cost through time. */
export function congestionPanel({ series, highestBaseFeeGwei }: CongestionResult, x: Scale, frame: Frame): string[] {
  const { baseFeeGwei } = series;
  const high = Math.max(1, extent(baseFeeGwei)[1]);
  const y = linearScale([0, high], [frame.bottom, frame.top + 4]);
  const last = formatNumber(baseFeeGwei[baseFeeGwei.length - 1] ?? 0);
  const line: Line = { name: "base fee", style: "water", values: baseFeeGwei, value: last };
  return [
    ...panelTitle(frame, `Base fee, gwei; highest ${formatNumber(highestBaseFeeGwei)}`),
    ...grid(niceTicks(0, high, 3).map((value) => ({ y: y(value), label: formatNumber(value) }))),
    ...axis(frame),
    ...drawLines([line], series.seconds, x, y, frame),
  ];
}
