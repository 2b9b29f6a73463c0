import { existsSync } from "node:fs";

import { formatChecks, formatHeader } from "../sim/report/validation-table.ts";
import { wantsColour } from "../sim/report/style.ts";
import type { Check } from "../sim/validation/check.ts";
import { GROUP_NAMES, requireValid, validate, VALIDATIONS } from "../sim/validation/validate.ts";
import { choose } from "./shared/choose.ts";
import { listOf } from "./shared/list.ts";
import { connectToSimulator } from "./shared/simulator.ts";
import { runTask, UserError } from "./shared/user-error.ts";

export interface ValidateArguments {
  readonly only: string;
  readonly data: string;
  readonly json: boolean;
}

/** Where market data lie beside a checkout, if anywhere. */
const BESIDE = ["../shared/data", "../../shared/data"];

/** `npx hardhat validate`: see the definition in `tasks/lab-tasks.ts`. */
export default runTask<ValidateArguments, Check[]>(async ({ only, data, json }, hre) => {
  const groups = only === "" ? GROUP_NAMES : listOf(only, "--only").map((name) => choose(GROUP_NAMES, name, "--only"));
  if (data !== "" && !existsSync(data)) throw new UserError(`--data: there is no directory ${data}`);
  const directory = data === "" ? BESIDE.find((folder) => existsSync(folder)) : data;
  const connection = await connectToSimulator(hre);
  await hre.tasks.getTask("build").run({ quiet: true });
  const colour = wantsColour(process.stdout, process.env);
  if (!json) console.log(formatHeader());
  try {
    const options = { groups, ...(directory === undefined ? {} : { data: directory }) };
    const checks = await validate({ hre, connection }, options, (name, made) => {
      if (!json) console.log(formatChecks(VALIDATIONS[name].title, made, colour));
    });
    const skipped = checks.filter((check) => check.skipped !== undefined).length;
    if (json) console.log(JSON.stringify(checks, null, 2));
    else console.log(`${checks.length - skipped} checks made, ${skipped} skipped`);
    requireValid(checks);
    return checks;
  } finally {
    await connection.close();
  }
});
