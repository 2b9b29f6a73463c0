import { expect } from "chai";
import hre from "hardhat";

import { UserError } from "../../sim/user-error.ts";
import type { PokeReport } from "../../tasks/poke.ts";
import { expectClose } from "../shared/expect-close.ts";

type Outcome =
  { readonly success: true; readonly value: PokeReport } | { readonly success: false; readonly error: unknown };

/** Runs the task on the in-process chain as the command line does, and keeps what it prints. */
async function poke(args: { asset?: string; json?: boolean }) {
  const [out, err]: [string[], string[]] = [[], []];
  const { log, error } = console;
  console.log = (line: unknown) => void out.push(String(line));
  console.error = (line: unknown) => void err.push(String(line));
  try {
    const outcome = (await hre.tasks.getTask("poke").run({ asset: "", json: true, ...args })) as Outcome;
    return { outcome, out, err };
  } finally {
    Object.assign(console, { log, error });
  }
}

describe("task poke", () => {
  it("refuses an unknown asset in one line", async () => {
    const { outcome, out, err } = await poke({ asset: "DOGE" });
    expect(outcome.success).to.equal(false);
    if (outcome.success) return;
    expect(outcome.error).to.be.instanceOf(UserError);
    expect((outcome.error as UserError).message).to.equal(
      "--asset DOGE is no collateral of the pool: it has WETH, WBTC",
    );
    expect(out).to.deep.equal([]);
    expect(err).to.have.lengthOf(1);
  });

  it("tells machines what the engine found, and what it earned", async () => {
    const { outcome, out } = await poke({});
    if (!outcome.success) throw outcome.error;
    expect(JSON.parse(out.join("\n"))).to.deep.equal(outcome.value); // nothing but the JSON is printed
    const { collaterals, poolLevel, earned, owed, loan } = outcome.value;
    expect([poolLevel, earned, owed, loan]).to.deep.equal(["normal", "2.0", "2.0", "USDC"]); // one for each collateral
    const [weth, wbtc] = collaterals;
    expect(weth).to.include({ symbol: "WETH", refreshed: true, level: "normal" });
    expect([weth.borrowFactorBps, weth.liquidationFactorBps]).to.deep.equal([8_200, 8_600]);
    expect([wbtc.borrowFactorBps, wbtc.liquidationFactorBps]).to.deep.equal([7_800, 8_300]);
    // Calm: ¾ of 3 and 2.5 %, ¼ of 8 and 6 %; an hour to sell, 4σ, 10 % discount, 2 % impact
    expectClose(Number(weth.sigmaPerDay), 0.0425, 1e-4);
    const target = (sigma: number) =>
      Math.exp(-4 * sigma * Math.sqrt(1 / 24)) / (1.1 * (1 + 2 * (1 - Math.sqrt(0.98))));
    // Both lie above the bounds of the parameter file.
    expect([target(0.0425) > 0.86, target(0.03375) > 0.83]).to.deep.equal([true, true]);
    expect([weth.liquidationTargetBps, wbtc.liquidationTargetBps]).to.deep.equal([8_600, 8_300]);
    expectClose(Number(weth.depth), 10e6 * (1 - Math.sqrt(0.98)), 100);
    expectClose(Number(weth.reserve), 10e6, 10e3);
    expect(weth.freshUntil - weth.depthMeasuredAt).to.be.within(3_600, 3_660);
  });

  it("prints a table for people, of one collateral where that is asked", async () => {
    const { out } = await poke({ asset: "wbtc", json: false });
    const text = out.join("\n");
    expect(text).to.match(/collateral +σ a day +depth +reserve +may borrow +liquidated +target +breaker/);
    expect(text).to.match(/\n +WBTC +3\.3\d % +101k +10M +78\.00 % +83\.00 % +83\.00 % +normal/);
    expect(text).not.to.include("WETH  ");
    expect(text).to.match(/Breaker of the pool: normal\nEarned 1\.0 USDC; 1\.0 USDC are waiting for 0x[0-9a-fA-F]{40}/);
  });
});
