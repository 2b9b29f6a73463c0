import path from "node:path";

import { MOST_LATENCY, NO_LATENCY, type Latency } from "../sim/agents/late.ts";
import { FEATURES } from "../sim/config.ts";
import { ORDERINGS } from "../sim/engine/block-order.ts";
import { CURVE_NAMES } from "../sim/liquidation-curves.ts";
import type { ShockResult } from "../sim/metrics/run-result.ts";
import { drawChart } from "../sim/report/chart.ts";
import { renderReport } from "../sim/report/html/render.ts";
import { shockPage } from "../sim/report/html/shock-page.ts";
import { createProgress } from "../sim/report/progress.ts";
import { formatResult, type OutputFile } from "../sim/report/result-file.ts";
import { wantsColour } from "../sim/report/style.ts";
import { formatShockTable } from "../sim/report/table.ts";
import { runShock, type ShockOptions } from "../sim/shock.ts";
import { UserError } from "../sim/user-error.ts";
import { chooseScenario, scenarioOptions, type ScenarioArguments } from "./shared/choose-scenario.ts";
import { choose } from "./shared/choose.ts";
import { shellQuoted } from "./shared/command-line.ts";
import { parseCount } from "./shared/numbers.ts";
import { prepareFiles, type OutputFiles } from "./shared/output-files.ts";
import { connectToSimulator } from "./shared/simulator.ts";
import { runTask } from "./shared/user-error.ts";

export interface ShockArguments extends Omit<ScenarioArguments, "shock"> {
  readonly seed: string;
  readonly borrowers: string;
  readonly loopers: string;
  readonly curve: string;
  readonly features: string;
  readonly dipBuyers: string;
  readonly latency?: string;
  readonly congestion?: boolean;
  readonly ordering?: string;
  readonly json: boolean;
  readonly out: string;
  readonly chart: string;
  readonly report?: string;
}

/** With the global option. */
type AllArguments = ShockArguments & ScenarioArguments;

/** Each account is created, funded and watched: more would run for hours. */
const MOST_ACCOUNTS = 5_000;

/** `npx hardhat shock`: see the definition in `tasks/lab-tasks.ts`. */
export default runTask<ShockArguments, ShockResult>(async (own, hre) => {
  const args = { ...own, shock: hre.globalOptions.shock };
  // Whatever can be wrong is found before the chain is touched.
  const options = await readOptions(args);
  const files = await prepareFiles(args);
  const { out, chart, report } = files;
  const connection = await connectToSimulator(hre, options.scenario.blockSeconds);

  await hre.tasks.getTask("build").run({ quiet: true });
  const quiet = args.json && process.stderr.isTTY !== true;
  const progress = createProgress(quiet ? { write: () => undefined } : process.stderr, options.scenario.asset);
  let result: ShockResult;
  try {
    const outcome = await runShock(hre, connection, options, progress.update);
    const { schemaVersion, ...rest } = outcome;
    result = { schemaVersion, command: commandLine(args), ...rest };
  } finally {
    progress.end();
    await connection.close();
  }

  const text = formatResult(result);
  await out.write(text);
  await chart?.write(drawChart(result));
  await report?.write(renderReport(shockPage(result)));
  if (args.json) process.stdout.write(text);
  else printReport(result, files);
  requireInvariants(result);
  return result;
});

async function readOptions(args: AllArguments): Promise<ShockOptions> {
  const scenario = await chooseScenario(args);
  if (!/^[\w.-]{1,64}$/.test(args.seed)) {
    throw new UserError(`--seed must be of 1 to 64 letters, digits, dots, dashes or underscores, got "${args.seed}"`);
  }
  const borrowers = parseCount(args.borrowers, 0, MOST_ACCOUNTS, "--borrowers");
  const loopers = parseCount(args.loopers, 0, MOST_ACCOUNTS, "--loopers");
  if (borrowers + loopers === 0) throw new UserError("--borrowers and --loopers are both 0: nobody to shock");
  const curve = choose(CURVE_NAMES, args.curve, "--curve");
  const dipBuyers = parseCount(args.dipBuyers, 0, MOST_ACCOUNTS, "--dip-buyers");
  const features = choose(FEATURES, args.features, "--features");
  const latency = parseLatency(args.latency ?? "0");
  const { congestion = false } = args;
  const ordering = choose(ORDERINGS, args.ordering ?? "fee", "--ordering");
  return { scenario, seed: args.seed, borrowers, loopers, curve, features, dipBuyers, latency, congestion, ordering };
}

/** A desk that needs hours is closed. [blocks] */

/** A number of blocks, or two of them: "1-5". */
export function parseLatency(text: string): Latency {
  const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(text);
  const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (from <= to && to <= MOST_LATENCY) return [from, to];
  throw new UserError(`--latency must be blocks, up to ${MOST_LATENCY}, such as 2 or 1-5, got "${text}"`);
}

/** What to type for the same result; defaults are spelled out, so that it outlives them. */
function commandLine(args: AllArguments): string {
  const {
    seed,
    borrowers,
    loopers,
    curve,
    features,
    dipBuyers,
    latency = "0",
    congestion = false,
    ordering = "fee",
  } = args;
  const options = [
    ...scenarioOptions(args),
    ...Object.entries({ seed, borrowers, loopers, curve }).flatMap(([name, value]) => [`--${name}`, value]),
    // A command without these has always meant a static pool, no dip buyers, and bots and blocks that are quick.
    ...(features === "static" ? [] : ["--features", features]),
    ...(Number(dipBuyers) === 0 ? [] : ["--dip-buyers", dipBuyers]),
    ...(parseLatency(latency)[1] === NO_LATENCY[1] ? [] : ["--latency", latency]),
    ...(congestion ? ["--congestion"] : []),
    ...(ordering === "fee" ? [] : ["--ordering", ordering]),
  ];
  return ["npx", "hardhat", "shock", ...options].map(shellQuoted).join(" ");
}

function printReport(result: ShockResult, { out, chart, report }: OutputFiles): void {
  const colour = wantsColour(process.stdout, process.env);
  const files = [
    `Result   ${shortName(out)}`,
    ...(chart === undefined ? [] : [`Chart    ${shortName(chart)}`]),
    ...(report === undefined ? [] : [`Report   ${shortName(report)}`]),
  ];
  console.log([formatShockTable(result, colour), "", ...files, `Again    ${result.command}`].join("\n"));
}

function shortName({ target }: OutputFile): string {
  const relative = path.relative(process.cwd(), target);
  return relative.startsWith("..") ? target : relative;
}

/** A run that breaks an invariant has found a bug: the files say where, the exit code must not say that all is well. */
function requireInvariants({ run, twin }: ShockResult): void {
  const broken = [...run.invariants, ...twin.invariants].filter(({ holds }) => !holds);
  if (broken.length === 0) return;
  throw new UserError(`invariants broken: ${broken.map(({ id, detail }) => `${id} (${detail})`).join(", ")}`);
}
