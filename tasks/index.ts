import { overrideTask, task } from "hardhat/config";
import type { TaskDefinition } from "hardhat/types/tasks";

const QUEUE = {
  name: "queue",
  description: "redis://… : let whoever serves it (lab-worker) do the runs; default: this machine",
  defaultValue: "",
} as const;

/** What every task has that makes many runs of the lab. */
function batchTask(name: string, description: string, out: string) {
  return task(name, description)
    .addOption({ name: "scenario", description: "Name from `scenarios`", defaultValue: "black-thursday" })
    .addOption({ name: "blocks", description: "Most blocks of a run: longer ones if need be", defaultValue: "20000" })
    .addOption({ name: "borrowers", description: "How many", defaultValue: "200" })
    .addOption({ name: "loopers", description: "How many hold leveraged loops", defaultValue: "20" })
    .addOption({ name: "dipBuyers", description: "How many loop into the fall", defaultValue: "0" })
    .addOption({ name: "curve", description: "How liquidation prices move", defaultValue: "dutch" })
    .addOption({ name: "features", description: "Defences of the pool", defaultValue: "static" })
    .addOption({
      name: "set",
      description: "Parameters that are other than usual: risk.z=5;market.depth=0.5",
      defaultValue: "",
    })
    .addOption({ name: "workers", description: "Processes on this machine", defaultValue: "2" })
    .addOption(QUEUE)
    .addOption({
      name: "store",
      description: "Directory of finished runs: what is there already is not run again",
      defaultValue: "lab-store",
    })
    .addOption({ name: "out", description: "Where the result goes", defaultValue: out })
    .addOption({
      name: "report",
      description: "HTML file with everything; empty: none",
      defaultValue: out.replace(/json$/, "html"),
    })
    .addFlag({ name: "json", description: "Print the result as JSON, and nothing else" })
    .addFlag({ name: "parameters", description: "List all parameters with their ranges, and do nothing else" });
}

/** What every task has that makes runs of a grid. */
function sweepTask(name: string, description: string) {
  return task(name, description)
    .addOption({ name: "workers", description: "Processes on this machine", defaultValue: "2" })
    .addOption(QUEUE)
    .addOption({
      name: "cache",
      description: "Directory of finished runs: what is there already is not run again",
      defaultValue: `${name}-cache`,
    })
    .addOption({ name: "out", description: "Where the result goes", defaultValue: `${name}.json` })
    .addFlag({ name: "json", description: "Print the result as JSON, and nothing else" });
}

/** Definitions only: each action is imported when its task runs, so that loading the configuration stays fast. */
const tasks: TaskDefinition[] = [
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
    .addFlag({ name: "unkick", description: "End sales of accounts that have healed: costs gas, brings nothing" })
    .addFlag({ name: "deployHelpers", description: "Deploy lens and liquidator if none is known" })
    .addFlag({ name: "noCompile", description: "Work with the contracts as they were built last" })
    .setAction(() => import("./keeper.ts"))
    .build(),
  task(
    "shock",
    "Crashes the market on real contracts: who is liquidated, what is lost, how much worse it got by itself",
  )
    .addOption({
      name: "scenario",
      description: "Name from `scenarios`, or a file of your own: my-scenario.ts, prices.csv; default: black-thursday",
      defaultValue: "",
    })
    .addOption({ name: "prices", description: "CSV file: timestamp,open,high,low,close", defaultValue: "" })
    .addOption({
      name: "over",
      description: "How long the fall of --shock takes: 90s, 30m, 26h, 3d; default: 30m",
      defaultValue: "",
    })
    .addOption({
      name: "asset",
      description: "With --shock or --prices: WETH, WBTC, LUNA or USDC; default: WETH",
      defaultValue: "",
    })
    .addOption({ name: "seed", description: "Decides everything random: same seed, same run", defaultValue: "1" })
    .addOption({ name: "borrowers", description: "How many", defaultValue: "200" })
    .addOption({ name: "loopers", description: "How many hold leveraged loops", defaultValue: "20" })
    .addOption({ name: "curve", description: "How liquidation prices move", defaultValue: "dutch" })
    .addOption({
      name: "features",
      description: "Defences of the pool: static, dynamic, dynamic+breaker or measured",
      defaultValue: "static",
    })
    .addOption({ name: "dipBuyers", description: "How many loop into the fall", defaultValue: "0" })
    .addOption({
      name: "latency",
      description: "Blocks until liquidators and the kicker act on what they see: 2, or from 1 to 5: 1-5",
      defaultValue: "0",
    })
    .addFlag({ name: "congestion", description: "Blocks are full, as on 12 March 2020" })
    .addOption({ name: "ordering", description: "How blocks are ordered: fee, random or arrival", defaultValue: "fee" })
    .addOption({ name: "out", description: "Where the result goes", defaultValue: "result.json" })
    .addOption({ name: "chart", description: "SVG file to draw; default: none", defaultValue: "" })
    .addOption({ name: "report", description: "HTML file with everything; empty: none", defaultValue: "report.html" })
    .addFlag({ name: "json", description: "Print the result as JSON, and nothing else" })
    .setAction(() => import("./shock.ts"))
    .build(),
  sweepTask("frontier", "Loss in crashes against lending before them: a static pool, dynamic factors, and the breaker")
    .addOption({
      name: "scenarios",
      description: "Names from `scenarios`, with commas",
      defaultValue: "black-thursday,may-19,terra-week,ftx-fall,flash-wick,usdc-depeg",
    })
    .addOption({ name: "seeds", description: "Runs of each scenario and pool: seeds 1 to this", defaultValue: "20" })
    .addOption({ name: "borrowers", description: "How many", defaultValue: "30" })
    .addOption({ name: "loopers", description: "How many hold leveraged loops", defaultValue: "6" })
    .addOption({ name: "dipBuyers", description: "How many loop into the fall", defaultValue: "3" })
    .addOption({ name: "blocks", description: "Most blocks of a run: longer ones if need be", defaultValue: "300" })
    .addOption({ name: "curve", description: "How liquidation prices move", defaultValue: "dutch" })
    .addOption({
      name: "features",
      description: "Defences to compare, with commas",
      defaultValue: "static,dynamic,dynamic+breaker",
    })
    .addOption({
      name: "lending",
      description: "Lending on a usual day, in % of Aave's, with commas",
      defaultValue: "100,90",
    })
    .addOption({ name: "chart", description: "SVG file to draw; default: none", defaultValue: "" })
    .addOption({ name: "report", description: "HTML file with everything; default: none", defaultValue: "" })
    .setAction(() => import("./frontier.ts"))
    .build(),
  sweepTask("compare", "The same crashes for Breakwater, Breakwater with its features off, Aave v3 and Morpho Blue")
    .addOption({
      name: "protocols",
      description: "Who takes part, with commas; never: the static pool, in which nobody liquidates",
      defaultValue: "breakwater,breakwater-static,aave-v3,morpho-blue,never",
    })
    .addOption({
      name: "scenarios",
      description: "Names from `scenarios`, with commas; default: all",
      defaultValue: "",
    })
    .addOption({
      name: "endings",
      description: "What follows the low: flat, or as recorded, with commas",
      defaultValue: "flat,recorded",
    })
    .addOption({ name: "seeds", description: "Runs of each crash and protocol: seeds 1 to this", defaultValue: "5" })
    .addOption({ name: "borrowers", description: "How many", defaultValue: "30" })
    .addOption({ name: "loopers", description: "How many hold leveraged loops", defaultValue: "6" })
    .addOption({ name: "blocks", description: "Most blocks of a run: longer ones if need be", defaultValue: "300" })
    .addOption({ name: "report", description: "HTML file with everything; empty: none", defaultValue: "compare.html" })
    .setAction(() => import("./compare.ts"))
    .build(),
  sweepTask("curves", "Liquidation curves, and never liquidating, in crashes on markets of any depth")
    .addOption({
      name: "depths",
      description: "Of the on-chain market, both reserves together, as multiples of all debt, with commas",
      defaultValue: "0.1,0.2,0.5,1,2,5",
    })
    .addOption({ name: "shocks", description: "Falls in per cent, with commas", defaultValue: "20,35,50" })
    .addOption({ name: "paths", description: "What follows: flat, recovery", defaultValue: "flat,recovery" })
    .addOption({
      name: "curves",
      description: "Curves to compare, and never, with commas; default: all",
      defaultValue: "",
    })
    .addOption({ name: "subject", description: "Curve that the goals are about", defaultValue: "paced" })
    .addOption({ name: "seeds", description: "Runs of each curve in each cell: seeds 1 to this", defaultValue: "20" })
    .addOption({ name: "borrowers", description: "How many", defaultValue: "24" })
    .addOption({ name: "loopers", description: "How many hold leveraged loops", defaultValue: "4" })
    .addOption({ name: "blocks", description: "Blocks of a run, which lasts 140 minutes", defaultValue: "140" })
    .addOption({ name: "chart", description: "SVG file to draw; default: none", defaultValue: "" })
    .addOption({ name: "report", description: "HTML file with everything; default: none", defaultValue: "" })
    .setAction(() => import("./curves.ts"))
    .build(),
  task("scenarios", "Lists and explains what shock can replay: histories, made-up markets, stresses")
    .addOption({ name: "show", description: "All of one: its name, or a file", defaultValue: "" })
    .addFlag({ name: "json", description: "Print the list as JSON, and nothing else" })
    .setAction(() => import("./scenarios.ts"))
    .build(),
  task("png", "Draws the charts of a report as PNG files, in a headless Chromium")
    .addOption({ name: "report", description: "HTML file that a task wrote", defaultValue: "report.html" })
    .addOption({ name: "out", description: "Directory for the files", defaultValue: "report-png" })
    .addOption({ name: "theme", description: "light or dark", defaultValue: "light" })
    .addOption({ name: "width", description: "Of a picture, 320 to 2400; twice as many pixels", defaultValue: "1000" })
    .addOption({
      name: "page",
      description: "So many pixels of the page, from its top, as one more picture; 0: none",
      defaultValue: "0",
    })
    .setAction(() => import("./png.ts"))
    .build(),
  task("validate", "Holds the lab and the contracts against what is known: closed forms, Maker's clock, 12 March 2020")
    .addOption({ name: "only", description: "Groups of checks, with commas; default: all", defaultValue: "" })
    .addOption({
      name: "data",
      description: "Directory of market data; default: ../shared/data, if it is there",
      defaultValue: "",
    })
    .addFlag({ name: "json", description: "Print the checks as JSON, and nothing else" })
    .setAction(() => import("./validate.ts"))
    .build(),
  task("volatility", "Volatility that the risk engine would reckon with after a history of prices, per year")
    .addOption({ name: "prices", description: "CSV file: timestamp,open,high,low,close", defaultValue: "" })
    .addOption({ name: "interval", description: "Shortest time between two samples: 30m, 1h", defaultValue: "30m" })
    .addOption({
      name: "start",
      description: "Where both averages begin, 0.8 for 80 % a year; default: the first day's",
      defaultValue: "",
    })
    .addOption({ name: "stress", description: "Stressed volatility, a quarter of the blend", defaultValue: "1.5" })
    .addOption({ name: "floor", description: "Lowest volatility", defaultValue: "0.2" })
    .addFlag({ name: "json", description: "Print the result as JSON, and nothing else" })
    .setAction(() => import("./volatility.ts"))
    .build(),
  task("manipulation", "What it costs to move the prices of a collateral, measured on the real oracle and Uniswap")
    .addOption({
      name: "depth",
      description: "What the Uniswap pool pays until its price has fallen by 2 %, in the loan asset",
      defaultValue: "600000",
    })
    .addOption({ name: "window", description: "Of the mean price: 30m, 1h", defaultValue: "30m" })
    .addFlag({ name: "json", description: "Print the result as JSON, and nothing else" })
    .setAction(() => import("./manipulation.ts"))
    .build(),
  batchTask(
    "montecarlo",
    "A scenario on many paths: intervals, value at risk, expected shortfall, liquidations at risk",
    "montecarlo.json",
  )
    .addOption({ name: "paths", description: "How many seeds", defaultValue: "100" })
    .addOption({ name: "firstSeed", description: "The first of them", defaultValue: "1" })
    .setAction(() => import("./montecarlo.ts"))
    .build(),
  batchTask("sweep", "A scenario over a grid of any parameters: heat maps, Pareto set and safe frontier", "sweep.json")
    .addOption({ name: "grid", description: "Such as depth=0.5,1,2;z=3,4,5;premiumBps=0,50", defaultValue: "" })
    .addOption({ name: "seeds", description: "Runs of each cell", defaultValue: "20" })
    .addOption({ name: "firstSeed", description: "The first of them", defaultValue: "1" })
    .addOption({ name: "bound", description: "Loss that is safe, as a share of the debt", defaultValue: "0.001" })
    .addOption({ name: "aim", description: "What the frontier has most of: lent, leverage", defaultValue: "lent" })
    .setAction(() => import("./sweep.ts"))
    .build(),
  task("lab-worker", "Does the runs that other tasks put into a queue, until it is stopped")
    .addOption({ name: "queue", description: "redis://…", defaultValue: "" })
    .addOption({ name: "workers", description: "Runs at a time, each in a process", defaultValue: "2" })
    .addOption({
      name: "lease",
      description: "Seconds of silence after which others do what a worker has begun",
      defaultValue: "30",
    })
    .setAction(() => import("./lab-worker.ts"))
    .build(),
  task("results", "Asks a store of runs in SQL, of `runs` and `series`")
    .addOption({ name: "store", description: "Its directory", defaultValue: "lab-store" })
    .addOption({ name: "sql", description: "A query, in DuckDB's dialect", defaultValue: "" })
    .addOption({ name: "csv", description: "File to write the answer to as well", defaultValue: "" })
    .addFlag({ name: "json", description: "Print the answer as JSON" })
    .setAction(() => import("./results.ts"))
    .build(),
];

export default tasks;
