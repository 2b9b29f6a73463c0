import { expect } from "chai";
import hre from "hardhat";

import { UserError } from "../../../sim/user-error.ts";
import { poolsOf, riskCommand } from "../../../tasks/shared/risk-options.ts";

const POOL = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const OTHER = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512";

describe("#riskCommand", () => {
  const usual = Object.fromEntries(
    [...hre.tasks.getTask("risk").options].map(([name, { defaultValue }]) => [name, String(defaultValue)]),
  );
  const none = { pool: "", registry: "", lens: "", accounts: "10", fromBlock: "", logRange: "5000" };
  const here = { network: "default", isFork: false };

  it("repeats what is not usual, and nothing else", () => {
    expect(riskCommand(none, here, usual)).to.equal("npx hardhat risk");
    const args = { ...none, pool: POOL, accounts: "50", fromBlock: "1200", logRange: "900" };
    expect(riskCommand(args, { network: "localhost", isFork: false }, usual)).to.equal(
      `npx hardhat risk --network localhost --pool ${POOL} --accounts 50 --from-block 1200 --log-range 900`,
    );
  });

  it("quotes what a shell would read otherwise, and keeps the address of a fork to itself", () => {
    const args = { ...none, pool: `${POOL}, ${OTHER}` };
    expect(riskCommand(args, { network: "fork", isFork: true }, usual)).to.equal(
      `npx hardhat risk --fork-url URL --pool '${POOL}, ${OTHER}'`,
    );
  });
});

describe("#poolsOf", () => {
  it("counts an address once, in whatever letters", () => {
    expect(poolsOf(`${POOL}, ${POOL.toLowerCase()},${OTHER},${POOL}`)).to.deep.equal([POOL, OTHER]);
  });

  it("refuses a list with nothing between its commas", () => {
    for (const text of [`${POOL},`, ",", `${POOL},,${OTHER}`]) {
      expect(() => poolsOf(text)).to.throw(UserError, /^--pool must be a list such as a,b,c/);
    }
  });
});
