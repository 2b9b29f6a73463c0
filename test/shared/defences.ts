/**
 * Defences, by name, and the contract in `contracts/mocks/weak` that lacks each. With `WITHOUT_DEFENCE=<name>` the attack tests
 * get that contract in the place of the real one, and must fail: `npm run attacks:table` tries all, one by one.
 */

/** Switches of `WeakPool`, in the order of its `Defence`. */
const POOL_DEFENCES = [
  "internal books",
  "virtual amounts",
  "debt rounding",
  "borrow test",
  "test in every step",
  "books before transfers",
  "full payment",
  "answer checked",
  "arrival checked",
  "loan pulled back",
  "receiver agrees",
  "used signatures",
  "authorization",
  "provision",
] as const;

/** Modules that replace a few functions of the administration. */
const ADMIN_DEFENCES = {
  "slow factors": "InstantFactorsModule",
  "coupled factors": "UncoupledFactorsModule",
  "checked parameters": "LaxModule",
} as const;

/** Liquidation modules without one guard. */
const SALE_DEFENCES = {
  "least sale": "DustySales",
  "clock moves by what is sold": "JumpingClockSales",
  "clock hardly ahead": "EndlessLeadSales",
  "rising price": "StalePriceSales",
  "kicks expire": "LongMemorySales",
  "memory of the price": "ForgetfulSales",
  "healthy accounts rest": "RestlessSales",
  "tips are charged": "GenerousSales",
  "tips are fetched": "PushedTipSales",
  "tips wait for a sale": "EagerTipSales",
  "one tip a sale": "RepeatedTipSales",
  "top-ups reset nothing": "ToppedUpSales",
  "one collateral at a time": "EscrowSales",
  "last holding is sold": "FussySales",
  "guard of health": "UnguardedSales",
  "price floor": "ZeroBidSales",
  "sales never pause": "PausableSales",
  "nothing sent to the owner": "RefundingSales",
  "sale before callback": "EarlyCallbackSales",
} as const;

/** Price oracles without one check. */
const PRICE_DEFENCES = {
  "age of answers": "AgelessOracle",
  "decimals asked again": "FixedDecimalsOracle",
  "all legs agree": "QuarrellingOracle",
} as const;

/** Oracles that stand before a real one. */
const ORACLE_DEFENCES = {
  "second source": "OneFeedOracle",
  "broken feeds survived": "OneFeedOracle",
  "band around the market": "OneFeedOracle",
  "confirmed rises": "CappedOracle",
  "locked shares": "OpenShareOracle",
  "market price": "HardCodedOracle",
} as const;

/** Parts that `deployAttack` and the tests of pokes put in place themselves. */
const POKE_DEFENCES = {
  "earlier blocks only": "SpotPriceOracle",
  "averaged prices": "SpotPriceOracle",
  "averaged depth": "SpotLiquidityOracle",
  "untouched blocks only": "CredulousFront",
  "samples apart": "HastyBreaker",
  "kicks of the unhealthy only": "TrustingKicks",
  "depth by time": "PerCallLiquidityOracle",
  "market depth": "BoundlessLiquidityOracle",
  "daily cap": "(a cap that nobody reaches)",
} as const;

type PoolDefence = (typeof POOL_DEFENCES)[number];
type AdminDefence = keyof typeof ADMIN_DEFENCES;
export type SaleDefence = keyof typeof SALE_DEFENCES;
type OracleDefence = keyof typeof PRICE_DEFENCES | keyof typeof ORACLE_DEFENCES;
export type PokeDefence = keyof typeof POKE_DEFENCES;
export type Defence = PoolDefence | AdminDefence | SaleDefence | OracleDefence | PokeDefence;

const OTHERS: Record<string, string> = {
  ...{ ...ADMIN_DEFENCES, ...SALE_DEFENCES, ...PRICE_DEFENCES, ...ORACLE_DEFENCES, ...POKE_DEFENCES },
};

/** What stands for the real contract where a defence is missing. */
export interface WeakPart {
  readonly part: "pool" | "adminModule" | "liquidationModule" | "priceOracle" | "oracle" | "other";
  readonly contract: string;
  /** Switch of `WeakPool`. */
  readonly missing: number;
}

export function weakPartOf(defence: Defence): WeakPart {
  const missing = (POOL_DEFENCES as readonly string[]).indexOf(defence);
  if (missing >= 0) return { part: "pool", contract: "WeakPool", missing };
  const contract = OTHERS[defence];
  if (defence in ADMIN_DEFENCES) return { part: "adminModule", contract, missing };
  if (defence in SALE_DEFENCES) return { part: "liquidationModule", contract, missing };
  if (defence in PRICE_DEFENCES) return { part: "priceOracle", contract, missing };
  return { part: defence in ORACLE_DEFENCES ? "oracle" : "other", contract, missing };
}

export const ALL_DEFENCES: readonly Defence[] = [
  ...POOL_DEFENCES,
  ...(Object.keys(OTHERS) as Exclude<Defence, PoolDefence>[]),
];

/** Names a defence that an attack file tries: `scripts/attack-table.ts` looks for calls of this. */
export function removable<T extends Defence>(defence: T): T {
  return defence;
}

/** True where the real contract is to be replaced by the one without this defence. */
export function isRemoved(defence: Defence): boolean {
  return process.env.WITHOUT_DEFENCE === defence;
}

/** The defence that what counts as ours goes without: none, unless it was removed from outside. */
export function missingFromOurs<T extends Defence>(defence: T): T | undefined {
  return isRemoved(defence) ? defence : undefined;
}
