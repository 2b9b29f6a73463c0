import type { RunProgress } from "../metrics/run-result.ts";
import { formatCompact, formatPrice } from "./format.ts";

/** Where progress is written: `process.stderr`, or a test's own. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows how far a run is. */
export interface ProgressDisplay {
  readonly update: (progress: RunProgress) => void;
  /** Leaves the terminal clean, whether the run ended well or not. */
  readonly end: () => void;
}

const TITLES: Readonly<Record<RunProgress["phase"], string>> = {
  deploy: "deploying",
  populate: "populating",
  run: "with feedback",
  twin: "twin without",
};
const TITLE_WIDTH = 14;
const BAR = 20;

/**
 * On a terminal one line that is refreshed; elsewhere, such as in a log, a line at the start of each phase and about every
 * tenth of it. What is drawn depends on the progress alone, not on a clock.
 */
export function createProgress(stream: ProgressStream, asset: string): ProgressDisplay {
  const live = stream.isTTY === true;
  const stepsPerPhase = live ? 200 : 10;
  let drawn = "";
  return {
    update: (progress) => {
      const step = Math.floor(stepsPerPhase * share(progress));
      const mark = `${progress.phase} ${step}`;
      if (mark === drawn) return;
      drawn = mark;
      const line = progressLine(progress, asset, live);
      stream.write(live ? `\r\x1b[2K${line.slice(0, (stream.columns ?? 100) - 1)}` : `${line}\n`);
    },
    end: () => {
      if (live && drawn !== "") stream.write("\r\x1b[2K");
    },
  };
}

function share({ block, blocks }: RunProgress): number {
  return blocks === 0 ? 0 : Math.min(1, block / blocks);
}

function progressLine(progress: RunProgress, asset: string, live: boolean): string {
  const { phase, block, blocks, marketPrice, underWaterAccounts, liquidatedDebt, badDebt } = progress;
  const title = TITLES[phase].padEnd(TITLE_WIDTH);
  if (phase === "deploy" || blocks === 0 || (phase === "populate" && block === 0)) return `${title}…`;
  const filled = Math.round(BAR * share(progress));
  const bar = live ? `${"█".repeat(filled)}${"░".repeat(BAR - filled)} ` : "";
  const done = `${title}${bar}${String(Math.floor(100 * share(progress))).padStart(3)} %`;
  if (phase === "populate") return done;
  return (
    `${done}  block ${String(block).padStart(String(blocks).length)}/${blocks}  ${asset} ${formatPrice(marketPrice)}` +
    `  under water ${underWaterAccounts}  liquidated ${formatCompact(liquidatedDebt)}  bad debt ${formatCompact(badDebt)}`
  );
}
