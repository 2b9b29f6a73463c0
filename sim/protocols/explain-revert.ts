import { Interface, type ErrorFragment } from "ethers";

/** What a rational agent may run into because others were faster in the same block. Anything else is a bug. */
const RACES: ReadonlySet<string> = new Set([
  "LiquidationAccountHealthy",
  "LiquidationAlreadyKicked",
  "LiquidationDust",
  "LiquidationNoFreshPrice",
  "LiquidationRepayTooHigh",
  "PoolCollateralInsufficient",
  "PoolDebtInsufficient",
  "PoolDebtBelowMinimum",
  "PoolLiquidityInsufficient",
  "PoolBorrowTestFailed",
  "PoolExitLimited",
  "PoolRestricted",
  "FlashLiquidatorProfitTooLow",
  "RouterCollateralInTooHigh",
  "RouterNoDebt",
  "RouterLoanInTooHigh",
  "LiquidationStillUnhealthy",
  "LiquidationNotKicked",
  "LiquidationInGrace",
  "UnwindOutOfProportion",
]);

/** Errors of interfaces by their selectors: ethers hashes all of them anew with every question. */
const errors = new WeakMap<Interface, ReadonlyMap<string, ErrorFragment>>();

function errorOf(abi: Interface, selector: string): ErrorFragment | undefined {
  let known = errors.get(abi);
  if (known === undefined) {
    const found: [string, ErrorFragment][] = [];
    abi.forEachError((error) => found.push([error.selector, error]));
    errors.set(abi, (known = new Map(found)));
  }
  return known.get(selector);
}

const standard = new Interface(["error Error(string)", "error Panic(uint256)"]);

/**
 * Names the error in a revert's data: the first of the interfaces that knows it decides.
 * @param races Names, with or without values, or texts of `Error(string)`, that a well-behaved agent may run into; default: those of our contracts.
 */
export function explainRevert(
  interfaces: readonly Interface[],
  revertData: string,
  races: ReadonlySet<string> = RACES,
): { readonly name: string; readonly isRace: boolean } {
  if (revertData.length < 10) return { name: "a revert without data (out of gas?)", isRace: false };
  const selector = revertData.slice(0, 10).toLowerCase();
  for (const abi of [standard, ...interfaces]) {
    const error = errorOf(abi, selector);
    if (error === undefined) continue;
    if (races.has(error.name)) return { name: error.name, isRace: true };
    const values = abi.decodeErrorResult(error, revertData).map(String).join(", ");
    // Uniswap: the price is already beyond the swap's limit.
    if (error.name === "Error" && values === "SPL") return { name: "UniswapPriceLimit", isRace: true };
    const isNamed = races.has(`${error.name}(${values})`) || (error.name === "Error" && races.has(values));
    if (isNamed) return { name: `${error.name}(${values})`, isRace: true };
    return { name: `${error.name}(${values})`, isRace: false };
  }
  return { name: `an unknown error ${revertData.slice(0, 10)}`, isRace: false };
}
