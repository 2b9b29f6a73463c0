import { id } from "ethers";

/** Role identifiers of the `AccessManager`; 0 is its own administrator. */
export const ROLES = { admin: 0n, guardian: 1n, governor: 2n } as const;

/**
 * Who may call what. *Tighten* functions accept only stricter values and belong to the guardian role, without delay; the
 * governor holds that role too. Everything else belongs to the governor role, whose members act after a delay.
 */
export const RESTRICTED_FUNCTIONS = {
  pool: {
    guardian: [
      "pause(uint8)",
      "lowerBorrowFactor(address,uint16)",
      "lowerCollateralSupplyCap(address,uint112)",
      "lowerPoolCaps(uint112,uint112)",
      "rampDownLiquidationFactor(address,uint16,uint32)",
    ],
    governor: [
      "listCollateral((address,uint16,uint16,uint112,address))",
      "setCollateralFactors(address,uint16,uint16,uint32)",
      "setCollateralSupplyCap(address,uint112)",
      "setLiquidationCurve(address,address)",
      "setOracle(address)",
      "setInterestRateModel(address)",
      "setPoolCaps(uint112,uint112)",
      "setMinDebt(uint96)",
      "setReserveFactor(uint16)",
      "setFlashFee(uint16)",
      "setLiquidationTarget(uint16)",
      "setMaxCollateralsPerAccount(uint8)",
      "setPauseFlags(uint8)",
      "withdrawReserves(uint256,address)",
    ],
  },
  oracle: {
    guardian: [],
    governor: [
      "setMarket(address,((address,uint32)[],bool,address,uint32,uint32,uint32,uint16,uint16,uint8))",
      "setShare(address,uint16)",
      "setQuoteFeeds((address,uint32)[])",
      "setSequencer(address,uint32)",
    ],
  },
} as const satisfies Record<string, Record<"guardian" | "governor", readonly string[]>>;

/** First four bytes of the signatures' hashes. */
export function selectorsOf(signatures: readonly string[]): string[] {
  return signatures.map((signature) => id(signature).slice(0, 10));
}
