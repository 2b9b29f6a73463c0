import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";
import hre, { network } from "hardhat";
import type { Page } from "playwright-core";

import { readRisk } from "../../scripts/risk/read-risk.ts";
import { contrastOf, DARK, LIGHT, rgbOf } from "../../sim/report/html/palette.ts";
import { curvesPage } from "../../sim/report/html/curves-page.ts";
import { frontierPage } from "../../sim/report/html/frontier-page.ts";
import { gridPage } from "../../sim/report/html/grid-page.ts";
import { pathsPage } from "../../sim/report/html/paths-page.ts";
import { drawPictures } from "../../sim/report/html/pictures.ts";
import { protocolsPage } from "../../sim/report/html/protocols-page.ts";
import { renderReport } from "../../sim/report/html/render.ts";
import { riskPage } from "../../sim/report/html/risk-page.ts";
import { shockPage } from "../../sim/report/html/shock-page.ts";
import {
  hostilePage,
  madeUpComparison,
  madeUpCurves,
  madeUpFrontier,
  madeUpGrid,
  madeUpMonteCarlo,
  madeUpPaths,
  richResult,
} from "../shared/report-pages.ts";
import { DESKTOP, PHONE, ReportBrowser } from "../shared/report-browser.ts";
import { stackedPools } from "../shared/stacked-pools.ts";
import { textContrasts } from "../shared/text-contrast.ts";
import { skipWithout } from "../shared/skip-without.ts";

/** Colours as the browser writes them. */
const css = (hex: string) => `rgb(${rgbOf(hex).join(", ")})`;

/** Colours that were drawn in each chart: one is an empty chart. */
function coloursDrawn(page: Page): Promise<number[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".plot")].map((plot) => {
      const canvas = plot.querySelector("canvas");
      const context = canvas?.getContext("2d");
      if (!canvas || !context) return 0;
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    }),
  );
}

/** What `risk` says of two pools on a chain of their own, of which one holds shares of the other. */
async function stackedRisk() {
  const connection = await network.create();
  try {
    const { registry } = await stackedPools(connection);
    const question = { network: "test", isFork: false, logRange: 1_000, nearest: 3 };
    return await readRisk(hre, connection.provider, { ...question, registry: await registry.getAddress() });
  } finally {
    await connection.close();
  }
}

describe("a report in Chromium", () => {
  let browser: ReportBrowser;
  const files: Record<string, string> = {};

  before(async function () {
    const started = await ReportBrowser.start();
    if (started === undefined) {
      return skipWithout(this, "no Chromium: reports are not tested in a browser; install one or set CHROMIUM_PATH");
    }
    browser = started;
    const pages = {
      shock: shockPage(richResult()),
      curves: curvesPage(await madeUpCurves(), "npx hardhat curves"),
      compare: protocolsPage(await madeUpComparison(), "npx hardhat compare"),
      risk: riskPage(await stackedRisk(), "npx hardhat risk"),
      frontier: frontierPage(await madeUpFrontier(), "npx hardhat frontier"),
      montecarlo: madeUpMonteCarlo(),
      paths: pathsPage(await madeUpPaths(), "npx hardhat montecarlo"),
      grid: gridPage(await madeUpGrid("depth=0.5,1,2;z=3,4;features=static,dynamic"), "npx hardhat sweep"),
      hostile: hostilePage(),
    };
    for (const [name, page] of Object.entries(pages)) files[name] = await browser.save(renderReport(page));
  });

  after(() => (browser as ReportBrowser | undefined)?.stop());

  for (const name of ["shock", "curves", "compare", "risk", "frontier", "montecarlo", "paths", "grid", "hostile"]) {
    describe(name, () => {
      for (const [device, viewport] of Object.entries({
        phone: PHONE,
        desktop: DESKTOP,
        small: { width: 320, height: 640 },
      })) {
        it(`draws every chart on a ${device}, without a complaint, a request or a page that is too wide`, async () => {
          const { page, complaints, requests } = await browser.open(files[name], { viewport });
          const drawn = await coloursDrawn(page);
          expect(drawn.length).to.be.at.least(3);
          for (const [i, colours] of drawn.entries()) expect(colours, `chart ${i}`).to.be.greaterThan(8);
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          expect(width).to.be.at.most(viewport.width);
          expect(complaints).to.deep.equal([]);
          expect(requests.filter((url) => !url.startsWith("file:") && !url.startsWith("data:"))).to.deep.equal([]);
          expect(requests.filter((url) => url.startsWith("file:"))).to.have.lengthOf(1);
          await page.context().close();
        });
      }
    });
  }

  it("would notice a chart that is empty", async () => {
    const { page } = await browser.open(files.montecarlo);
    await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>(".plot canvas");
      canvas?.getContext("2d")?.clearRect(0, 0, canvas.width, canvas.height);
    });
    expect((await coloursDrawn(page))[0]).to.equal(1);
    await page.context().close();
  });

  it("forbids requests even to scripts: its policy, not our good manners", async () => {
    const { page, requests } = await browser.open(files.montecarlo);
    const refused = await page.evaluate(async () => {
      const violations: string[] = [];
      document.addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
      const outcome = await fetch("https://example.invalid/").then(
        () => "went out",
        () => "refused",
      );
      const image = document.createElement("img");
      image.src = "https://example.invalid/a.png";
      const script = document.createElement("script");
      script.textContent = "document.title = 'hacked'";
      document.body.append(image, script);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { outcome, violations, title: document.title };
    });
    expect(refused.outcome).to.equal("refused");
    expect(refused.violations).to.include.members(["connect-src", "img-src", "script-src-elem"]);
    expect(refused.title).to.equal("Monte Carlo – Breakwater");
    expect(requests.filter((url) => url.startsWith("https:"))).to.deep.equal([]);
    await page.context().close();
  });

  it("shows hostile names as text, in tooltips too", async () => {
    const { page, complaints } = await browser.open(files.hostile);
    let tips = 0;
    for (const plot of await page.locator(".plot").all()) {
      await plot.scrollIntoViewIfNeeded();
      const box = await plot.boundingBox();
      if (box === null) continue;
      for (const [dx, dy] of [...[0.3, 0.5, 0.75].map((x) => [x, 0.5]), ...[0.02, 0.2].map((x) => [x, 0.4])]) {
        await page.mouse.move(box.x + dx * box.width, box.y + dy * box.height);
        await page.waitForTimeout(30);
        tips += Number((await plot.textContent())?.includes("<img") ?? false);
      }
    }
    expect(tips).to.be.greaterThan(3);
    expect(await page.locator("img").count()).to.equal(0);
    expect(await page.evaluate(() => "hacked" in window)).to.equal(false);
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });

  it("is reached by keyboard: skip link, mode, and of each chart its legend, its numbers and its picture", async () => {
    const { page } = await browser.open(files.shock);
    const charts = await page.locator("figure").count();
    const reached: string[] = [];
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).to.equal("Skip to the report");
    const box = await page.locator(".skip").boundingBox();
    expect(box?.y).to.be.at.least(0);
    for (let i = 0; i < 400; ++i) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return "end";
        const style = getComputedStyle(element);
        const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        const figure = element.closest("figure")?.id ?? "";
        const what = element.id === "theme" ? "theme" : element.matches("summary") ? "numbers" : element.className;
        return `${figure} ${what}${ring ? "" : " without a ring"}`;
      });
      if (at === "end") break;
      reached.push(at);
    }
    expect(reached.filter((at) => at.endsWith("without a ring"))).to.deep.equal([]);
    expect(reached[0]).to.equal(" theme");
    for (let i = 0; i < charts; ++i) expect(reached).to.include.members([`chart-${i} numbers`, `chart-${i} png`]);
    await page.context().close();
  });

  it("opens the numbers of a chart by keyboard, and hides a series", async () => {
    const { page } = await browser.open(files.shock);
    const summary = page.locator("#chart-0 summary");
    await summary.focus();
    await page.keyboard.press("Enter");
    expect(await page.locator("#chart-0 tbody tr").first().isVisible()).to.equal(true);
    expect(await page.locator("#chart-0 tbody tr").count()).to.equal(60);
    const plot = () =>
      page.evaluate(() => document.querySelector<HTMLCanvasElement>("#chart-0 .plot canvas")?.toDataURL());
    const before = await plot();
    const series = page.locator("#chart-0 .legend button").nth(1);
    await series.focus();
    await page.keyboard.press("Space");
    expect(await series.getAttribute("aria-pressed")).to.equal("false");
    expect(await series.evaluate((button) => button === document.activeElement)).to.equal(true);
    expect((await plot()) === before).to.equal(false);
    await page.keyboard.press("Space");
    expect((await plot()) === before).to.equal(true);
    await page.context().close();
  });

  it("is dark where the reader's system is, and changes by its button", async () => {
    for (const [colorScheme, own, other] of [
      ["light", LIGHT, DARK],
      ["dark", DARK, LIGHT],
    ] as const) {
      const { page } = await browser.open(files.montecarlo, { colorScheme });
      const seen = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const plot = () => page.evaluate(() => document.querySelector<HTMLCanvasElement>(".plot canvas")?.toDataURL());
      const button = page.locator("#theme");
      const before = await plot();
      expect(await seen()).to.equal(css(own.page));
      expect(await button.getAttribute("aria-pressed")).to.equal(String(colorScheme === "dark"));
      await button.click();
      expect(await seen()).to.equal(css(other.page));
      expect(await button.getAttribute("aria-pressed")).to.equal(String(colorScheme !== "dark"));
      expect((await plot()) === before).to.equal(false);
      await page.context().close();
    }
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`has letters of a contrast of 4.5 everywhere when ${colorScheme}`, async () => {
      const { page } = await browser.open(files.shock, { colorScheme });
      const found = await textContrasts(page);
      expect(found.length).to.be.greaterThan(200);
      const faint = found.filter(({ ink, ground }) => contrastOf(ink, ground) < 4.5);
      expect(faint).to.deep.equal([]);
      await page.context().close();
    });
  }

  it("would notice letters that are too faint", async () => {
    const { page } = await browser.open(files.montecarlo);
    await page.evaluate(() => document.documentElement.style.setProperty("--muted", "#9aa4ae"));
    const faint = (await textContrasts(page)).filter(({ ink, ground }) => contrastOf(ink, ground) < 4.5);
    expect(faint.length).to.be.greaterThan(3);
    await page.context().close();
  });

  it("moves nothing, whatever the reader prefers", async () => {
    for (const reducedMotion of ["reduce", "no-preference"] as const) {
      const { page } = await browser.open(files.montecarlo, { reducedMotion });
      await page.locator(".legend button").first().click();
      expect(await page.evaluate(() => document.getAnimations().length)).to.equal(0);
      const plot = () => page.evaluate(() => document.querySelector<HTMLCanvasElement>(".plot canvas")?.toDataURL());
      const at = await plot();
      await page.waitForTimeout(120);
      expect((await plot()) === at).to.equal(true);
      await page.context().close();
    }
  });

  it("shows key figures and the tables of all charts without JavaScript", async () => {
    const { page, complaints } = await browser.open(files.shock, { javaScriptEnabled: false });
    const tables = page.locator("figure table");
    expect(await tables.count()).to.equal(await page.locator("figure").count());
    // Playwright believes that what is in a closed `details` is never seen.
    const isSeen = await tables.evaluateAll((all) =>
      all.map((table) => table.checkVisibility() && table.clientHeight > 20),
    );
    expect(isSeen.filter((seen) => !seen)).to.deep.equal([]);
    expect(await page.locator(".tile").first().isVisible()).to.equal(true);
    expect(await page.locator(".bare").isVisible()).to.equal(true);
    expect(await page.locator(".plot:visible, button:visible").count()).to.equal(0);
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });

  it("saves a chart as a PNG with its title, by its button", async () => {
    const { page } = await browser.open(files.shock);
    const download = page.waitForEvent("download");
    await page.locator("#chart-0 button.png").click();
    const file = await download;
    expect(file.suggestedFilename()).to.equal("price-of-weth.png");
    const content = await readFile(await file.path());
    expect(content.subarray(1, 4).toString()).to.equal("PNG");
    expect(content.readUInt32BE(16)).to.equal(2_000);
    await page.context().close();
  });

  it("is drawn for documents: every chart, and the page", async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "breakwater-png-"));
    try {
      const options = { theme: "dark", width: 600, pageHeight: 700 } as const;
      const written = await drawPictures(browser.executable, files.montecarlo, directory, options);
      expect(written.map((file) => path.basename(file))).to.deep.equal([
        ...["01-bad-debt.png", "02-price.png", "03-bad-debt.png", "page.png"],
      ]);
      for (const file of written) {
        const content = await readFile(file);
        expect(content.subarray(1, 4).toString()).to.equal("PNG");
        expect(content.readUInt32BE(16)).to.equal(file.endsWith("page.png") ? 1_440 : 1_200);
        if (file.endsWith("page.png")) expect(content.readUInt32BE(20)).to.equal(700);
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
