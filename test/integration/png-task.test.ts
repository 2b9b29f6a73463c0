import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import { findChromium } from "../../sim/report/html/chromium.ts";
import { renderReport } from "../../sim/report/html/render.ts";
import { madeUpMonteCarlo } from "../shared/report-pages.ts";
import { runHardhat } from "../shared/node-process.ts";
import { skipWithout } from "../shared/skip-without.ts";

describe("task png", () => {
  let directory: string;
  const inside = (name: string) => path.join(directory, name);

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "breakwater-png-task-"));
    await writeFile(inside("report.html"), renderReport(madeUpMonteCarlo()));
  });
  after(() => rm(directory, { recursive: true }));

  const run = (...args: string[]) => runHardhat(["png", "--out", inside("png"), ...args]);

  const refused: [what: string, args: string[], message: RegExp][] = [
    ["no report", ["--report", "none.html"], /^error: there is no report none\.html: npx hardhat shock --report /],
    ["a mode that there is not", ["--theme", "sepia"], /^error: unknown --theme "sepia": there are light, dark\n$/],
    [
      "too small a picture",
      ["--width", "100"],
      /^error: --width must be a whole number from 320 to 2400, got "100"\n$/,
    ],
  ];
  for (const [what, args, message] of refused) {
    it(`says in one line: ${what}`, async () => {
      const { code, stderr } = await run(...args);
      expect(code).to.equal(1);
      expect(stderr).to.match(message);
    });
  }

  it("says where it looked in vain for a Chromium", async () => {
    const args = ["png", "--report", inside("report.html")];
    const { code, stderr } = await runHardhat(args, { CHROMIUM_PATH: inside("no-chromium") });
    expect(code).to.equal(1);
    expect(stderr).to.match(/^error: CHROMIUM_PATH is no program: \S+no-chromium\n$/);
  });

  it("writes every chart and the top of the page, and names them", async function () {
    if ((await findChromium(process.env)) === undefined) skipWithout(this, "no Chromium: nothing is drawn");
    const { code, stdout, stderr } = await run("--report", inside("report.html"), "--width", "400", "--page", "300");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    const names = ["01-bad-debt.png", "02-price.png", "03-bad-debt.png", "page.png"];
    expect((await readdir(inside("png"))).sort()).to.deep.equal(names);
    expect(stdout.trim().split("\n")).to.deep.equal(names.map((name) => path.join(inside("png"), name)));
  });
});
