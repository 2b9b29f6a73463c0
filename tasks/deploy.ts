import path from "node:path";

import { deploySystem } from "../ignition/deploy-system.ts";
import { saveDeployment, type Deployment } from "../sim/deployments.ts";
import { connect } from "./shared/connect.ts";
import { runTask } from "./shared/user-error.ts";

export interface DeployArguments {
  readonly parameters: string;
  readonly json: boolean;
}

/** `npx hardhat deploy`: see the definition in `tasks/pool-tasks.ts`. */
export default runTask<DeployArguments, Deployment>(async ({ parameters, json }, hre) => {
  await hre.tasks.getTask("build").run({ quiet: true });
  const connection = await connect(hre);
  const deployment = await deploySystem(hre, connection, {
    ...(parameters === "" ? {} : { parameters }),
    ...(json ? {} : { report: (line: string) => console.log(`${line} …`) }),
  });
  // The in-process chain ends with the process: its addresses are worth nothing afterwards.
  const isKept = connection.networkConfig.type !== "edr-simulated";
  const file = isKept ? await saveDeployment(deployment) : undefined;

  if (json) {
    console.log(JSON.stringify(deployment, null, 2));
    return deployment;
  }
  printTable(deployment);
  console.log(
    file === undefined
      ? "\nIn-process chain: gone when this command ends. For one that stays: npx hardhat node, then --network localhost"
      : `\nSaved to ${path.relative(process.cwd(), file)}`,
  );
  return deployment;
});

function printTable({ network, chainId, contracts, loan, collaterals }: Deployment): void {
  const rows: [string, string][] = [
    ...Object.entries(contracts),
    [`loan asset ${loan.symbol}`, loan.token],
    ...collaterals.map(({ symbol, token }): [string, string] => [`collateral ${symbol}`, token]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  console.log(`\nBreakwater on ${network} (chain ${chainId})`);
  for (const [name, address] of rows) console.log(`  ${name.padEnd(width)}  ${address}`);
}
