import { expect } from "chai";
import hre from "hardhat";

import type { Check } from "../../sim/validation/check.ts";
import type { Lab } from "../../sim/validation/bench.ts";
import type { GroupName } from "../../sim/validation/validate.ts";

/** How many each group makes, market data being there: those of the vaults' hourly bars need them. */
export const CHECKS: Readonly<Record<GroupName, number>> = {
  ...{ loop: 18, slippage: 8, stairs: 7, liquidation: 22, threshold: 10, cascade: 8, vaults: 12 },
};
/** Checks of the vaults that need market data. */
export const BARS = 4;

/** Makes checks on a chain of their own. */
export async function makeChecks(check: (lab: Lab) => Promise<Check[]>): Promise<Check[]> {
  const connection = await hre.network.create();
  try {
    return await check({ hre, connection });
  } finally {
    await connection.close();
  }
}

/** Each of them was made, and holds. */
export function expectAll(checks: readonly Check[], count: number): void {
  for (const { what, ok, expected, measured, skipped } of checks) {
    expect(skipped, what).to.equal(undefined);
    expect(ok, `${what}: expected ${expected}, measured ${measured}`).to.equal(true);
  }
  expect(checks).to.have.lengthOf(count);
}

/** The one check of that name. */
export function checkNamed(checks: readonly Check[], what: string | RegExp): Check {
  const found = checks.filter((check) => (typeof what === "string" ? check.what === what : what.test(check.what)));
  expect(found, String(what)).to.have.lengthOf(1);
  return found[0];
}
