import { formatDuration } from "../scenarios/shock.ts";
import type { Interval, Stress } from "../scenarios/stress.ts";

/** What goes wrong beside the price: a line each, for people. */
export function explainStress(stress: Stress | undefined): string[] {
  const { droughts = [], feedOutages = [], isCongested = false, lenderRun, whale, stack } = stress ?? {};
  const lines: string[] = [];
  for (const drought of droughts) {
    const { exchangeShare, venueShare, halfLifeFactor = 1 } = drought;
    const slower = halfLifeFactor === 1 ? "" : `, impact lasts ${halfLifeFactor} times as long`;
    const left = `${percent(exchangeShare)} of the exchange's depth and ${percent(venueShare)} of the pool's liquidity`;
    lines.push(`drought ${when(drought)}: ${left} left${slower}`);
  }
  for (const outage of feedOutages) {
    const how = outage.kind === "frozen" ? "publishes nothing" : `is ${formatDuration(outage.lagSeconds)} late`;
    lines.push(`feed ${when(outage)}: it ${how}`);
  }
  if (isCongested) lines.push("full blocks: transactions wait and are outbid");
  if (lenderRun !== undefined) {
    const { share, atSeconds, overSeconds = 3_600 } = lenderRun;
    const over = overSeconds === 0 ? "at once" : `within ${formatDuration(overSeconds)}`;
    lines.push(`lender run from ${clock(atSeconds)}: ${percent(share)} of the deposits want out ${over}`);
  }
  if (whale !== undefined) {
    const { collateralShare, leverage = 3, alarmHealth = 0 } = whale;
    const watch = alarmHealth === 0 ? "it does not watch" : `it sells below a health of ${alarmHealth}`;
    lines.push(`whale: one looper with ${percent(collateralShare)} of the collateral, leverage ${leverage}, ${watch}`);
  }
  if (stack !== undefined) {
    const { debtShare, loopers, borrowFactorBps } = stack;
    const listed = `listed at ${borrowFactorBps / 100} %`;
    lines.push(
      `stacked pool: ${loopers} loopers owe ${percent(debtShare)} of the first pool's debt on its shares, ${listed}`,
    );
  }
  return lines;
}

function when({ fromSeconds, toSeconds }: Interval): string {
  return `${clock(fromSeconds)} to ${clock(toSeconds)}`;
}

/** Hours and minutes since the start, and seconds where there are any. */
function clock(seconds: number): string {
  const pad = (value: number) => String(value).padStart(2, "0");
  const rest = seconds % 60;
  return `${Math.floor(seconds / 3_600)}:${pad(Math.floor(seconds / 60) % 60)}${rest === 0 ? "" : `:${pad(rest)}`}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
