import { expect } from "chai";

import { ownChain } from "../shared/own-chain.ts";
import { ERC20 } from "./erc20.ts";
import { ERC2612 } from "./erc2612.ts";
import { ERC3156 } from "./erc3156.ts";
import { LIMITS } from "./erc4626-limits.ts";
import { MOVES } from "./erc4626-moves.ts";
import { VIEWS } from "./erc4626-views.ts";
import { FAULTS, referenceSystem, type Fault } from "./reference.ts";
import { type Rule } from "./system.ts";

type Broken = Exclude<Fault, "None">;

/** The rule that must notice each fault. Others may. */
const NOTICED: Record<Broken, string> = {
  TransferAnswersFalse: "#transfer, #approve and #transferFrom answer true",
  TransferToZeroBurns: "#transfer reverts when the receiver is the zero address",
  TransferLosesOne: "#transfer moves exactly the value, leaves the supply, and emits Transfer",
  ZeroTransferReverts: "#transferFrom of nothing is a transfer like any other, and emits Transfer",
  SelfTransferMints: "#transferFrom to oneself changes no balance, and emits Transfer",
  ApproveAdds: "#approve sets the allowance, also one that there is, and emits Approval",
  ApproveSilent: "#approve sets the allowance, also one that there is, and emits Approval",
  AllowanceIgnored: "#redeem by a third party takes as many shares as were approved, and not one more",
  InfiniteAllowanceSpent: "#withdraw leaves an infinite allowance as it is",
  NonceKept: "#permit reverts on replay, also after the allowance was taken back",
  DeadlineIgnored: "#permit reverts a second after the deadline",
  DeadlineOneSecondEarly: "#permit counts in the second of the deadline, and for ever with the largest one",
  MirroredAccepted: "#permit reverts for the mirrored signature (high s), and for other values of v",
  DomainFrozen: "after a split of the chain, signatures count on their own side only",
  DomainMisnamed: "#eip712Domain tells these four, and no salt nor extension (ERC-5267)",
  DepositRoundedUp: "#previewDeposit rounds down, to the unit",
  MintRoundedDown: "#previewMint rounds up, to the unit",
  WithdrawRoundedDown: "#previewWithdraw rounds up, to the unit",
  RedeemRoundedUp: "#previewRedeem rounds down, to the unit",
  DepositGenerous: "#deposit and #redeem in one block gain nothing",
  MintGenerous: "#mint and #redeem in one block gain nothing",
  WithdrawGenerous: "#withdraw takes from the assets what it pays, and makes nobody else's shares worth less",
  RedeemGenerous: "#redeem takes from the assets what it pays, and makes nobody else's shares worth less",
  ConversionRoundedUp: "#convertToShares and #convertToAssets round down, to the unit",
  ConversionByCaller: "#convertTo… do not depend on who asks",
  ConversionLimited: "#convertTo… and #preview… do not depend on limits, balances and pauses",
  PreviewLimited: "#convertTo… and #preview… do not depend on limits, balances and pauses",
  PreviewTooGood: "#deposit does what its preview said in the same block, and answers it",
  AnswerTooGood: "#deposit does what its preview said in the same block, and answers it",
  AssetsUnderstated: "#totalAssets counts all that is managed, with what it has earned up to now",
  DepositLimitTooHigh: "the limit of #deposit goes through, and a unit more does not",
  RedeemLimitTooLow: "the limit of #redeem goes through, and a unit more does not",
  LimitReverts: "no view reverts, for nobody and nothing, the zero address and the vault itself included",
  DepositNamesReceiver: "#mint emits Deposit: who paid, who has the shares, assets, shares",
  WithdrawNamesCaller: "#redeem emits Withdraw: who called, who is paid, whose shares, assets, shares",
  CallerIsPaid: "#withdraw does what its preview said in the same block, and answers it",
  InitiatorIsReceiver: "#flashLoan calls back once, with who asked, token, amount, fee and data as they are",
  FeeMisquoted: "#flashLoan calls back once, with who asked, token, amount, fee and data as they are",
  DataDropped: "#flashLoan calls back once, with who asked, token, amount, fee and data as they are",
  AnswerIgnored: "#flashLoan reverts when the receiver does not answer as the standard says",
  FeeForgiven: "#flashLoan takes loan and fee from the receiver, by its allowance and to the unit",
  CallerPays:
    "#flashLoan reverts when the receiver has approved a unit less than both, whatever the caller has approved",
  LentTooLate: "#flashLoan has sent the amount when it calls back, and nothing else",
  LoanAnswersFalse: "#flashLoan answers true",
  OtherTokensQuoted: "#flashFee reverts for every other token",
  OtherTokensRevert: "#maxFlashLoan is zero for every other token, and does not revert",
  FlashLimitTooHigh: "#flashLoan lends the maximum",
};

/** Rules that no row above needs. */
const ALSO: readonly [Broken, string][] = [
  ["AllowanceIgnored", "#transferFrom reverts when the allowance is a share short"],
  ["InfiniteAllowanceSpent", "#transferFrom leaves an infinite allowance as it is"],
  ["DepositGenerous", "no round trip gains, by the previews"],
  ["DepositGenerous", "#deposit and #withdraw in one block gain nothing"],
  ["MintGenerous", "#mint and #withdraw in one block gain nothing"],
  ["DepositGenerous", "#deposit adds to the assets what was paid, and makes nobody else's shares worth less"],
  ["MintGenerous", "#mint adds to the assets what was paid, and makes nobody else's shares worth less"],
];

const RULES = [...ERC20, ...ERC2612, ...ERC3156, ...VIEWS, ...LIMITS, ...MOVES];

function ruleNamed(name: string): Rule {
  const [rule, ...others] = RULES.filter((candidate) => candidate.name === name);
  if (rule === undefined || others.length !== 0) throw new Error(`${others.length} other rules are called "${name}"`);
  return rule;
}

/** A suite that finds nothing wrong with our pool says something only if it finds what is wrong elsewhere. */
describe("suites of standards notice", () => {
  const chain = ownChain();
  const faults = Object.entries(NOTICED) as [Broken, string][];

  for (const [fault, name] of [...faults, ...ALSO]) {
    it(`${fault}, by "${name}"`, async () => {
      const system = await referenceSystem(chain(), fault);
      const failure = await ruleNamed(name)
        .check(system)
        .then(
          () => "the rule held",
          (error: unknown) => (error instanceof Error ? error.name : String(error)),
        );
      // A mistake of the rule's own, such as a TypeError, is no finding.
      expect(failure).to.be.oneOf(["AssertionError", "SolidityError"]);
    });
  }

  it("as many faults as the reference can have", async () => {
    expect(FAULTS.slice(1)).to.have.members(faults.map(([fault]) => fault));
    const last = FAULTS.length - 1;
    const values = [(await referenceSystem(chain())).assetAddress, "R", "R", 1n];
    await chain().ethers.deployContract("ReferenceVault", [...values, last]);
    await expect(chain().ethers.deployContract("ReferenceVault", [...values, last + 1])).to.revert(chain().ethers);
  });
});
