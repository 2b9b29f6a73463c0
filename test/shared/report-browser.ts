import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

import { findChromium } from "../../sim/report/html/chromium.ts";
// Its declarations are of the page's window.
import type {} from "../../sim/report/html/client/main.ts";

/** Loads on a busy machine, not on a quick one. [ms] */
const PATIENCE = 60_000;

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1440, height: 900 };

/** Hardhat's loader wraps functions in a call of this, also those that are sent to the browser. */
const KEEP_NAMES = "globalThis.__name = (made) => made;";

/** What a page said and asked for while it was open. */
export interface Watched {
  readonly page: Page;
  readonly complaints: string[];
  readonly requests: string[];
}

/** A real headless Chromium, and reports in files for it to open. */
export class ReportBrowser {
  readonly #browser: Browser;
  readonly #directory: string;
  readonly executable: string;
  #files = 0;

  private constructor(browser: Browser, directory: string, executable: string) {
    this.#browser = browser;
    this.#directory = directory;
    this.executable = executable;
  }

  /** @returns undefined if there is no Chromium on this machine. */
  static async start(): Promise<ReportBrowser | undefined> {
    const executable = await findChromium(process.env);
    if (executable === undefined) return undefined;
    const browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox"] });
    return new ReportBrowser(browser, await mkdtemp(path.join(tmpdir(), "breakwater-report-")), executable);
  }

  async save(html: string): Promise<string> {
    const file = path.join(this.#directory, `${(this.#files += 1)}.html`);
    await writeFile(file, html);
    return file;
  }

  async open(file: string, options: BrowserContextOptions = {}, extra?: string): Promise<Watched> {
    const context = await this.#browser.newContext({
      ...{ viewport: DESKTOP, colorScheme: "light", reducedMotion: "reduce", ...options },
    });
    await context.addInitScript(KEEP_NAMES);
    if (extra !== undefined) await context.addInitScript(extra);
    const page = await context.newPage();
    const [complaints, requests]: [string[], string[]] = [[], []];
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(`thrown: ${error.message}`));
    page.on("requestfinished", (request) => requests.push(request.url()));
    page.on("requestfailed", (request) => {
      // What the page's policy refused never went out; it is complained of above.
      if (request.failure()?.errorText !== "csp") requests.push(request.url());
    });
    await page.goto(pathToFileURL(file).href, { timeout: PATIENCE });
    if (options.javaScriptEnabled !== false) {
      await page.waitForFunction(() => window.breakwater !== undefined, null, { timeout: PATIENCE });
    }
    return { page, complaints, requests };
  }

  /** A page with nothing in it, to reckon with pictures. */
  async blank(): Promise<Page> {
    const context = await this.#browser.newContext();
    await context.addInitScript(KEEP_NAMES);
    return context.newPage();
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await rm(this.#directory, { recursive: true });
  }
}
