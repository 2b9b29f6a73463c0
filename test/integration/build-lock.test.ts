import { expect } from "chai";

import { runHardhat } from "../shared/node-process.ts";

describe("hardhat build", () => {
  it("may be run by several processes in one folder at once", async () => {
    const ends = await Promise.all(Array.from({ length: 4 }, () => runHardhat(["build"])));
    for (const { code, stderr } of ends) expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
  });
});
