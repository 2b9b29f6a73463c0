import { isAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { deploySystem } from "../ignition/deploy-system.ts";
import { populateDemo } from "../scripts/risk/populate-demo.ts";
import { readRisk, type RiskQuestion } from "../scripts/risk/read-risk.ts";
import { findDeployment, loadDeployment, requirePool, type Deployment } from "../sim/deployments.ts";
import { formatJson, prepareOutputFile } from "../sim/report/result-file.ts";
import { renderReport } from "../sim/report/html/render.ts";
import { riskPage } from "../sim/report/html/risk-page.ts";
import { formatRiskTable } from "../sim/report/risk-table.ts";
import { wantsColour } from "../sim/report/style.ts";
import type { RiskReport } from "../sim/risk/risk-report.ts";
import { connect, isFork } from "./shared/connect.ts";
import { parseCount } from "./shared/numbers.ts";
import { poolsOf, riskCommand } from "./shared/risk-options.ts";
import { runTask, UserError } from "./shared/user-error.ts";

export interface RiskArguments {
  readonly pool: string;
  readonly registry: string;
  readonly lens: string;
  readonly accounts: string;
  readonly fromBlock: string;
  readonly logRange: string;
  readonly out: string;
  readonly report: string;
  readonly json: boolean;
}

/** Borrowers of the demo. */
const DEMO_CROWD = 60;
const MOST_NAMED = 10_000;

/** `npx hardhat risk`: see the definition in `tasks/pool-tasks.ts`. */
export default runTask<RiskArguments, RiskReport>(async (args, hre) => {
  const options = readOptions(args);
  const out = args.out === "" ? undefined : await prepareOutputFile(args.out, "--out");
  const page = args.report === "" ? undefined : await prepareOutputFile(args.report, "--report");
  if (out !== undefined && out.target === page?.target) {
    throw new UserError(`--out and --report are the same file: ${args.out}`);
  }
  await hre.tasks.getTask("build").run({ quiet: true });
  const say = args.json ? () => undefined : (line: string) => console.log(`${line} …`);
  const connection = await connect(hre);
  const where = await findPools(hre, connection, args, say);
  const report = await readRisk(hre, connection.provider, {
    ...options,
    ...where,
    ...{ network: connection.networkName, isFork: isFork(connection) },
  });
  const text = formatJson(report);
  await out?.write(text);
  await page?.write(renderReport(riskPage(report, riskCommand(args, report, usualOf(hre)))));
  if (args.json) process.stdout.write(text);
  else {
    const files = [
      ...(out === undefined ? [] : [`Result   ${args.out}`]),
      ...(page === undefined ? [] : [`Report   ${args.report}`]),
    ];
    const table = formatRiskTable(report, wantsColour(process.stdout, process.env));
    console.log(["", table, ...(files.length === 0 ? [] : ["", ...files])].join("\n"));
  }
  return report;
});

/** What options are when nothing is said, by the task's definition. */
function usualOf(hre: HardhatRuntimeEnvironment): Readonly<Record<string, unknown>> {
  const options = [...hre.tasks.getTask("risk").options];
  return Object.fromEntries(options.map(([name, { defaultValue }]) => [name, defaultValue]));
}

function readOptions({ accounts, fromBlock, logRange, lens, registry }: RiskArguments) {
  for (const [name, address] of Object.entries({ lens, registry })) {
    if (address !== "" && !isAddress(address)) throw new UserError(`--${name} must be an address, got "${address}"`);
  }
  return {
    nearest: parseCount(accounts, 0, MOST_NAMED, "--accounts"),
    logRange: parseCount(logRange, 1, 1_000_000, "--log-range"),
    ...(fromBlock === "" ? {} : { fromBlock: parseCount(fromBlock, 0, Number.MAX_SAFE_INTEGER, "--from-block") }),
  };
}

type Where = Pick<RiskQuestion, "pools" | "registry" | "lens">;

/**
 * The pools that the options name, or all of the deployment's registry, or its only pool; in process a demo with borrowers.
 * What a deployment says besides is used only for its own pools.
 */
async function findPools(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  { pool, registry, lens }: RiskArguments,
  say: (line: string) => void,
): Promise<Where> {
  const { provider } = connection.ethers;
  const named = pool === "" ? [] : poolsOf(pool);
  for (const address of named) await requirePool(provider, address, connection.networkName);
  for (const [name, address] of Object.entries({ lens, registry })) {
    if (address !== "" && (await provider.getCode(address)) === "0x") {
      throw new UserError(`nothing is deployed at the address of --${name}, ${address}`);
    }
  }
  const told: Where = {
    ...(named.length === 0 ? {} : { pools: named }),
    ...(registry === "" ? {} : { registry }),
    ...(lens === "" ? {} : { lens }),
  };
  if (told.pools !== undefined || told.registry !== undefined) return told;
  const { contracts } = await openDeployment(hre, connection, say);
  return {
    ...(contracts.riskLens === undefined ? {} : { lens: contracts.riskLens }),
    ...(contracts.poolRegistry === undefined ? { pools: [contracts.pool] } : { registry: contracts.poolRegistry }),
    ...told,
  };
}

async function openDeployment(
  hre: HardhatRuntimeEnvironment,
  connection: NetworkConnection,
  say: (line: string) => void,
): Promise<Deployment> {
  if (isFork(connection)) return findDeployment(connection.ethers.provider);
  if (connection.networkConfig.type !== "edr-simulated") {
    return loadDeployment(connection.networkName, connection.ethers.provider);
  }
  const deployment = await deploySystem(hre, connection, { report: say });
  say(`${DEMO_CROWD} accounts borrow`);
  await populateDemo(connection, deployment, { count: DEMO_CROWD });
  return deployment;
}
