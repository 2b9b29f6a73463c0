import { readdirSync, readFileSync } from "node:fs";

import { expect } from "chai";

import { defencesIn, readReport } from "../../scripts/attacks/attack-table.ts";
import { ALL_DEFENCES } from "../shared/defences.ts";

const FOLDER = "test/attacks";

/** The table itself, `npm run attacks:table`, takes too long for a test: it runs every attack twice. */
describe("the table of attacks", () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".test.ts"));
  const defences = new Map(files.map((file) => [file, defencesIn(readFileSync(`${FOLDER}/${file}`, "utf8"))]));

  it("finds in each attack test a defence that can be removed", () => {
    expect([...defences].filter(([, names]) => names.length === 0).map(([file]) => file)).to.deep.equal([]);
  });

  it("tries every defence that there is", () => {
    const tried = new Set([...defences.values()].flat());
    expect(ALL_DEFENCES.filter((defence) => !tried.has(defence))).to.deep.equal([]);
  });

  it("refuses a defence that there is not", () => {
    expect(() => defencesIn('removable("luck")')).to.throw('no defence is called "luck"');
  });

  it("counts a test as failed only by an assertion, not by a hook or a broken setting", () => {
    const report = (failure: string) => readReport(`  3 passing (1s)\n  1 failing\n\n  1) Attack: x\n${failure}`);
    expect(report("       does y:\n     AssertionError: expected 1 to equal 2\n")).to.include({
      ...{ passed: 3, failed: 1, isAssertion: true },
    });
    expect(report("       does y:\n     SolidityError: VM Exception\n").isAssertion).to.equal(false);
    const hook = '       "before all" hook in "Attack: x":\n     AssertionError: expected 1 to equal 2\n';
    expect(report(hook).isAssertion).to.equal(false);
    expect(readReport("  2 passing (1s)\n")).to.include({ passed: 2, failed: 0, isAssertion: false });
  });
});
