import type { SweepProgress } from "../frontier/sweep.ts";
import type { ProgressStream } from "./progress.ts";

const PER_MILLE = 1_000;

/** On a terminal one line that is refreshed; elsewhere a line at about every twentieth of the way. */
export function createSweepProgress(stream: ProgressStream): {
  readonly update: (progress: SweepProgress) => void;
  readonly end: () => void;
} {
  const live = stream.isTTY === true;
  let drawn = "";
  return {
    update: ({ phase, done, total }) => {
      const step = total === undefined ? Math.floor(done / 10) : Math.floor(((live ? PER_MILLE : 20) * done) / total);
      const mark = `${phase} ${live && total === undefined ? done : step}`;
      if (mark === drawn) return;
      drawn = mark;
      const line =
        total === undefined
          ? `calibrating lending, ${done} measured`
          : `running ${done}/${total}  ${Math.floor((100 * done) / Math.max(1, total))} %`;
      stream.write(live ? `\r\x1b[2K${line}` : `${line}\n`);
    },
    end: () => {
      if (live && drawn !== "") stream.write("\r\x1b[2K");
    },
  };
}
