import type { RunResult } from "../metrics/run-result.ts";
import type { StackResult } from "../stress/stack-result.ts";
import type { Row } from "./auction-rows.ts";
import { formatChange, formatMoney, formatNumber } from "./format.ts";

/** What became of a second pool on the first one's shares, where there was one. */
export function stackRows({ stack }: RunResult, loan: string): Row[] {
  if (stack === undefined) return [];
  const of =
    (show: (stack: StackResult) => string) =>
    (run: RunResult): string =>
      run.stack === undefined ? "–" : show(run.stack);
  return [
    ["first pool's share, at its lowest", of(({ shareRateLow }) => formatChange(shareRateLow - 1))],
    [`second pool: bad debt [${loan}]`, of(({ badDebt }) => formatMoney(badDebt))],
    ["  shortfall of accounts still open", of(({ insolvency }) => formatMoney(insolvency))],
    [
      "  debt liquidated, of accounts",
      of(({ liquidatedDebt, accountsLiquidated }) => {
        return `${formatMoney(liquidatedDebt)} of ${formatNumber(accountsLiquidated)}`;
      }),
    ],
    [
      "  its loopers' equity",
      of(({ looperEquityAtStart, looperEquityAtEnd }) => formatChange(looperEquityAtEnd / looperEquityAtStart - 1)),
    ],
    [
      "  its lenders' deposits",
      of(({ lenderAssetsAtStart, lenderAssetsAtEnd }) => formatChange(lenderAssetsAtEnd / lenderAssetsAtStart - 1)),
    ],
  ];
}
