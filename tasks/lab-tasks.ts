import { task } from "hardhat/config";
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
    .addOption({ name: "ordering", description: "How blocks are ordered: fee, random or arrival", defaultValue: "fee" })
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

/** What runs or reads the shock lab. */
export const labTasks: TaskDefinition[] = [
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
      description: "Names from `scenarios`, with commas; default: all without a stress",
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
