import { expect } from "chai";
import hre from "hardhat";

import { UserError } from "../../sim/user-error.ts";

type Outcome = { readonly success: true } | { readonly success: false; readonly error: unknown };

/**
 * Runs a task as the command line does, which must end in a failure that the user can put right.
 * @returns The one line that it prints.
 */
export async function refusalOf(task: string, args: Readonly<Record<string, unknown>>): Promise<string> {
  const printed: string[] = [];
  const { log, error } = console;
  console.log = (line: unknown) => void printed.push(`out: ${String(line)}`);
  console.error = (line: unknown) => void printed.push(String(line));
  try {
    const outcome = (await hre.tasks.getTask(task).run({ ...args })) as Outcome;
    expect(outcome.success).to.equal(false);
    if (!outcome.success) expect(outcome.error).to.be.instanceOf(UserError);
  } finally {
    Object.assign(console, { log, error });
  }
  expect(printed).to.have.lengthOf(1);
  return printed[0];
}
