import { stripVTControlCharacters } from "node:util";

import { expect } from "chai";

import { LAB, scaledProfile } from "../../../sim/config.ts";
import type { FrontierResult } from "../../../sim/frontier/frontier-result.ts";
import type { Job, Perform } from "../../../sim/frontier/job.ts";
import { aaveProfile, crashOf } from "../../../sim/frontier/perform.ts";
import { sweep, type SweepProgress } from "../../../sim/frontier/sweep.ts";
import { drawFrontier } from "../../../sim/report/frontier-chart.ts";
import { formatFrontierTable } from "../../../sim/report/frontier-table.ts";
import { createRng } from "../../../sim/rng.ts";
import { BUILT_IN_SCENARIOS } from "../../../sim/scenarios/built-in.ts";
import { kindOf } from "../../../sim/scenarios/registry.ts";
import { descendants, parseXml } from "../../shared/parse-xml.ts";
import { FRONTIER_OPTIONS, fakePerform } from "../../shared/fake-frontier.ts";
import { expectClose } from "../../shared/expect-close.ts";

describe("#sweep", () => {
  const done: Job[] = [];
  const seen: SweepProgress[] = [];
  let result: FrontierResult;
  before(async () => {
    result = await sweep(FRONTIER_OPTIONS, "basis", fakePerform(done), (progress) => seen.push(progress));
  });

  it("runs every crash with every seed in every variant", () => {
    expect(result.runs).to.have.lengthOf(2 * 8 * 6);
    const keys = new Set(result.runs.map(({ scenario, seed, variant }) => `${scenario} ${seed} ${variant}`));
    expect(keys.size).to.equal(96);
    expect(done.filter(({ kind }) => kind === "run")).to.have.lengthOf(96);
    expect(seen.at(-1)).to.deep.equal({ phase: "run", done: 96, total: 96 });
  });

  it("runs each variant at the scale that was found for it, and the reference at 1", () => {
    for (const { features, target, calibration } of result.calibrations) {
      expect(calibration.isReached, `${features} ${target}`).to.equal(true);
      const scales = result.runs
        .filter(({ variant }) => variant === `${features} at ${100 * target} %`)
        .map(({ lendingScale }) => lendingScale);
      expect(new Set(scales)).to.deep.equal(new Set([calibration.scale]));
    }
    expect(result.calibrations[0].calibration).to.deep.include({ scale: 1, lending: 1 });
  });

  it("sees that defences halve the loss, and where one does harm", () => {
    const [thursday, wick, pooled] = result.groups;
    expect(pooled.group).to.equal("pooled");
    const dynamic = thursday.variants.find(({ variant }) => variant === "dynamic at 100 %");
    expect(dynamic?.againstStatic?.measures.loss.verdict).to.equal("better");
    expect(dynamic?.againstStatic?.lossRatio.ratio).to.be.within(0.499, 0.501);
    expect(wick.variants[1].againstStatic?.lossRatio.ratio).to.equal(null);
    const harmed = result.harms.filter(({ measure }) => measure === "amplification");
    expect(harmed.map(({ group, variant }) => [group, variant])).to.deep.equal([
      ["flash-wick", "dynamic+breaker at 100 %"],
      ["flash-wick", "dynamic+breaker at 90 %"],
      ["pooled", "dynamic+breaker at 100 %"],
      ["pooled", "dynamic+breaker at 90 %"],
    ]);
  });

  it("pools by seed: the mean of a measure is the mean over scenarios", () => {
    const mean = (group: number) => result.groups[group].variants[0].measures.loss.mean;
    expectClose(mean(2), (mean(0) + mean(1)) / 2, 1e-12);
  });

  it("does not depend on the order in which jobs end", async () => {
    const inner = fakePerform();
    let turn = 0;
    const shuffled = (async (job: Job) => {
      for (let wait = (turn++ * 7) % 5; wait > 0; --wait) await new Promise((resolve) => setImmediate(resolve));
      return inner(job);
    }) as Perform;
    expect(await sweep(FRONTIER_OPTIONS, "basis", shuffled)).to.deep.equal(result);
  });

  it("ends with the first failure", async () => {
    const inner = fakePerform();
    const failing = ((job: Job) => {
      return job.kind === "run" && job.seed === "3" ? Promise.reject(new Error("boom")) : inner(job);
    }) as Perform;
    const failure = await sweep(FRONTIER_OPTIONS, "basis", failing).catch((error: unknown) => error);
    expect(failure).to.have.property("message", "boom");
  });

  describe("its table", () => {
    for (const line of [
      /^8 seeds; 60 borrowers, 12 loopers, 6 dip buyers; dutch curve$/,
      /^100 %: what Aave v3's parameters lend on a usual day, 60M on WETH$/,
      /^Black Thursday, 12–13 March 2020: 620 blocks of 3 min$/,
      /^All 2 scenarios$/,
      /^lending +100 % +100 % +100 % +90 % +90 % +90 %$/,
      /^black-thursday +\d\.\d\d +\d\.\d\d\* +\d\.\d\d\* +\d\.\d\d +\d\.\d\d\* +\d\.\d\d\*$/,
      /^ {2}WETH {2}dynamic\+breaker +wanted +90\.0 % +lends +89\.[0-9]\d % +scale 1\.\d+ +after \d+$/,
      /^ {2}flash-wick +dynamic\+breaker at 100 % +amplif\. \+0\.050 × \(0\.050 to 0\.050\)$/,
    ]) {
      it(`has the line ${line.source.slice(0, 60)}`, () => {
        const lines = formatFrontierTable(result).split("\n");
        expect(lines.filter((text) => line.test(text))).to.have.lengthOf(1);
      });
    }

    it("fits 100 columns, and says the same in colour", () => {
      const plain = formatFrontierTable(result);
      for (const line of plain.split("\n")) expect(line.length, line).to.be.at.most(100);
      expect(stripVTControlCharacters(formatFrontierTable(result, true))).to.equal(plain);
    });

    it("says when lending was not reached, and when there is nothing to compare", async () => {
      const poor = ((job: Job) => {
        return job.kind === "lending" && job.features !== "static" ? { lent: 10e6 } : fakePerform()(job);
      }) as unknown as Perform;
      const asked = { ...FRONTIER_OPTIONS, scenarios: ["flash-wick"], seeds: 2 };
      expect(formatFrontierTable(await sweep(asked, "b", poor))).to.match(/lends +16\.67 % .*NOT REACHED/);
      const alone = await sweep({ ...asked, features: ["static"] }, "b", fakePerform());
      expect(formatFrontierTable(alone)).to.match(/Nothing to compare/);
      expect(alone.groups.map(({ group }) => group)).to.deep.equal(["flash-wick"]); // nothing to pool
    });
  });

  describe("its chart", () => {
    it("is XML with a panel a group and a mark a variant, the same for the same result", () => {
      const svg = drawFrontier(result);
      expect(drawFrontier(structuredClone(result))).to.equal(svg);
      const elements = descendants(parseXml(svg));
      const titles = elements.filter(({ attributes }) => attributes.class === "panel").map(({ text }) => text);
      expect(titles).to.deep.equal(["All 2 crashes", "black-thursday", "flash-wick"]);
      expect(elements.filter(({ attributes }) => attributes.class?.startsWith("dot"))).to.have.lengthOf(3 * 6 + 3);
    });
  });
});

describe("#crashOf", () => {
  for (const [name, blockSeconds] of [
    ["black-thursday", 300],
    ["may-19", 300],
    ["terra-week", 300],
    ["ftx-fall", 240],
    ["flash-wick", 24],
    ["slow-bleed", 1_200],
    ["usdc-depeg", 240],
    ["fast-fall-250ms", 0.25],
    ["fast-fall-2s", 2],
    ["fast-fall-12s", 12],
  ] as const) {
    it(`plays ${name} in blocks of ${blockSeconds} s by default`, () => {
      expect(crashOf(name, 300).blockSeconds).to.equal(blockSeconds);
    });
  }

  it("makes no two crashes the same", () => {
    const paths = BUILT_IN_SCENARIOS.filter((scenario) => kindOf(scenario) !== "stress").map(({ name }) =>
      JSON.stringify(crashOf(name, 300).path(createRng("1"))),
    );
    expect(new Set(paths).size).to.equal(paths.length);
  });

  it("leaves everybody the time to buy what was kicked", () => {
    for (const { name } of BUILT_IN_SCENARIOS) {
      expect(crashOf(name, 10).blockSeconds).to.be.lessThan(LAB.dutchSeconds + 1_800);
    }
  });
});

describe("#scaledProfile", () => {
  const profile = aaveProfile("WETH");

  it("keeps the ratio of both factors", () => {
    expect(scaledProfile(profile, 0.9)).to.include({ borrowFactorBps: 7_245, liquidationFactorBps: 7_470 });
    expect(scaledProfile(profile, 1)).to.deep.equal(profile);
  });

  it("ends where no pool would list, and refuses what is no scale", () => {
    expect(scaledProfile(profile, 4).liquidationFactorBps).to.equal(9_500);
    for (const scale of [0, -1, NaN, Infinity]) expect(() => scaledProfile(profile, scale)).to.throw(RangeError);
  });
});
