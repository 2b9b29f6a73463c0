import { expect } from "chai";
import hre from "hardhat";

import { UserError } from "../../sim/user-error.ts";
import type { LoopResult } from "../../tasks/loop.ts";
import type { UnwindResult } from "../../tasks/unwind.ts";

const LOOP = {
  ...{ rounds: "5", ltv: "0.7", amount: "10", asset: "", account: "", slippage: "0.02" },
  ...{ flash: false, json: true },
};
const UNWIND = { rounds: "50", asset: "", account: "", slippage: "0.02", flash: false, json: true };

type Outcome<T> = { readonly success: true; readonly value: T } | { readonly success: false; readonly error: unknown };

/** Runs a task on the in-process chain as the command line does, and keeps what it prints. */
async function run<T>(name: string, args: Record<string, unknown>) {
  const [out, err]: [string[], string[]] = [[], []];
  const { log, error } = console;
  console.log = (line: unknown) => void out.push(String(line));
  console.error = (line: unknown) => void err.push(String(line));
  try {
    const outcome = (await hre.tasks.getTask(name).run(args)) as Outcome<T>;
    return { outcome, out, err };
  } finally {
    Object.assign(console, { log, error });
  }
}

async function valueOf<T>(name: string, args: Record<string, unknown>): Promise<T> {
  const { outcome, out } = await run<T>(name, args);
  if (!outcome.success) throw outcome.error;
  expect(JSON.parse(out.join("\n"))).to.deep.equal(outcome.value); // nothing but the JSON is printed
  return outcome.value;
}

describe("task loop", () => {
  const refused: [string, Record<string, unknown>, RegExp][] = [
    ["a loan-to-value of one", { ltv: "1" }, /^--ltv must be below 1/],
    ["a loan-to-value that is no number", { ltv: "abc" }, /^--ltv must be a positive number, got "abc"/],
    ["a loan-to-value above the pool's", { ltv: "0.83" }, /^--ltv 0.83 is above what the pool lends on WETH: 0.82/],
    ["no rounds", { rounds: "0" }, /^--rounds must be a whole number from 1 to 50/],
    ["rounds that are no number", { rounds: "x" }, /^--rounds must be a whole number from 1 to 50, got "x"/],
    ["a negative amount", { amount: "-1" }, /^--amount must be a positive number/],
    ["an amount of zero", { amount: "0.0" }, /^--amount must be above zero/],
    [
      "an amount with too many decimals",
      { asset: "WBTC", amount: "0.123456789" },
      /^--amount has more than 8 decimals/,
    ],
    ["an unknown asset", { asset: "DOGE" }, /^--asset DOGE is no collateral of the pool: it has WETH, WBTC/],
    ["an unknown account", { account: "99" }, /^--account 99 is not there/],
    ["more than the pool can lend", { amount: "6000" }, /^the pool has .* to lend/],
    ["less than the minimum debt", { amount: "0.001" }, /below the pool's minimum of 100.0 USDC/],
    ["a slippage that cannot be met", { slippage: "0.0001" }, /RouterCollateralOutTooLow\(.*--slippage$/],
  ];
  for (const [what, args, message] of refused) {
    it(`refuses ${what} in one line`, async () => {
      const { outcome, out, err } = await run("loop", { ...LOOP, ...args });
      expect(outcome.success).to.equal(false);
      if (outcome.success) return;
      expect(outcome.error).to.be.instanceOf(UserError);
      expect((outcome.error as UserError).message).to.match(message);
      expect(out).to.deep.equal([]);
      expect(err).to.have.lengthOf(1);
    });
  }

  it("shows leverage, health and liquidation price of every round", async () => {
    const { rounds, asset } = await valueOf<LoopResult>("loop", LOOP);
    expect(asset).to.equal("WETH");
    expect(rounds).to.have.lengthOf(6);
    expect(rounds[0]).to.include({ collateral: "10.0", debt: "0.0", healthFactor: null, liquidationPrice: null });
    // 70 % of 10 WETH at the borrow price: 2000, or the tick of the average just below it
    const first = Number(rounds[1].debt);
    expect(first > 13_997 && first <= 14_000, String(first)).to.equal(true);
    for (const [index, round] of rounds.entries()) {
      if (index === 0) continue;
      const before = rounds[index - 1];
      expect(Number(round.leverage)).to.be.greaterThan(Number(before.leverage));
      if (index > 1) expect(Number(round.healthFactor)).to.be.lessThan(Number(before.healthFactor));
      // by definition of both: price · 1/health = liquidation price
      const gap = Number(round.price) / Number(round.healthFactor) / Number(round.liquidationPrice) - 1;
      expect(Math.abs(gap) < 1e-6, `round ${index}: ${gap}`).to.equal(true);
    }
    const exposure = Number(rounds[5].collateral) / 10;
    expect(exposure > 2.88 && exposure < 2.94117, String(exposure)).to.equal(true); // (1 − 0.7^6)/0.3, less the fees
  });

  it("reaches the frictionless exposure exactly with --flash", async () => {
    const { rounds } = await valueOf<LoopResult>("loop", { ...LOOP, flash: true, ltv: "0.8" });
    expect(rounds).to.have.lengthOf(1);
    expect(rounds[0].collateral).to.equal("36.8928");
  });

  it("prints a table for people", async () => {
    const { out } = await run("loop", { ...LOOP, rounds: "2", json: false });
    expect(out.join("\n")).to.match(/round +collateral +debt +leverage +health +liquidation price/);
    expect(out.join("\n")).to.match(/\n +2 +21\.8\d+ +23,7\d\d\.\d\d +2\.19\d\d +1\.5\d\d\d +1,26\d\.\d\d/);
  });
});

describe("task unwind", () => {
  it("refuses bad numbers in one line", async () => {
    for (const args of [{ rounds: "51" }, { slippage: "1" }, { slippage: "zero" }]) {
      const { outcome, err } = await run("unwind", { ...UNWIND, ...args });
      expect(outcome.success).to.equal(false);
      expect(err).to.have.lengthOf(1);
    }
  });

  it("refuses rounds that do not suffice, before selling anything", async () => {
    const { outcome, out } = await run("unwind", { ...UNWIND, rounds: "1" });
    expect(outcome.success).to.equal(false);
    if (!outcome.success)
      expect((outcome.error as UserError).message).to.match(/RouterDebtLeft\(target 0, debt \d+\)$/);
    expect(out).to.deep.equal([]);
  });

  for (const flash of [false, true]) {
    it(`leaves no debt and returns the equity less costs ${flash ? "at once" : "round by round"}`, async () => {
      const { rounds, returned } = await valueOf<UnwindResult>("unwind", { ...UNWIND, flash });
      expect(rounds.length >= 2 && (rounds.length === 2) === flash).to.equal(true);
      expect(rounds[rounds.length - 1]).to.include({ collateral: "0.0", debt: "0.0" });
      expect(Number(returned) > 9.8 && Number(returned) < 10).to.equal(true);
    });
  }
});
