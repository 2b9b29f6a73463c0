import hre from "hardhat";
import type { Context } from "mocha";

/**
 * Skips a test of gas or code size, or those of a suite if called from its `before`, while coverage is measured: what that
 * adds to every line is deployed nowhere, and Hardhat lifts the networks' limits for it.
 */
export function skipUnderCoverage(context: Context): void {
  if (hre.globalOptions.coverage) context.skip();
}
