import { expect } from "chai";

import { belowFloor, linesOf } from "../../../scripts/audit/lcov.ts";
import { codeLines } from "../../../scripts/audit/v8-lines.ts";

const LCOV = `TN:
SF:contracts/pool/Pool.sol
DA:1,3
DA:2,0
DA:3,1
end_of_record
SF:/repo/contracts/mocks/Mock.sol
DA:1,0
end_of_record
SF:contracts/pool/Pool.sol
DA:2,1
DA:4,0
end_of_record
`;

describe("line coverage", () => {
  it("counts the lines of a file once, however often it is reported", () => {
    expect(linesOf(LCOV, "/repo")).to.deep.equal([
      { name: "contracts/pool/Pool.sol", lines: 4, hit: 3 },
      { name: "contracts/mocks/Mock.sol", lines: 1, hit: 0 },
    ]);
  });

  it("is too little below the floor, and if there is nothing", () => {
    const files = [{ name: "a", lines: 100, hit: 98 }];
    expect(belowFloor("a", files, 0.98)).to.equal(false);
    expect(belowFloor("a", files, 0.981)).to.equal(true);
    expect(belowFloor("nothing", [], 0.5)).to.equal(true);
  });

  it("does not count types, comments and empty lines as code", () => {
    const source =
      "import type { A } from './a.ts';\n// comment\nexport const x: number = 1;\n\ninterface B {\n  y: A;\n}\n";
    expect([...codeLines(source)]).to.deep.equal([3]);
  });
});
