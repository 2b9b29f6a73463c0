import type { HookContext, SolidityHooks } from "hardhat/types/hooks";
import type { HardhatPlugin } from "hardhat/types/plugins";
import type { CompilationJob, CompilerOutput, CompilerOutputError } from "hardhat/types/solidity";

/** The first place that a message names: "--> ./node_modules/solady/src/utils/LibBit.sol:273:9:". */
const IN_NPM_PACKAGE = /^[^>]*--> \S*node_modules[\\/]/;

async function getCompilationJobErrors(
  context: HookContext,
  job: Readonly<CompilationJob>,
  output: Readonly<CompilerOutput>,
  next: (
    nextContext: HookContext,
    nextJob: Readonly<CompilationJob>,
    nextOutput: Readonly<CompilerOutput>,
  ) => Promise<CompilerOutputError[]>,
): Promise<CompilerOutputError[]> {
  const errors = await next(context, job, output);
  return errors.filter((error) => error.severity === "error" || !IN_NPM_PACKAGE.test(error.formattedMessage ?? ""));
}

/**
 * Hides compiler warnings about the sources of npm packages: solady alone gives some ninety, among which nobody sees
 * the one about a file of ours. Errors are shown wherever they are.
 */
const quietDependencies: HardhatPlugin = {
  id: "breakwater-quiet-dependencies",
  hookHandlers: {
    solidity: () =>
      Promise.resolve({
        default: (): Promise<Partial<SolidityHooks>> => Promise.resolve({ getCompilationJobErrors }),
      }),
  },
};

export default quietDependencies;
