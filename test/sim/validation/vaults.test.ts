import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect } from "chai";

import type { Check } from "../../../sim/validation/check.ts";
import { barChecks, vaultChecks } from "../../../sim/validation/vaults.ts";
import { BARS, CHECKS, expectAll, makeChecks } from "../../shared/expect-checks.ts";

/** Market data beside a checkout. They are not part of the repository. */
const DATA = ["../shared/data", "../../shared/data"].find((folder) => existsSync(folder));

const ofBars = ({ what }: Check) => what.includes("hourly bars");

describe("validation: Maker's vaults on 12 March 2020", () => {
  it("breach in the same hours in our scenario and by the pool's own oracle; bars that are not there are skipped", async () => {
    const checks = await makeChecks((lab) => vaultChecks(lab, "nowhere"));
    const bars = checks.filter(ofBars);
    expect(bars).to.have.lengthOf(BARS);
    for (const { skipped } of bars) expect(skipped).to.match(/there is no nowhere\/.*: name a directory .* --data/);
    expectAll(
      checks.filter((check) => !ofBars(check)),
      CHECKS.vaults - BARS,
    );
    expect(bars.map(({ expected }) => expected)).to.deep.equal(["12T07", "12T10", "12T23", "13T01"]);
  });

  it("breach in the hourly bars 12T07, 12T10, 12T23 and 13T01", async function () {
    if (DATA === undefined) this.skip();
    expectAll(await barChecks(DATA), BARS);
  });

  it("would not pass with other bars", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "bars-"));
    try {
      await mkdir(path.join(folder, "black_thursday_2020_03"));
      const rows = ["2020-03-12T00:00:00Z,194,195,190,191", "2020-03-12T01:00:00Z,191,192,171,180"];
      await writeFile(
        path.join(folder, "black_thursday_2020_03", "ETH_USDT_1h.csv"),
        ["timestamp,open,high,low,close", ...rows].join("\n"),
      );
      const bars = await barChecks(folder);
      expect(bars.map(({ measured }) => measured)).to.deep.equal(["12T01", "never", "never", "never"]);
      expect(bars.some(({ ok }) => ok)).to.equal(false);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
