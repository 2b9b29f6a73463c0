import { overrideTask, task } from "hardhat/config";
import type { TaskDefinition } from "hardhat/types/tasks";

/** What is for a deployed pool, and building it. */
export const poolTasks: TaskDefinition[] = [
  overrideTask("build")
    .setAction(() => import("./build.ts"))
    .build(),
  task("deploy", "Deploys the whole system: a demo set, or what a parameter file says")
    .addOption({
      name: "parameters",
      description: "JSON file (see ignition/parameters); default: the demo set",
      defaultValue: "",
    })
    .addFlag({ name: "json", description: "Print the addresses as JSON, and nothing else" })
    .setAction(() => import("./deploy.ts"))
    .build(),
  task("loop", "Opens a leveraged position round by round: borrow, swap, supply")
    .addOption({ name: "rounds", description: "How many, 1 to 50", defaultValue: "5" })
    .addOption({ name: "ltv", description: "Loan-to-value of each round, below 1", defaultValue: "0.7" })
    .addOption({ name: "amount", description: "Equity, in whole collateral tokens", defaultValue: "10" })
    .addOption({ name: "asset", description: "Collateral, by symbol or address; default: the first", defaultValue: "" })
    .addOption({
      name: "account",
      description: "Address or number of an account; default: the first",
      defaultValue: "",
    })
    .addOption({ name: "slippage", description: "Worst price, as a share of the market's", defaultValue: "0.02" })
    .addFlag({ name: "flash", description: "The same exposure in one transaction, by flash swap" })
    .addFlag({ name: "json", description: "Print the result as JSON, and nothing else" })
    .setAction(() => import("./loop.ts"))
    .build(),
  task("unwind", "Closes a leveraged position round by round: withdraw, swap, repay")
    .addOption({ name: "rounds", description: "At most so many, 1 to 50", defaultValue: "50" })
    .addOption({ name: "asset", description: "Collateral, by symbol or address; default: the first", defaultValue: "" })
    .addOption({
      name: "account",
      description: "Address or number of an account; default: the first",
      defaultValue: "",
    })
    .addOption({ name: "slippage", description: "Worst price, as a share of the market's", defaultValue: "0.02" })
    .addFlag({ name: "flash", description: "In one transaction, by flash swap" })
    .addFlag({ name: "json", description: "Print the result as JSON, and nothing else" })
    .setAction(() => import("./unwind.ts"))
    .build(),
  task("poke", "Measures depth, volatility and correlations of a deployed pool, and has its risk engine judge by them")
    .addOption({ name: "asset", description: "Collateral, by symbol or address; default: all", defaultValue: "" })
    .addFlag({ name: "json", description: "Print the result as JSON, and nothing else" })
    .setAction(() => import("./poke.ts"))
    .build(),
  task("risk", "Leverage, what falls would liquidate, concentration and cascade gain of deployed pools")
    .addOption({
      name: "pool",
      description: "Address of a pool, or several with commas; default: those of the registry",
      defaultValue: "",
    })
    .addOption({
      name: "registry",
      description: "Address of a PoolRegistry; default: the deployed one",
      defaultValue: "",
    })
    .addOption({
      name: "lens",
      description: "Address of a RiskLens; default: the deployed one, or its code with each call",
      defaultValue: "",
    })
    .addOption({ name: "accounts", description: "How many to name, nearest to liquidation first", defaultValue: "10" })
    .addOption({ name: "fromBlock", description: "First block to read; default: the pool's first", defaultValue: "" })
    .addOption({ name: "logRange", description: "Most blocks to ask logs of at once", defaultValue: "5000" })
    .addOption({ name: "out", description: "Where the result goes as JSON; default: nowhere", defaultValue: "" })
    .addOption({ name: "report", description: "HTML file with everything; default: none", defaultValue: "" })
    .addFlag({ name: "json", description: "Print the report as JSON, and nothing else" })
    .setAction(() => import("./risk.ts"))
    .build(),
  task("keeper", "Watches a deployed pool: kicks, takes with flash liquidation, and pokes its risk engine")
    .addOption({ name: "pool", description: "Address of the pool; default: the deployed one", defaultValue: "" })
    .addOption({
      name: "rpc",
      description: "Address of the node, instead of the network's; may carry a key and is never logged",
      defaultValue: "",
    })
    .addOption({
      name: "account",
      description: "Address or number of an account; default: the first",
      defaultValue: "",
    })
    .addOption({ name: "interval", description: "How often to ask for a new block [ms]", defaultValue: "1000" })
    .addOption({ name: "port", description: "Where Prometheus finds /metrics; 0: nowhere", defaultValue: "0" })
    .addOption({ name: "host", description: "Address to serve metrics on", defaultValue: "127.0.0.1" })
    .addOption({
      name: "state",
      description: "Checkpoint file; default: one in .keeper for each chain, pool and account",
      defaultValue: "",
    })
    .addOption({ name: "minProfit", description: "Least profit after gas, in whole loan tokens", defaultValue: "1" })
    .addOption({
      name: "keep",
      description: "Share of the simulated profit that must be left, or the transaction reverts",
      defaultValue: "0.5",
    })
    .addOption({
      name: "bid",
      description: "Share of the profit to offer for the place in the block",
      defaultValue: "0",
    })
    .addOption({
      name: "kickYield",
      description: "What a kicked account may bring, as a share of its debt: decides if a kick is worth it",
      defaultValue: "0.01",
    })
    .addOption({ name: "maxFee", description: "Never offer more [gwei per gas]", defaultValue: "200" })
    .addOption({ name: "leastTip", description: "Never tip less [gwei per gas]", defaultValue: "0.01" })
    .addOption({
      name: "ethPrice",
      description: "Worth of the chain's coin in the loan asset; default: the pool's price of WETH",
      defaultValue: "",
    })
    .addOption({ name: "fromBlock", description: "First block to read; default: the pool's first", defaultValue: "" })
    .addOption({ name: "logRange", description: "Most blocks to ask logs of at once", defaultValue: "5000" })
    .addOption({ name: "depth", description: "Blocks that may still be reorganised", defaultValue: "32" })
    .addOption({
      name: "confirmations",
      description: "Blocks after which a transaction counts as mined",
      defaultValue: "1",
    })
    .addOption({
      name: "stuckBlocks",
      description: "Blocks after which a transaction is sent again for more",
      defaultValue: "3",
    })
    .addOption({ name: "maxPending", description: "Most transactions on their way", defaultValue: "8" })
    .addOption({
      name: "maxFailures",
      description: "Give up after so many failed rounds in a row; 0: never",
      defaultValue: "0",
    })
    .addOption({
      name: "poke",
      description: "Refresh the risk engine: off, paid (when the reward pays), stale (also for the pool's sake)",
      defaultValue: "stale",
    })
    .addOption({
      name: "venues",
      description: "More Uniswap pools to sell in: COLLATERAL=POOL, with commas",
      defaultValue: "",
    })
    .addOption({ name: "lens", description: "Address of an AccountLens; default: the deployed one", defaultValue: "" })
    .addOption({
      name: "liquidator",
      description: "Address of a FlashLiquidator; default: the deployed one",
      defaultValue: "",
    })
    .addOption({
      name: "tag",
      description: "Decide on the latest or the pending block; default: latest, pending on a development node",
      defaultValue: "",
    })
    .addOption({
      name: "seed",
      description: "Of the waits between attempts; default: another each time",
      defaultValue: "",
    })
    .addOption({
      name: "logLevel",
      description: "Least level to log: debug, info, warn or error",
      defaultValue: "info",
    })
    .addOption({
      name: "stopTimeout",
      description: "How long to wait for pending transactions when stopping [s]",
      defaultValue: "30",
    })
    .addFlag({ name: "once", description: "One round, wait for its transactions, and end" })
    .addFlag({ name: "leaveHealed", description: "Do not end sales of accounts that have healed: that costs gas" })
    .addFlag({ name: "deployHelpers", description: "Deploy lens and liquidator if none is known" })
    .addFlag({ name: "noCompile", description: "Work with the contracts as they were built last" })
    .setAction(() => import("./keeper.ts"))
    .build(),
];
