import type { AuctionResult } from "../metrics/auction-result.ts";
import {
  axis,
  COLUMNS,
  drawLines,
  endLabels,
  extent,
  grid,
  panelTitle,
  RIGHT,
  LEFT,
  type Frame,
  type Line,
} from "./chart-parts.ts";
import { formatCompact, formatNumber } from "./format.ts";
import { linearScale, niceTicks, type Scale } from "./scale.ts";
import { element } from "./svg.ts";

const GAP = 48;
const BACKLOG_HEIGHT = 92;
/** Room that both panels take, titles and all. */
export const SALES_HEIGHT = 48 + 120 + GAP + BACKLOG_HEIGHT;

/** At what discount collateral was sold through time, and what waited to be sold against what the market could take. */
export function salesPanels(auction: AuctionResult, loan: string, x: Scale, { top, bottom }: Frame): string[] {
  const discounts: Frame = { top, bottom: bottom - BACKLOG_HEIGHT - GAP };
  return [
    ...discountPanel(auction, x, discounts),
    ...backlogPanel(auction, loan, x, { top: bottom - BACKLOG_HEIGHT, bottom }),
  ];
}

/** A mark for each column of the picture, at the mean of its sales by value: dots and crosses, told apart without colours. */
function discountPanel({ sales, discount }: AuctionResult, x: Scale, frame: Frame): string[] {
  const title = panelTitle(frame, "Discount of sales, %: ● to the market, + to the oracle");
  const { market, oracle } = discount;
  if (market === null || oracle === null) return [...title, ...axis(frame)];
  const marked = columns(sales, x);
  const values = marked.flatMap((each) => [each.market, each.oracle]);
  const [low, high] = extent([0, ...values]);
  const y = linearScale([low, high === low ? low + 1 : high], [frame.bottom - 4, frame.top + 4]);
  const at = (value: number) => y(value).toFixed(1);
  const dots = marked.map((each) => `M${each.x.toFixed(1)} ${at(each.market)}h0`).join("");
  const crosses = marked.map((each) => `M${(each.x - 3).toFixed(1)} ${at(each.oracle)}h6m-3 -3v6`).join("");
  const label = (name: string, style: string, share: number) => {
    return { name, style, value: `${formatNumber(100 * share, 1)} %` };
  };
  return [
    ...title,
    ...grid(
      niceTicks(low, high, 5).map((value) => ({ y: y(value), label: formatNumber(value, high - low < 4 ? 1 : 0) })),
    ),
    ...axis(frame),
    element("path", { d: crosses, class: "crosses l-oracle" }),
    element("path", { d: dots, class: "dots l-market" }),
    ...endLabels(
      [label("oracle's", "oracle", oracle.byValue), label("market's", "market", market.byValue)],
      [oracle, market].map(({ byValue }) => y(Math.min(high, Math.max(low, 100 * byValue)))),
      frame,
    ),
  ];
}

interface Mark {
  readonly x: number;
  readonly market: number; // [%]
  readonly oracle: number;
}

function columns({ seconds, repaid, marketByValue, oracleByValue }: AuctionResult["sales"], x: Scale): Mark[] {
  const marks = new Map<number, { repaid: number; atMarket: number; atOracle: number }>();
  seconds.forEach((second, i) => {
    const column = Math.floor(((x(second) - LEFT) * COLUMNS) / (RIGHT - LEFT));
    const sum = marks.get(column) ?? { repaid: 0, atMarket: 0, atOracle: 0 };
    sum.repaid += repaid[i];
    sum.atMarket += repaid[i] / (1 - marketByValue[i]);
    sum.atOracle += repaid[i] / (1 - oracleByValue[i]);
    marks.set(column, sum);
  });
  return [...marks].map(([column, sum]) => ({
    x: LEFT + ((column + 0.5) * (RIGHT - LEFT)) / COLUMNS,
    market: 100 * (1 - sum.repaid / sum.atMarket),
    oracle: 100 * (1 - sum.repaid / sum.atOracle),
  }));
}

function backlogPanel({ queue }: AuctionResult, loan: string, x: Scale, frame: Frame): string[] {
  const last = (values: readonly number[]) => formatCompact(values[values.length - 1] ?? 0);
  const knows = queue.poolReserve.some((reserve) => reserve > 0);
  const lines: Line[] = [
    { name: "depth y", style: "exogenous", values: queue.venueReserve, value: last(queue.venueReserve) },
    ...(knows
      ? [{ name: "pool's y", style: "oracle", values: queue.poolReserve, value: last(queue.poolReserve) }]
      : []),
    { name: "for sale", style: "bad", values: queue.backlog, value: last(queue.backlog) },
  ];
  const high = Math.max(1, extent(lines.flatMap(({ values }) => values))[1]);
  const y = linearScale([0, high], [frame.bottom, frame.top + 4]);
  return [
    ...panelTitle(frame, `Debt for sale, and depth of the market, ${loan}`),
    ...grid(niceTicks(0, high, 3).map((value) => ({ y: y(value), label: formatCompact(value) }))),
    ...axis(frame),
    ...drawLines(lines, queue.seconds, x, y, frame),
  ];
}
