import { id } from "ethers";

/** Role identifiers of the `AccessManager`; 0 is its own administrator. */
export const ROLES = { admin: 0n, guardian: 1n, governor: 2n, impliedPoster: 3n } as const;

/** Roles that functions belong to. */
export type FunctionRole = Exclude<keyof typeof ROLES, "admin">;

/**
 * Who may call what. *Tighten* functions accept only stricter values and belong to the guardian role, without delay; the
 * governor holds that role too. Implied volatilities are posted by a role of their own, within bounds. Everything else
 * belongs to the governor role, whose members act after a delay.
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
      "setKickTip(uint80)",
      "setMaxCollateralsPerAccount(uint8)",
      "setPauseFlags(uint8)",
      "setRiskEngine(address,uint32)",
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
  volatilityOracle: {
    guardian: ["raiseFloor(address,uint64)"],
    impliedPoster: ["postImplied(address,uint64)"],
    governor: [
      "setAsset(address,(address,uint24,uint64,uint64,uint64,uint64,uint64,uint24))",
      "setPair(address,address,uint8,uint8)",
    ],
  },
  liquidityOracle: {
    guardian: [],
    governor: ["setMarket(address,(address[],uint16,uint16,uint32,uint32,uint32))"],
  },
  factorModel: {
    guardian: [],
    governor: ["setParameters(address,(uint16,uint16,uint16,uint16,uint16,uint16,uint16,uint16,uint16,uint16))"],
  },
  breaker: {
    guardian: ["raise(address,address,uint8,uint32)"],
    governor: [
      "setThresholds(address,((uint64,uint64),(uint64,uint64),(uint64,uint64),(uint64,uint64),(uint64,uint64),(uint64,uint64)))",
    ],
  },
  poolRegistry: {
    guardian: [],
    governor: ["add((address,address,uint32))", "remove(address)"],
  },
  riskEngine: {
    guardian: [],
    governor: [
      "setModules((address,address,address,address))",
      "setAsset(address,(uint32,uint32,uint32))",
      "setRewards((uint96,uint96,uint32))",
      "setFlow((uint16,uint32,uint32,uint32))",
    ],
  },
} as const satisfies Record<
  string,
  Record<"guardian" | "governor", readonly string[]> & Partial<Record<FunctionRole, readonly string[]>>
>;

/** A deployed contract that has administrative functions. */
export type RestrictedContract = keyof typeof RESTRICTED_FUNCTIONS;

/** First four bytes of the signatures' hashes. */
export function selectorsOf(signatures: readonly string[]): string[] {
  return signatures.map((signature) => id(signature).slice(0, 10));
}
