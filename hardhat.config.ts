import { fileURLToPath } from "node:url";

import hardhatToolboxMochaEthers from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { configVariable, defineConfig } from "hardhat/config";

import forkOption from "./plugins/fork-option.ts";
import quietDependencies from "./plugins/quiet-dependencies.ts";
import shockOption from "./plugins/shock-option.ts";
import tasks from "./tasks/index.ts";

/** `test/unit/pool/layout.test.ts` compares the storage of the contracts that share it. */
const layouts = ["storageLayout", "transientStorageLayout"];

/** The compiler comes from npm, as WebAssembly: nothing is downloaded at build time. */
const compiler = {
  version: "0.8.37",
  path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
  preferWasm: true,
  settings: {
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 200 },
    outputSelection: {
      "*": { LendingPool: layouts, LiquidationModule: layouts, PoolAdminModule: layouts, PoolRiskModule: layouts },
    },
  },
};

/**
 * What runs often, and is small enough for it, is compiled for use rather than for size. The pool and its administration are
 * not: the pool would not fit into 24,576 bytes. By way of Yul where that saves most; it costs a quarter of a minute.
 */
const busy = (runs: number, viaIR: boolean) => ({
  ...compiler,
  settings: { ...compiler.settings, optimizer: { enabled: true, runs }, viaIR },
});
/** A rival of the lab's, compiled as its own build does: unmodified, from npm. */
const morpho = {
  version: "0.8.19",
  path: fileURLToPath(import.meta.resolve("solc-0.8.19/soljson.js")),
  preferWasm: true,
  settings: { evmVersion: "paris", viaIR: true, optimizer: { enabled: true, runs: 999_999 } },
};
const overrides = {
  "contracts/breaker/CircuitBreaker.sol": busy(1_000_000, true),
  "contracts/lens/RiskLens.sol": busy(1_000_000, true),
  "contracts/liquidation/LiquidationModule.sol": busy(20_000, true),
  "contracts/pool/PoolRiskModule.sol": busy(1_000_000, true),
  "contracts/risk/CollateralFactorModel.sol": busy(1_000_000, true),
  "contracts/risk/RiskEngine.sol": busy(1_000_000, true),
  "contracts/risk/LiquidityOracle.sol": busy(1_000_000, true),
  "contracts/risk/VolatilityOracle.sol": busy(1_000_000, true),
  "contracts/oracle/PriceOracle.sol": busy(800, true),
  "contracts/rates/AdaptiveRateModel.sol": busy(1_000_000, true),
  "contracts/rates/KinkedRateModel.sol": busy(1_000_000, true),
  // What stands for oracle and tokens where gas is compared, for as many runs as Morpho Blue compiles for.
  "contracts/mocks/ConstantPriceOracle.sol": busy(1_000_000, true),
  "contracts/mocks/MockERC20.sol": busy(1_000_000, true),
  "contracts/mocks/FlashStarter.sol": busy(1_000_000, true),
  // The pool with switches, which must fit into what can be deployed.
  "contracts/mocks/weak/WeakPool.sol": busy(1, true),
  // As the price oracle that they are but for a check.
  "contracts/mocks/weak/WeakOracleChecks.sol": busy(800, true),
  // Settings of its own, so that a change of the lab does not compile the protocol anew.
  "contracts/lab/LabDriver.sol": busy(999, false),
};

/** Coverage adds code to every line. By environment variable, so that commands which tests start know of it too. */
if (process.argv.includes("--coverage")) process.env.HARDHAT_COVERAGE = "true";

/**
 * Blocks of the lab hold thousands of transactions; a single transaction keeps mainnet's cap, and so do contract sizes,
 * except where coverage is measured.
 */
const simulated = {
  type: "edr-simulated",
  chainType: "l1",
  blockGasLimit: 1_000_000_000n,
  allowUnlimitedContractSize: process.env.HARDHAT_COVERAGE === "true",
} as const;

/**
 * Where the chains of tests and tasks begin, whatever the time is: samples are taken on the half hour, rewards counted by the day,
 * so that a test might pass in the morning and fail at noon. Set, it is for whoever looks for tests that only pass at one moment.
 */
const initialDate = process.env.CHAIN_START ?? "2026-01-01T00:00:00Z";

/** Counts of tests, by environment variable: Hardhat 3.17 knows one profile only. */
function runCount(name: string, byDefault: number): number {
  const count = Number(process.env[name] ?? byDefault);
  if (!Number.isSafeInteger(count) || count <= 0) throw new Error(`${name} must be a positive whole number`);
  return count;
}

/** Files of tests at a time. `MOCHA_JOBS=1` is for whoever looks for a mistake: only there `.only` leaves out other files,
 * and failed assertions about a bigint are told: workers cannot pass these on. */
const mochaJobs = runCount("MOCHA_JOBS", 2);

export default defineConfig({
  plugins: [hardhatToolboxMochaEthers, quietDependencies, shockOption, forkOption],
  tasks,
  solidity: {
    profiles: {
      default: { compilers: [compiler, morpho], overrides },
      production: { compilers: [compiler, morpho], overrides, isolated: true },
    },
    // With Morpho's own constant oracle and rate model, for the comparison of gas.
    npmFilesToBuild: ["Morpho.sol", "mocks/IrmMock.sol", "mocks/OracleMock.sol"].map(
      (file) => `@morpho-org/morpho-blue/src/${file}`,
    ),
  },
  networks: {
    default: { ...simulated, chainId: 31337, initialDate },
    node: { ...simulated, chainId: 31337 },
    chainA: { ...simulated, chainId: 31337, initialDate },
    chainB: { ...simulated, chainId: 31338, initialDate },
    // What it is a fork of, and with which chain ID, `tasks/shared/connect.ts` says.
    fork: { ...simulated, chainId: 31337 },
    // For the lab's scenarios with several blocks a second. Elsewhere every block is later than the one before.
    rollup: { ...simulated, chainId: 31337, initialDate, allowBlocksWithSameTimestamp: true },
    localhost: { type: "http", chainType: "l1", url: process.env.LOCALHOST_RPC_URL ?? "http://127.0.0.1:8545" },
    testnet: {
      type: "http",
      chainType: "l1",
      url: configVariable("TESTNET_RPC_URL"),
      accounts: [configVariable("TESTNET_PRIVATE_KEY")],
    },
  },
  // Counting writes behind all memory that is allocated, where `BoundedCall.readRaw` leaves an answer for `FeedReader` to read: counted, every
  // feed would look broken. Mocks are not shipped.
  coverage: { skipFiles: ["contracts/mocks/**", "contracts/lab/**", "contracts/oracle/{BoundedCall,FeedReader}.sol"] },
  paths: { tests: { mocha: "test", solidity: "test/solidity" } },
  test: {
    // Long enough for a machine that has other things to do: what hangs is found all the same.
    mocha: { timeout: 600_000, parallel: mochaJobs > 1, jobs: mochaJobs },
    solidity: {
      fuzz: { runs: runCount("FUZZ_RUNS", 256), seed: process.env.FUZZ_SEED },
      // Where campaigns say what they did, if asked to: `scripts/fuzz.ts`.
      fsPermissions: { dangerouslyReadWriteDirectory: ["cache/fuzz"] },
      invariant: {
        runs: runCount("INVARIANT_RUNS", 256),
        depth: runCount("INVARIANT_DEPTH", 128),
        failOnRevert: false,
      },
    },
  },
});
