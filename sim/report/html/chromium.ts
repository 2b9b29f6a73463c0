import { access, constants } from "node:fs/promises";

import { UserError } from "../../user-error.ts";

/** Where systems keep it, in the order in which it is looked for. */
const PLACES: readonly string[] = [
  ...["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"],
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/**
 * A Chromium or Chrome to draw with: that of `CHROMIUM_PATH`, or an installed one. None is ever downloaded.
 * @returns undefined if there is none.
 * @throws UserError if `CHROMIUM_PATH` names none.
 */
export async function findChromium(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const { CHROMIUM_PATH: told } = environment;
  if (told !== undefined && told !== "") {
    if (await canRun(told)) return told;
    throw new UserError(`CHROMIUM_PATH is no program: ${told}`);
  }
  for (const place of PLACES) if (await canRun(place)) return place;
  return undefined;
}

function canRun(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
