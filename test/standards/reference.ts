import { MaxUint256 } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { callOf } from "../shared/scripts.ts";
import type { Setup, System } from "./system.ts";

/** `Fault` of `ReferenceVault.sol`, in its order. */
export const FAULTS = [
  "None",
  "TransferAnswersFalse",
  "TransferToZeroBurns",
  "TransferLosesOne",
  "ZeroTransferReverts",
  "SelfTransferMints",
  "ApproveAdds",
  "ApproveSilent",
  "AllowanceIgnored",
  "InfiniteAllowanceSpent",
  "NonceKept",
  "DeadlineIgnored",
  "DeadlineOneSecondEarly",
  "MirroredAccepted",
  "DomainFrozen",
  "DomainMisnamed",
  "DepositRoundedUp",
  "MintRoundedDown",
  "WithdrawRoundedDown",
  "RedeemRoundedUp",
  "DepositGenerous",
  "MintGenerous",
  "WithdrawGenerous",
  "RedeemGenerous",
  "ConversionRoundedUp",
  "ConversionByCaller",
  "ConversionLimited",
  "PreviewLimited",
  "PreviewTooGood",
  "AnswerTooGood",
  "AssetsUnderstated",
  "DepositLimitTooHigh",
  "RedeemLimitTooLow",
  "LimitReverts",
  "DepositNamesReceiver",
  "WithdrawNamesCaller",
  "CallerIsPaid",
  "InitiatorIsReceiver",
  "FeeMisquoted",
  "DataDropped",
  "AnswerIgnored",
  "FeeForgiven",
  "CallerPays",
  "LentTooLate",
  "LoanAnswersFalse",
  "OtherTokensQuoted",
  "OtherTokensRevert",
  "FlashLimitTooHigh",
] as const;
export type Fault = (typeof FAULTS)[number];

/** An account that runs scripts, with a tenth of a million of the asset, and allowances. */
export async function deployReceiver(
  { ethers }: NetworkConnection,
  asset: System["asset"],
  vaultAddress: string,
  unit: bigint,
) {
  const receiver = await ethers.deployContract("ScriptedAccount");
  const receiverAddress = await receiver.getAddress();
  await asset.mint(receiverAddress, 100_000n * unit);
  await receiver.run([await callOf(asset, "approve", [vaultAddress, MaxUint256])]);
  return { receiver, receiverAddress };
}

/** OpenZeppelin's vault on an asset of 6 decimals: in use, at a share price of about 1.07, under a cap of a million. */
export async function referenceSystem(connection: NetworkConnection, fault: Fault = "None"): Promise<System> {
  const { ethers } = connection;
  const [deployer, holder, other, stranger] = await ethers.getSigners();
  const unit = 10n ** 6n;
  const asset = await ethers.deployContract("MockERC20", ["USD", "USD", 6]);
  const assetAddress = await asset.getAddress();
  const [name, symbol] = ["Reference", "refUSD"];
  const values = [assetAddress, name, symbol, 1_000_000n * unit, FAULTS.indexOf(fault)];
  const vaultAddress = await (await ethers.deployContract("ReferenceVault", values)).getAddress();
  const errors = await ethers.getContractAt("ReferenceVault", vaultAddress);
  const vault = (await ethers.getContractAt("IStandardVault", vaultAddress)).connect(deployer);
  for (const account of [holder, other]) {
    await asset.mint(account.address, 10_000_000n * unit);
    await asset.connect(account).approve(vaultAddress, MaxUint256);
  }
  await vault.connect(holder).deposit(100_000n * unit, holder.address);
  await asset.mint(vaultAddress, 7_000n * unit + 3n);
  return {
    ...{ connection, vault, vaultAddress, asset, assetAddress, name, symbol, unit, holder, other, stranger, errors },
    ...(await deployReceiver(connection, asset, vaultAddress, unit)),
    overLimit: {
      deposit: "ERC4626ExceededMaxDeposit",
      mint: "ERC4626ExceededMaxMint",
      withdraw: "ERC4626ExceededMaxWithdraw",
      redeem: "ERC4626ExceededMaxRedeem",
    },
    notOwned: { withdraw: "ERC4626ExceededMaxWithdraw", redeem: "ERC4626ExceededMaxRedeem" },
    zeroReceiver: "ERC20InvalidReceiver",
    flash: {
      over: "ReferenceLoanTooLarge",
      refused: "ReferenceLoanRefused",
      unsupported: "ReferenceTokenUnsupported",
    },
    owned: () => asset.balanceOf(vaultAddress, { blockTag: "pending" }),
    settle: async () => undefined,
    withheld: async () => 0n,
  };
}

/** It without a fault, for a suite. */
export function referenceSetup(connection: () => NetworkConnection): Setup {
  return { load: () => connection().networkHelpers.loadFixture(faultless) };
}

function faultless(connection: NetworkConnection) {
  return referenceSystem(connection);
}
