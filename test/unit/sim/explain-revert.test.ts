import { expect } from "chai";
import { Interface, ZeroAddress, type ErrorFragment } from "ethers";

import { explainRevert } from "../../../sim/protocols/explain-revert.ts";
import { openBench } from "../../shared/hand-made-view.ts";

const standard = new Interface(["error Error(string)", "error Panic(uint256)"]);

/** What others' speed can do to a well-behaved agent. Whoever adds one here must say to himself why. */
const RACES = [
  "FlashLiquidatorProfitTooLow",
  "LiquidationAccountHealthy",
  "LiquidationAlreadyKicked",
  "LiquidationDust",
  "LiquidationInGrace",
  "LiquidationNoFreshPrice",
  "LiquidationNotKicked",
  "LiquidationRepayTooHigh",
  "LiquidationStillUnhealthy",
  "PoolBorrowTestFailed",
  "PoolCollateralInsufficient",
  "PoolDebtBelowMinimum",
  "PoolDebtInsufficient",
  "PoolExitLimited",
  "PoolLiquidityInsufficient",
  "PoolRestricted",
  "RouterCollateralInTooHigh",
  "RouterLoanInTooHigh",
  "RouterNoDebt",
  "UnwindOutOfProportion",
];

/** Every error that a contract of the lab declares, with zeros for values. */
async function errorsOfContracts() {
  const { protocol, interfaces } = await openBench();
  const errors = new Map<string, string>();
  const zero = ({ type }: { readonly type: string }) =>
    type === "address" ? ZeroAddress : type === "string" ? "" : type === "bool" ? false : type === "bytes" ? "0x" : 0n;
  const encode = (abi: Interface, error: ErrorFragment) =>
    abi.encodeErrorResult(
      error,
      error.inputs.map((input) => (input.type === "bytes32" ? `0x${"0".repeat(64)}` : zero(input))),
    );
  for (const abi of Object.values(interfaces)) {
    abi.forEachError((error) => errors.set(error.name, encode(abi, error)));
  }
  return { protocol, interfaces, errors };
}

describe("#explainRevert", () => {
  it("takes no data for a bug: the usual reason is too little gas", () => {
    for (const data of ["0x", "", "0x1234567"]) {
      const explained = explainRevert([], data);
      expect(explained).to.deep.equal({ name: "a revert without data (out of gas?)", isRace: false });
    }
  });

  it("takes a panic for a bug, and names its code", () => {
    const data = standard.encodeErrorResult("Panic", [0x11]);
    expect(explainRevert([], data)).to.deep.equal({ name: "Panic(17)", isRace: false });
  });

  it("takes a sentence for a bug, and quotes it", () => {
    const data = standard.encodeErrorResult("Error", ["Too little received"]);
    expect(explainRevert([], data)).to.deep.equal({ name: "Error(Too little received)", isRace: false });
  });

  it("takes an unknown selector for a bug, and shows it", () => {
    const explained = explainRevert([], `0xdeadbeef${"0".repeat(64)}`);
    expect(explained).to.deep.equal({ name: "an unknown error 0xdeadbeef", isRace: false });
  });

  it("takes Uniswap's price limit for a race: others moved the price there first", () => {
    const data = standard.encodeErrorResult("Error", ["SPL"]);
    expect(explainRevert([], data)).to.deep.equal({ name: "UniswapPriceLimit", isRace: true });
  });

  it("names a lost race without its values, so that equal ones count as one", async () => {
    const { protocol, interfaces } = await errorsOfContracts();
    const data = interfaces.LendingPool.encodeErrorResult("LiquidationAccountHealthy", [ZeroAddress, 5n, 4n]);
    expect(protocol.explain(data)).to.deep.equal({ name: "LiquidationAccountHealthy", isRace: true });
  });

  it("names a bug with its values", async () => {
    const { protocol, interfaces } = await errorsOfContracts();
    const data = interfaces.LendingPool.encodeErrorResult("PoolUnauthorized", [ZeroAddress, ZeroAddress]);
    const name = `PoolUnauthorized(${ZeroAddress}, ${ZeroAddress})`;
    expect(protocol.explain(data)).to.deep.equal({ name, isRace: false });
  });

  it("knows the races, every one of which a contract can raise, and takes everything else for a bug", async () => {
    const { protocol, errors } = await errorsOfContracts();
    expect(errors.size).to.be.greaterThan(60);
    const races = [...errors].filter(([, data]) => protocol.explain(data).isRace).map(([name]) => name);
    expect(races.toSorted()).to.deep.equal(RACES);
  });
});
