import { isError } from "ethers";
import { HardhatPluginError } from "hardhat/plugins";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NewTaskActionFunction, TaskArguments } from "hardhat/types/tasks";
import type { Result } from "hardhat/types/utils";
import { errorResult, successfulResult } from "hardhat/utils/result";

import { UserError } from "../../sim/user-error.ts";

export { UserError };

/** Codes of Node's socket errors that mean: there is no node at that address. */
const UNREACHABLE = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EHOSTUNREACH"]);

/**
 * Wraps the action of a task: a failure that the user can put right ends the task with `error: <one line>` on standard
 * error and exit code 1. Everything else is a bug of ours and keeps its stack.
 * @returns An action that resolves to Hardhat's `Result`, from which the command line takes the exit code. A caller that
 * runs the task from code finds the value or the error there.
 * @example export default runTask<ShockArguments>(async (args, hre) => { … });
 */
export function runTask<ArgumentsT extends TaskArguments, ValueT = void>(
  action: (taskArguments: ArgumentsT, hre: HardhatRuntimeEnvironment) => Promise<ValueT>,
): NewTaskActionFunction<ArgumentsT> {
  return async (taskArguments, hre): Promise<Result<ValueT, UserError>> => {
    try {
      return successfulResult<unknown>(await action(taskArguments, hre)) as Result<ValueT, UserError>;
    } catch (error) {
      const userError = toUserError(error);
      if (userError === undefined) throw error;
      console.error(`error: ${userError.message}`);
      if (stacksAskedFor()) console.error(error);
      return errorResult(userError);
    }
  };
}

/** The one line to show for an error, or undefined if it is unexpected. */
export function toUserError(error: unknown): UserError | undefined {
  if (error instanceof UserError) return error;
  if (isHardhatError(error)) return new UserError(error.formattedMessage, { cause: error });
  if (HardhatPluginError.isHardhatPluginError(error)) return new UserError(error.message, { cause: error });
  if (!(error instanceof Error)) return undefined;
  if (isUnreachable(error)) return new UserError(`cannot reach the node: ${error.message}`, { cause: error });
  // What ethers reports about the chain or the account; its programming errors (INVALID_ARGUMENT…) stay unexpected.
  if (
    isError(error, "CALL_EXCEPTION") ||
    isError(error, "INSUFFICIENT_FUNDS") ||
    isError(error, "NETWORK_ERROR") ||
    isError(error, "SERVER_ERROR") ||
    isError(error, "TIMEOUT")
  ) {
    return new UserError(error.shortMessage, { cause: error });
  }
  return undefined;
}

/** By the user, that is: Hardhat turns its own option, and the environment variable, on wherever it sees CI. */
function stacksAskedFor(): boolean {
  return process.argv.includes("--show-stack-traces");
}

/** Hardhat's class is not exported; it is known by its marks. */
function isHardhatError(error: unknown): error is Error & { readonly formattedMessage: string } {
  return (
    error instanceof Error &&
    error.name === "HardhatError" &&
    "formattedMessage" in error &&
    typeof error.formattedMessage === "string"
  );
}

function isUnreachable(error: Error): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string" && UNREACHABLE.has(cause.code)) return true;
  }
  return false;
}
