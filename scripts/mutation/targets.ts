import { globSync } from "node:fs";
import path from "node:path";

import { ROOT, shippedContracts } from "../audit/compile.ts";
import { closureOf } from "./sources.ts";

/** Which tests are to notice a change of a file. */
export interface Target {
  readonly file: string;
  /** Solidity tests that import it, directly or not: they are compiled with the change. */
  readonly solidityTests: readonly string[];
  /** Patterns of mocha tests. Tests that find more mutants are moved to the front as they do. */
  readonly mochaTests: readonly string[];
  /** Of the contracts that use it, the one whose optimised code shows whether a survivor is the same program. */
  readonly compared?: { readonly file: string; readonly contract: string };
}

/** The first row that fits decides. */
const ROWS: [pattern: RegExp, contract: string, tests: string][] = [
  [
    /libraries\/(SharesMath|InterestMath)/,
    "pool/LendingPool",
    "unit/pool/{erc4626,erc4626-share-price,borrow,repay,interest,reserves,many-borrowers} standards/erc4626",
  ],
  [
    /libraries\/BookWord/,
    "mocks/BookWordHarness",
    "unit/pool/{book-word,packed-books,collateral,collateral-withdrawal} unit/liquidation/{paced-backlog,unwind,take}",
  ],
  [
    /libraries\/PackedDecimal/,
    "mocks/BookWordHarness",
    "unit/pool/{book-word,packed-books} unit/liquidation/paced-backlog",
  ],
  [
    /libraries\/BasketMath/,
    "mocks/RiskMathHarness",
    "unit/pool/several-collaterals unit/risk/portfolio-math unit/liquidation/{take,threshold}",
  ],
  [/libraries\/RampMath/, "pool/PoolRiskModule", "unit/pool/admin-ramps unit/pool/risk-module unit/risk/factor-ramp"],
  [
    /libraries\/RiskWord/,
    "pool/PoolRiskModule",
    "unit/pool/{risk-module,admin-ramps,admin-parameters,admin-listing} unit/liquidation/{threshold,paced-floor}",
  ],
  [
    /libraries\/LiquidationMath/,
    "liquidation/LiquidationModule",
    "unit/liquidation/{take,take-size,threshold,dust,bad-debt}",
  ],
  [
    /libraries\/CascadeMath/,
    "lens/RiskLens",
    "unit/lens/{cascade-gain,risk-lens,system-reporter,pool-state,account-lens}",
  ],
  [
    /libraries\/(TickPrice|BoundedMath|PriceSelection)/,
    "oracle/PriceOracle",
    "unit/oracle/{tick-price,median,band,uniswap-twap,slow-average,decimals,source-states,shares,quote-feeds,sequencer}",
  ],
  [
    /libraries\/PackedFloat/,
    "risk/VolatilityOracle",
    "unit/risk/{volatility-oracle,storage,volatility-inputs,risk-engine-flows}",
  ],
  [
    /libraries\/CurveTerms/,
    "liquidation/LiquidationModule",
    "unit/curves/{curves,time-curves} unit/liquidation/{paced-curve,paced-floor,dutch-curve,paced-backlog}",
  ],
  [
    /liquidation\/(BaseCurve|DutchCurve|FixedBonusCurve|LinearCurve|PacedCurve|StairstepCurve)/,
    "liquidation/PacedCurve",
    "unit/curves/{curves,time-curves} unit/liquidation/{paced-curve,dutch-curve}",
  ],
  [
    /liquidation\/(SaleCurve|SalePace)/,
    "liquidation/LiquidationModule",
    "unit/curves/time-curves unit/liquidation/{paced-curve,paced-floor,paced-backlog,dutch-curve,take-size}",
  ],
  [
    /liquidation\/FlashLiquidator/,
    "liquidation/FlashLiquidator",
    "unit/liquidation/{flash-liquidator,flash-liquidator-hostile}",
  ],
  [
    /liquidation\/KeeperTips/,
    "liquidation/LiquidationModule",
    "unit/liquidation/{keeper-tips,kick,take,bad-debt} unit/pool/provision",
  ],
  [/liquidation\/Unwinding/, "pool/PoolRiskModule", "unit/liquidation/{unwind,unwind-callback,dust,threshold}"],
  [/liquidation\//, "liquidation/LiquidationModule", "unit/liquidation/!(flash-*) unit/pool/provision"],
  [
    /pool\/PoolAdminModule/,
    "pool/PoolAdminModule",
    "unit/pool/admin-* unit/pool/reserves unit/liquidation/keeper-tips",
  ],
  [
    /pool\/PoolRiskModule/,
    "pool/PoolRiskModule",
    "unit/pool/{risk-module,lock,layout,admin-modules} unit/risk/{risk-engine,risk-engine-flows,risk-engine-modules,risk-engine-rewards,storage} unit/liquidation/unwind",
  ],
  [
    /pool\/(PoolBacklog|PoolProvision)/,
    "liquidation/LiquidationModule",
    "unit/pool/provision unit/liquidation/{paced-backlog,keeper-tips,bad-debt,kick,paced-curve}",
  ],
  [
    /pool\/PoolRisk/,
    "pool/LendingPool",
    "unit/pool/{several-collaterals,borrow,collateral-withdrawal,collateral,risk-module} unit/liquidation/{kick,take,paced-backlog}",
  ],
  [
    /pool\/PoolAccounting/,
    "pool/LendingPool",
    "unit/pool/{interest,borrow,repay,erc4626,odd-tokens,reserves,lock,flash-loan,many-borrowers,risk-module} unit/liquidation/bad-debt standards/{erc4626,erc3156}",
  ],
  [/pool\//, "pool/LendingPool", "unit/pool/!(admin-*) standards/!(sensitivity)"],
  [
    /risk\/(VolatilityOracle|VolatilityStorage|VolatilityConfig|VolatilityMath|CorrelationTracker)/,
    "risk/VolatilityOracle",
    "unit/risk/{volatility-oracle,volatility-config,volatility-inputs,volatility-feeds,volatility-bias,correlation,storage,volatility-differential,volatility-manipulation}",
  ],
  [
    /risk\/(LiquidityOracle|UniswapDepth|DepthMath|ConfirmedAverage)/,
    "risk/LiquidityOracle",
    "unit/risk/{liquidity-oracle,liquidity-oracle-configuration,liquidity-oracle-failures,liquidity-oracle-swaps}",
  ],
  [
    /risk\/(CollateralFactorModel|CollateralFactorMath)/,
    "risk/CollateralFactorModel",
    "unit/risk/{collateral-factor-math,collateral-factor-model}",
  ],
  [/risk\/FactorRamp/, "pool/PoolRiskModule", "unit/risk/factor-ramp unit/pool/risk-module"],
  [/risk\/PortfolioMath/, "mocks/RiskMathHarness", "unit/risk/portfolio-math"],
  [
    /risk\//,
    "risk/RiskEngine",
    "unit/risk/{risk-engine,risk-engine-bounds,risk-engine-correlations,risk-engine-flows,risk-engine-grace,risk-engine-inputs,risk-engine-modules,risk-engine-rewards,risk-engine-turns,leverage-average,storage}",
  ],
  [/breaker\//, "breaker/CircuitBreaker", "unit/breaker/*"],
  [/rates\/KinkedRateModel/, "rates/KinkedRateModel", "unit/rates/kinked-rate-model"],
  [/rates\//, "rates/AdaptiveRateModel", "unit/rates/*"],
];

/** A test that takes a helper from another test file does not test what that one tests. */
const isTested = (file: string) => !file.endsWith(".t.sol");

const SOLIDITY_TESTS = globSync("test/solidity/fuzz/*.t.sol", { cwd: ROOT }).sort();

/** Files that can be mutated: libraries, pool, liquidation, risk, breaker and rates. */
export function targetFiles(): string[] {
  return shippedContracts().filter(
    (file) => ROWS.some(([pattern]) => pattern.test(file)) && !/interfaces|oracle\//.test(file),
  );
}

export function targetOf(file: string): Target {
  const row = ROWS.find(([pattern]) => pattern.test(file));
  if (row === undefined)
    throw new Error(`${file}: nothing says which tests are to notice a change (scripts/mutation/targets.ts)`);
  const [, contract, patterns] = row;
  return {
    file,
    solidityTests: SOLIDITY_TESTS.filter((test) => !/LastDebtor/.test(test) && closureOf(test, isTested).has(file)),
    mochaTests: [...new Set(patterns.split(" ").flatMap(testsOf))],
    compared: { file: `contracts/${contract}.sol`, contract: path.basename(contract) },
  };
}

function testsOf(pattern: string): string[] {
  const [directory, name] = [path.dirname(pattern), path.basename(pattern)];
  const found = globSync(`test/${directory}/*.test.ts`, { cwd: ROOT })
    .map((file) => file.replaceAll(path.sep, "/"))
    .filter((file) => path.posix.matchesGlob(path.basename(file, ".test.ts"), name))
    .sort();
  if (found.length === 0) throw new Error(`no test matches ${pattern}`);
  return found;
}
