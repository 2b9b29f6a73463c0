import { expect } from "chai";
import type { Page } from "playwright-core";

import { renderReport } from "../../sim/report/html/render.ts";
import { baseline, firstScreen, hasSameLetters, lettersOf, sheetOf, unlikeness } from "../shared/compare-pictures.ts";
import { DESKTOP, PHONE, ReportBrowser } from "../shared/report-browser.ts";
import { galleryPage } from "../shared/report-pages.ts";
import { skipWithout } from "../shared/skip-without.ts";

/**
 * Share of pixels, of the chart that differs most and of the first screen, that may be nowhere near where they are expected.
 * With the letters that the expected pictures were drawn with, next to none: a line that is missing is 0.9 % of its chart on
 * a desktop and 3.0 % on a phone, key figures that are missing 2.2 and 3.1 % of the screen. Other letters alone are up to 2.7
 * and 3.1 % (measured with serifs), so that there only what is gross is found: the other mode is more than 89 %.
 */
const MOST = {
  same: { charts: 0.003, screen: 0.005 },
  other: { charts: 0.05, screen: 0.08 },
};

describe("screenshots of a report", () => {
  let browser: ReportBrowser;
  let blank: Page;
  let file: string;
  let most: (typeof MOST)["same"];

  before(async function () {
    const started = await ReportBrowser.start();
    if (started === undefined) {
      return skipWithout(this, "no Chromium: screenshots are not compared; install one or set CHROMIUM_PATH");
    }
    browser = started;
    blank = await browser.blank();
    file = await browser.save(renderReport(galleryPage()));
    const isSame = await hasSameLetters(await lettersOf(blank));
    if (!isSame)
      console.warn("    other letters than those of the expected screenshots: only gross differences are found");
    most = isSame ? MOST.same : MOST.other;
  });

  after(() => (browser as ReportBrowser | undefined)?.stop());

  for (const [device, viewport] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
    for (const colorScheme of ["light", "dark"] as const) {
      it(`are as they were on a ${device}, ${colorScheme}`, async () => {
        const { page } = await browser.open(file, { viewport, colorScheme });
        const screen = await firstScreen(page, blank);
        const { sheet, heights } = await sheetOf(page);
        await page.context().close();
        const of = async (what: string, seen: string, parts?: readonly number[]) => {
          return unlikeness(blank, await baseline(`${device}-${colorScheme}-${what}`, seen), seen, parts);
        };
        expect(await of("screen", screen), "first screen").to.be.at.most(most.screen);
        expect(await of("charts", sheet, heights), "charts").to.be.at.most(most.charts);
      });
    }
  }

  it("would notice a line that is missing, key figures that are, and the other mode", async () => {
    const gallery = galleryPage();
    const charts = (gallery.sections[0].charts ?? []).map((chart) => {
      return chart.kind === "lines" ? { ...chart, series: chart.series.slice(0, -1) } : chart;
    });
    const lacking = await browser.save(renderReport({ ...gallery, sections: [{ heading: "Gallery", charts }] }));
    const see = async (of: string, colorScheme: "light" | "dark", change: (page: Page) => Promise<void>) => {
      const { page } = await browser.open(of, { viewport: DESKTOP, colorScheme });
      await change(page);
      const seen = { ...(await sheetOf(page)), screen: await firstScreen(page, blank) };
      await page.context().close();
      return seen;
    };
    const nothing = () => Promise.resolve();
    const whole = await see(file, "light", nothing);
    const other = await see(lacking, "light", (page) =>
      page.evaluate(() => document.querySelector(".tiles")?.remove()),
    );
    const dark = await see(file, "dark", nothing);
    expect(await unlikeness(blank, whole.sheet, other.sheet, whole.heights)).to.be.greaterThan(MOST.same.charts);
    expect(await unlikeness(blank, whole.screen, other.screen)).to.be.greaterThan(MOST.same.screen);
    expect(await unlikeness(blank, whole.sheet, dark.sheet, whole.heights)).to.be.greaterThan(MOST.other.charts);
    expect(await unlikeness(blank, whole.screen, dark.screen)).to.be.greaterThan(MOST.other.screen);
  });
});
