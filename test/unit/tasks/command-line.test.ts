import { expect } from "chai";

import { commandLine } from "../../../tasks/shared/command-line.ts";

describe("commandLine", () => {
  it("writes options as they are typed", () => {
    const options = [
      ["seeds", "8"],
      ["dipBuyers", "0"],
    ] as const;
    expect(commandLine("frontier", options)).to.equal("npx hardhat frontier --seeds 8 --dip-buyers 0");
  });

  it("quotes what a shell would read otherwise", () => {
    expect(commandLine("curves", [["paths", "flat,recovery"]])).to.equal("npx hardhat curves --paths flat,recovery");
    expect(commandLine("shock", [["prices", "it's.csv"]])).to.equal("npx hardhat shock --prices 'it'\\''s.csv'");
  });
});
