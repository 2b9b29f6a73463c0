import { expect } from "chai";

import { addUp, formatCalls, seedOf, vacuous } from "../../scripts/fuzz.ts";

const nameOf = (selector: string) => (selector === "0x00000001" ? "kick" : "take");

describe("counts of what campaigns did", () => {
  it("adds up the lines of all runs, by action", () => {
    const calls = addUp("0x00000001:3:1 0x00000002:40:1\n0x00000001:2:2 0x00000002:60:3\n", nameOf);
    expect(calls).to.deep.equal([
      { action: "kick", attempted: 5, effective: 3 },
      { action: "take", attempted: 100, effective: 4 },
    ]);
  });

  it("finds the actions of which hardly anything came, or that were never tried", () => {
    const calls = addUp("0x00000001:20:1 0x00000002:100:4", nameOf);
    expect(vacuous(calls).map(({ action }) => action)).to.deep.equal(["take"]);
    expect(vacuous(addUp("0x00000001:0:0", nameOf))).to.have.lengthOf(1);
  });

  it("adds slices of a long campaign, each from a seed of its own", () => {
    const slices = ["0x00000001:20:1 0x00000002:100:4\n", "0x00000001:3:2 0x00000002:5:0\n"];
    expect(addUp(slices.join(""), nameOf)).to.deep.equal([
      { action: "kick", attempted: 23, effective: 3 },
      { action: "take", attempted: 105, effective: 4 },
    ]);
    expect(seedOf(0)).to.match(/^0x[0-9a-f]{64}$/);
    expect(seedOf(1)).to.not.equal(seedOf(0));
  });

  it("refuses a line that is cut off", () => {
    expect(() => addUp("0x00000001:3", nameOf)).to.throw('"0x00000001:3" is no count of calls');
  });

  it("shows a row an action, and how many there were", () => {
    expect(formatCalls(addUp("0x00000001:20:1 0x00000002:100:4", nameOf)).split("\n")).to.deep.equal([
      "action                           tried  effective        %",
      "kick                                20          1      5.0",
      "take                               100          4      4.0",
      "all                                120",
    ]);
  });
});
