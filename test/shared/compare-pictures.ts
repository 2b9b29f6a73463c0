import { readFile, writeFile } from "node:fs/promises";

import type { Page } from "playwright-core";

import { FONT } from "../../sim/report/html/client/scene.ts";

const DIRECTORY = new URL("../baselines/report/", import.meta.url);

/**
 * Share of pixels, of either picture, that the other has nowhere near: neither text that is set a little differently nor a
 * line that is a pixel off counts, a line that is missing does. Both are brought to the size of the first.
 * @param heights Of parts, from above, that are judged each for itself. @returns That of the part which differs most.
 */
export function unlikeness(blank: Page, one: string, other: string, heights: readonly number[] = [1]): Promise<number> {
  return blank.evaluate(
    async ([a, b, parts]) => {
      /** How far something may be from where it belongs [pixels], and how far off its colour, of 255. */
      const [reach, tolerance] = [3, 48];
      const load = async (url: string) => {
        const image = new Image();
        image.src = url;
        await image.decode();
        return image;
      };
      const [first, second] = [await load(a), await load(b)];
      const { width, height } = first;
      const pixels = (image: HTMLImageElement) => {
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext("2d");
        if (context === null) throw new Error("no canvas");
        context.drawImage(image, 0, 0, width, height);
        return context.getImageData(0, 0, width, height).data;
      };
      const [p, q] = [pixels(first), pixels(second)];
      const isNear = (from: Uint8ClampedArray, to: Uint8ClampedArray, x: number, y: number) => {
        const at = 4 * (y * width + x);
        for (let dy = -reach; dy <= reach; ++dy) {
          for (let dx = -reach; dx <= reach; ++dx) {
            const [u, v] = [x + dx, y + dy];
            if (u < 0 || v < 0 || u >= width || v >= height) continue;
            const there = 4 * (v * width + u);
            const [red, green, blue] = [0, 1, 2].map((i) => Math.abs(from[at + i] - to[there + i]));
            if (Math.max(red, green, blue) <= tolerance) return true;
          }
        }
        return false;
      };
      const all = parts.reduce((sum, part) => sum + part, 0);
      let [worst, from] = [0, 0];
      for (const part of parts) {
        const to = Math.min(height, from + Math.round((part / all) * height));
        let lost = 0;
        for (let y = from; y < to; ++y) {
          for (let x = 0; x < width; ++x) lost += Number(!isNear(p, q, x, y)) + Number(!isNear(q, p, x, y));
        }
        worst = Math.max(worst, lost / (2 * width * (to - from)));
        from = to;
      }
      return worst;
    },
    [one, other, heights] as const,
  );
}

/** The first screen of a page, in a third of its size. */
export async function firstScreen(page: Page, blank: Page): Promise<string> {
  const shot = await page.screenshot({ animations: "disabled" });
  return blank.evaluate(
    async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width / 3);
      canvas.height = Math.round(image.height / 3);
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("no canvas");
      context.imageSmoothingQuality = "high";
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      return canvas.toDataURL("image/png");
    },
    `data:image/png;base64,${shot.toString("base64")}`,
  );
}

/** Everything that was drawn on a page, one below the other, in half of its size, and how high each is. */
export function sheetOf(page: Page): Promise<{ readonly sheet: string; readonly heights: readonly number[] }> {
  return page.evaluate(() => {
    const drawn = [...document.querySelectorAll<HTMLCanvasElement>(".plot canvas")];
    const width = Math.max(...drawn.map((each) => each.clientWidth)) / 2;
    const heights = drawn.map((each) => each.clientHeight / 2);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width);
    canvas.height = Math.round(heights.reduce((sum, each) => sum + each, 0));
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("no canvas");
    context.imageSmoothingQuality = "high";
    const card = document.querySelector(".card");
    context.fillStyle = card === null ? "red" : getComputedStyle(card).backgroundColor;
    context.fillRect(0, 0, canvas.width, canvas.height);
    let y = 0;
    drawn.forEach((each, i) => {
      context.drawImage(each, 0, y, each.clientWidth / 2, heights[i]);
      y += heights[i];
    });
    return { sheet: canvas.toDataURL("image/png"), heights };
  });
}

/** How wide a text is: tells the letters of one machine from those of another. */
export function lettersOf(blank: Page): Promise<number> {
  return blank.evaluate((font) => {
    const context = document.createElement("canvas").getContext("2d");
    if (context === null) throw new Error("no canvas");
    context.font = `32px ${font}`;
    return Math.round(100 * context.measureText("Hamburgefonstiv 0123456789 WETH").width) / 100;
  }, FONT);
}

const isUpdated = process.env.UPDATE_SCREENSHOTS === "1";

/** With `UPDATE_SCREENSHOTS=1` what is seen now becomes what is expected. @returns What is expected, as a data URL. */
export async function baseline(name: string, seen: string): Promise<string> {
  const file = new URL(`${name}.png`, DIRECTORY);
  if (isUpdated) await writeFile(file, Buffer.from(seen.slice(seen.indexOf(",") + 1), "base64"));
  return `data:image/png;base64,${(await readFile(file)).toString("base64")}`;
}

/** Whether what is expected was drawn with these letters. */
export async function hasSameLetters(letters: number): Promise<boolean> {
  const file = new URL("letters.json", DIRECTORY);
  if (isUpdated) await writeFile(file, `{ "width": ${letters} }\n`);
  const { width } = JSON.parse(await readFile(file, "utf8")) as { readonly width: number };
  return width === letters;
}
