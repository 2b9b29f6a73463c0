import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

import { UserError } from "../../user-error.ts";
// Its declarations are of the page's window.
import type {} from "./client/main.ts";

export interface PictureOptions {
  readonly theme: "light" | "dark";
  readonly width: number; // [CSS px] of a picture; it has twice as many pixels
  /** So much of the page, from its top, as one more picture; 0: none. [CSS px] */
  readonly pageHeight: number;
}

const VIEW = { width: 1440, height: 900 };
/** How long a page may take to draw itself. [ms] */
const PATIENCE = 60_000;

/**
 * Draws each chart of a report as a PNG for documents, with its title and its legend: `01-price-of-weth.png`, …
 * @param executable Of a Chromium: see `findChromium`.
 * @returns The files, in the order of the page.
 * @throws UserError if the file is no report, or nothing can be written there.
 */
export async function drawPictures(
  executable: string,
  report: string,
  directory: string,
  { theme, width, pageHeight }: PictureOptions,
): Promise<string[]> {
  await mkdir(directory, { recursive: true }).catch((error: unknown) => {
    throw new UserError(`cannot make the directory ${directory}`, { cause: error });
  });
  const browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: VIEW, colorScheme: theme });
    await page.goto(pathToFileURL(path.resolve(report)).href, { timeout: PATIENCE });
    await page
      .waitForFunction(() => window.breakwater !== undefined, null, { timeout: PATIENCE })
      .catch(() => {
        throw new UserError(`${report} is no report of the shock lab`);
      });
    const titles = await page.evaluate(() => window.breakwater?.titles ?? []);
    const files: string[] = [];
    const write = async (name: string, content: Buffer) => {
      const file = path.join(directory, name);
      await writeFile(file, content);
      files.push(file);
    };
    for (const [index, title] of titles.entries()) {
      const url = await page.evaluate(([i, wide, mode]) => window.breakwater?.png(i, { width: wide }, mode) ?? "", [
        index,
        width,
        theme,
      ] as const);
      const number = String(index + 1).padStart(2, "0");
      await write(`${number}-${fileName(title)}.png`, Buffer.from(url.slice(url.indexOf(",") + 1), "base64"));
    }
    if (pageHeight > 0) {
      const whole = await page.evaluate(() => document.documentElement.scrollHeight);
      const clip = { x: 0, y: 0, width: VIEW.width, height: Math.min(whole, pageHeight) };
      await write("page.png", await page.screenshot({ fullPage: true, clip }));
    }
    return files;
  } finally {
    await browser.close();
  }
}

function fileName(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
}
