import type { Discount } from "../metrics/auction-result.ts";
import type { CongestionResult } from "../metrics/congestion.ts";
import type { RunResult } from "../metrics/run-result.ts";
import { formatCompact, formatNumber, formatTime } from "./format.ts";

/** A line of the table: what it is, and how a run shows it. */
export type Row = readonly [label: string, show: (run: RunResult) => string];

const NOTHING = "–";

/** How collateral was sold, and, where blocks were full, how long transactions waited. */
export function auctionRows(run: RunResult): Row[] {
  return [...saleRows(), ...(run.congestion === null ? [] : congestionRows())];
}

function saleRows(): Row[] {
  return [
    ["discount to the market, by value (mean)", ({ auction }) => discount(auction.discount.market)],
    ["  to the oracle's price", ({ auction }) => discount(auction.discount.oracle)],
    [
      "time to clear: median, of nine tenths",
      ({ auction: { clearing } }) => {
        return clearing.count === 0 ? NOTHING : `${minutes(clearing.medianSeconds)}, ${minutes(clearing.p90Seconds)}`;
      },
    ],
    [
      "  still for sale at the end",
      ({ auction: { clearing } }) => {
        return `${formatNumber(clearing.count * (clearing.censoredShare ?? 0))} of ${formatNumber(clearing.count)}`;
      },
    ],
    [
      "most debt for sale, of the depth y",
      ({ auction: { peakBacklog, peakBacklogShare } }) => {
        return `${formatCompact(peakBacklog)}, ${formatNumber(100 * peakBacklogShare, 1)} %`;
      },
    ],
    ["  oldest price: longest lag", ({ auction }) => formatTime(auction.longestLagSeconds)],
  ];
}

function congestionRows(): Row[] {
  const of = (show: (congestion: CongestionResult) => string) => {
    return ({ congestion }: RunResult) => (congestion === null ? NOTHING : show(congestion));
  };
  const wait = (labels: readonly string[]) =>
    of(({ inclusion }) => {
      const own = inclusion.filter(({ label }) => labels.includes(label));
      const mined = own.reduce((sum, each) => sum + each.mined, 0);
      if (mined === 0) return NOTHING;
      const seconds = own.reduce((sum, each) => sum + each.mined * each.meanWaitSeconds, 0);
      const longest = own.reduce((most, each) => Math.max(most, each.longestWaitSeconds), 0);
      return `${formatTime(seconds / mined)}, ${formatTime(longest)}`;
    });
  return [
    [
      "base fee: mean, highest [gwei]",
      of(({ meanBaseFeeGwei, highestBaseFeeGwei }) => {
        return `${formatNumber(meanBaseFeeGwei)}, ${formatNumber(highestBaseFeeGwei)}`;
      }),
    ],
    ["  wait of prices: mean, longest", wait(["publish price"])],
    ["  of kicks", wait(["kick"])],
    ["  of takes", wait(["take", "flash liquidation"])],
    ["  transactions never mined", of(({ expired, waitingAtEnd }) => formatNumber(expired + waitingAtEnd))],
  ];
}

function discount(of: Discount | null): string {
  return of === null ? NOTHING : `${formatNumber(100 * of.byValue, 2)} % (${formatNumber(100 * of.mean, 2)} %)`;
}

/** Null: longer than anything that was seen. */
function minutes(seconds: number | null): string {
  return seconds === null ? "longer" : `${formatNumber(seconds / 60, 1)} min`;
}
