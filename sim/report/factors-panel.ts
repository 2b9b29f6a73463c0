import type { RunSeries } from "../metrics/run-result.ts";
import { CAUTION, RECOVERY, RESTRICTED } from "../protocols/protocol.ts";
import { axis, drawLines, grid, LEFT, panelTitle, type Frame, type Line } from "./chart-parts.ts";
import { formatNumber } from "./format.ts";
import { linearScale, niceTicks, type Scale } from "./scale.ts";
import { element, text } from "./svg.ts";

/** Room that the panel takes, title and all. */
export const FACTORS_HEIGHT = 188;
/** Of the two strips below the curves: the collateral's breaker and the pool's. */
const STRIP_HEIGHT = 10;
const STRIPS = 2 * STRIP_HEIGHT + 6;

/** Collateral factors through time, and below them where the circuit breaker stood: of the collateral, of the pool. */
export function factorsPanel(series: RunSeries, x: Scale, { top, bottom }: Frame): string[] {
  const curves: Frame = { top, bottom: bottom - STRIPS };
  const percent = (values: readonly number[]) => values.map((value) => 100 * value);
  const last = (values: readonly number[]) => `${formatNumber(100 * (values[values.length - 1] ?? 0))} %`;
  const { liquidationFactor, borrowFactor } = series;
  const lines: Line[] = [
    { name: "liquidation", style: "exogenous", values: percent(liquidationFactor), value: last(liquidationFactor) },
    { name: "borrow", style: "market", values: percent(borrowFactor), value: last(borrowFactor) },
  ];
  const y = linearScale([0, 100], [curves.bottom, curves.top + 4]);
  return [
    ...panelTitle({ top, bottom }, "Factors, %; breaker of the collateral and of the pool"),
    ...grid(niceTicks(0, 100, 3).map((value) => ({ y: y(value), label: formatNumber(value) }))),
    ...axis(curves),
    ...drawLines(lines, series.seconds, x, y, curves),
    ...strip(series.breakerLevel, series.seconds, x, bottom - 2 * STRIP_HEIGHT - 2, "asset"),
    ...strip(series.poolBreakerLevel, series.seconds, x, bottom - STRIP_HEIGHT, "pool"),
    ...axis({ top, bottom }),
  ];
}

/** One rectangle for each time that the breaker stood at a level other than normal. */
function strip(levels: readonly number[], seconds: readonly number[], x: Scale, top: number, name: string): string[] {
  const parts: string[] = [text(LEFT - 8, top + 9, name, "small muted w", "end")];
  for (let from = 0; from < levels.length;) {
    let to = from;
    while (to < levels.length && levels[to] === levels[from]) ++to;
    const style = styleOf(levels[from]);
    if (style !== undefined) {
      const left = x(seconds[Math.max(0, from - 1)]);
      const width = Math.max(1, x(seconds[to - 1]) - left);
      const box = { x: left.toFixed(1), y: top, width: width.toFixed(1), height: STRIP_HEIGHT, class: style };
      parts.push(element("rect", box));
    }
    from = to;
  }
  return parts;
}

function styleOf(level: number): string | undefined {
  if (level === RESTRICTED) return "f-bad";
  if (level === CAUTION) return "f-oracle";
  return level === RECOVERY ? "f-water" : undefined;
}
