import { stat } from "node:fs/promises";

import { findChromium } from "../sim/report/html/chromium.ts";
import { drawPictures } from "../sim/report/html/pictures.ts";
import { choose } from "./shared/choose.ts";
import { parseCount } from "./shared/numbers.ts";
import { runTask, UserError } from "./shared/user-error.ts";

export interface PngArguments {
  readonly report: string;
  readonly out: string;
  readonly theme: string;
  readonly width: string;
  readonly page: string;
}

/** `npx hardhat png`: see the definition in `tasks/lab-tasks.ts`. */
export default runTask<PngArguments, string[]>(async (args) => {
  const theme = choose(["light", "dark"] as const, args.theme, "--theme");
  const width = parseCount(args.width, 320, 2_400, "--width");
  const pageHeight = parseCount(args.page, 0, 30_000, "--page");
  if (args.out === "") throw new UserError("--out needs the name of a directory");
  const found = await stat(args.report).catch(() => undefined);
  if (found?.isFile() !== true) {
    throw new UserError(`there is no report ${args.report}: npx hardhat shock --report ${args.report} writes one`);
  }
  const chromium = await findChromium(process.env);
  if (chromium === undefined) {
    throw new UserError("no Chromium was found: install one, or say where it is by CHROMIUM_PATH");
  }
  const files = await drawPictures(chromium, args.report, args.out, { theme, width, pageHeight });
  console.log(files.join("\n"));
  return files;
});
