import { expect } from "chai";

import { compare, jobsOf } from "../../../sim/compare/compare.ts";
import { stageOf, type CompareJob } from "../../../sim/compare/job.ts";
import { formatCompareTable } from "../../../sim/report/compare-table.ts";
import { protocolsPage } from "../../../sim/report/html/protocols-page.ts";
import { renderReport } from "../../../sim/report/html/render.ts";
import { expectClose } from "../../shared/expect-close.ts";
import { COMPARE_OPTIONS, fakeCompare } from "../../shared/fake-compare.ts";

const run = (...args: Parameters<typeof fakeCompare>) => compare(COMPARE_OPTIONS, "basis", fakeCompare(...args));
const goalOf = (result: Awaited<ReturnType<typeof run>>, id: string) => result.goals.find((goal) => goal.id === id);

describe("the comparison of protocols", () => {
  it("runs every contestant, with feedback and without, in every cell with every seed", async () => {
    const done: CompareJob[] = [];
    const result = await run(done);
    const jobs = done.filter(({ kind }) => kind === "compare");
    expect(jobs).to.have.lengthOf(5 * 2 * 2 * 2 * 8); // contestants, twins, scenarios, endings, seeds
    expect(new Set(jobs.map((job) => JSON.stringify(job))).size).to.equal(jobs.length);
    expect(result.runs).to.have.lengthOf(jobs.length);
    expect(result.cells).to.have.lengthOf(4);
  });

  it("scales Breakwater, and it alone, to lend what Aave's factors lend, for each asset", async () => {
    const done: CompareJob[] = [];
    const { calibrations } = await run(done);
    expect(calibrations.map(({ asset }) => asset)).to.deep.equal(["WETH", "USDC"]);
    for (const { calibration } of calibrations) {
      expect(calibration.isReached).to.equal(true);
      expectClose(calibration.lending, 1, 0.011);
    }
    const scale = calibrations[0].calibration.scale;
    expect(scale).to.be.greaterThan(1.2);
    for (const { kind, contestant, scenario, lendingScale } of done) {
      if (kind !== "compare" || scenario !== "black-thursday") continue;
      expect(lendingScale).to.equal(contestant === "breakwater" ? scale : 1);
    }
  });

  it("keeps jobs together that have their world in common", () => {
    const keys = jobsOf(COMPARE_OPTIONS, () => 1).map(stageOf);
    const changes = keys.filter((key, i) => key !== keys[i - 1]).length;
    // Never comes after Morpho: the static pool is built again for it.
    expect(changes).to.equal(2 * 8 * 5);
    expect(stageOf(jobsOf(COMPARE_OPTIONS, () => 1)[4])).to.equal(keys[4]);
  });

  it("gives the same result in whatever order jobs end", async () => {
    const straight = await run();
    const slow = fakeCompare();
    const reversed = await compare(COMPARE_OPTIONS, "basis", (async (job: CompareJob) => {
      const waits = job.kind === "compare" ? 5 - Number(job.seed) / 2 : 0;
      await new Promise((resolve) => setTimeout(resolve, waits));
      return slow(job);
    }) as typeof slow);
    expect(reversed).to.deep.equal(straight);
  });

  it("counts what was written off and what is open alike, beyond the twin", async () => {
    const { groups } = await run();
    const aave = groups[0].contestants.find(({ contestant }) => contestant === "aave-v3");
    if (aave === undefined) throw new Error("Aave did not take part");
    expectClose(aave.measures.loss.mean / 0.04, 1, 0.1);
    expectClose(aave.measures.realised.mean / aave.measures.loss.mean, 0.25, 1e-9);
    expectClose(aave.excess.loss.mean / 0.03, 1, 0.1);
    expectClose(aave.excess.fall.mean, 0.1, 1e-9);
    expect(aave.excess.loss.low).to.be.at.most(aave.excess.loss.mean);
    expect(groups.map(({ group, cells }) => [group, cells])).to.deep.equal([
      ["all", 4],
      ["flat", 2],
      ["recorded", 2],
    ]);
  });

  describe("goals", () => {
    it("are met by one that is good at all of it", async () => {
      const { goals, lost } = await run();
      expect(goals.map(({ id, holds }) => [id, holds])).to.deep.equal([
        ["lent", true],
        ["nowhere", true],
        ["excess-loss", true],
        ["excess-fall", true],
      ]);
      expect(lost).to.deep.equal([]);
    });

    it("are missed by one that lends less", async () => {
      const result = await run([], (job, usual) => ({ ...usual, debt: job.contestant === "breakwater" ? 45e6 : 50e6 }));
      expect(goalOf(result, "lent")).to.include({ holds: false });
      expectClose(goalOf(result, "lent")?.value ?? 0, 0.9, 1e-9);
    });

    it("are missed where it loses more than Aave, or than never, beyond chance; the cell is named", async () => {
      const isThere = (job: CompareJob) =>
        job.contestant === "breakwater" && job.scenario === "usdc-depeg" && job.ending === "flat";
      const result = await run([], (job, usual) => (isThere(job) ? { ...usual, loss: 0.05 } : usual));
      const goal = goalOf(result, "nowhere");
      expect(goal?.holds).to.equal(false);
      expect(goal?.detail).to.equal("1 of 4 cells above: usdc-depeg, flat");
      expect(result.lost.map(({ to }) => to)).to.deep.equal(["never", "aave-v3"]);
    });

    it("are not missed by what may be chance", async () => {
      const isOne = (job: CompareJob) => job.contestant === "breakwater" && job.seed === "3";
      const result = await run([], (job, usual) => (isOne(job) ? { ...usual, loss: 0.6 } : usual));
      expect(result.lost.length).to.be.greaterThan(0);
      expect(goalOf(result, "nowhere")).to.include({ holds: true });
    });

    for (const [id, worse] of [
      ["excess-loss", { loss: 0.02 }],
      ["excess-fall", { fall: 0.56 }],
    ] as const) {
      it(`are missed by too much ${id}`, async () => {
        const result = await run([], (job, usual) =>
          job.contestant === "breakwater" && job.hasImpact ? { ...usual, ...worse } : usual,
        );
        expect(goalOf(result, id)).to.include({ holds: false });
      });
    }

    it("are open where not all took part", async () => {
      const options = { ...COMPARE_OPTIONS, contestants: ["breakwater", "morpho-blue"] as const };
      const { goals } = await compare(options, "basis", fakeCompare());
      expect(goals.map(({ holds }) => holds)).to.deep.equal([null, null, null, null]);
    });
  });

  it("is written for people, in lines of at most 120 columns, with every goal", async () => {
    const result = await run();
    const text = formatCompareTable(result);
    for (const line of text.split("\n")) expect(line.length, line).to.be.at.most(120);
    for (const { text: goal } of result.goals) expect(text).to.include(goal);
    expect(text).to.match(/aave-v3 {12}Aave v3 \(core-v3 1\.19\.3\)/);
    expect(text).to.match(/usdc-depeg, flat .* \d\.\d\d \(\d\.\d\d\)/);
  });

  it("has a page of a report, with every contestant, goal and cell", async () => {
    const result = await run([], (job, usual) => (job.contestant === "breakwater" ? { ...usual, loss: 0.05 } : usual));
    const page = protocolsPage(result, "npx hardhat compare");
    expect(page.sections.map(({ heading }) => heading)).to.deep.equal([
      ...["Goals", "Compared", "Crash by crash", "Where Breakwater has more bad debt than another", "Numbers"],
    ]);
    expect(page.tiles?.map(({ label }) => label)).to.deep.equal(
      COMPARE_OPTIONS.contestants.map((name) => `bad debt, ${name}`),
    );
    const html = renderReport(page);
    for (const text of ["Aave v3 (core-v3 1.19.3)", "usdc-depeg, flat", result.goals[1].text, "npx hardhat compare"]) {
      expect(html).to.include(text);
    }
    expect(renderReport(protocolsPage(result, "npx hardhat compare"))).to.equal(html);
  });
});
