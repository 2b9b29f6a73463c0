import { CollectStackTraces, IncludeTraces, L1_CHAIN_TYPE } from "@nomicfoundation/edr";
import type { SolidityTestRunnerConfigArgs, SuiteResult } from "@nomicfoundation/edr";

import { runnerContext } from "../../sim/runner/session.ts";
import { ROOT } from "../audit/compile.ts";
import { compileFile } from "./sources.ts";
import type { Changed } from "./sources.ts";

const config: SolidityTestRunnerConfigArgs = {
  ...{ projectRoot: ROOT, hardfork: "Osaka", disableBlockGasLimit: true, disableTransactionGasCap: true },
  fuzz: { runs: 256, seed: "0x1", failurePersistDir: "/nonexistent", failurePersistFile: "none" },
  ...{ invariant: {}, observability: {} },
  collectStackTraces: CollectStackTraces.OnFailure,
  includeTraces: IncludeTraces.None,
};

/** Names of the tests of a file that fail, `Contract.test`, in EDR's Solidity runner. */
export async function failuresOf(file: string, changed: Changed | undefined): Promise<string[]> {
  const tests = Object.entries(compileFile(file, changed)).filter(([, { abi, bytecode }]) => {
    const names = (abi as { name?: string }[]).map(({ name = "" }) => name);
    return bytecode !== "0x" && names.some((name) => name.startsWith("test"));
  });
  const artifacts = tests.map(([name, { abi, bytecode, deployedBytecode }]) => ({
    id: { name, source: file, solcVersion: "0.8.37" },
    contract: { abi: JSON.stringify(abi), bytecode, deployedBytecode, linkReferences: {}, deployedLinkReferences: {} },
  }));
  const context = await runnerContext();
  const suites: SuiteResult[] = [];
  const ids = artifacts.map(({ id }) => id);
  const tracing = { ignoreContracts: true, buildInfos: [] };
  // The last suite may be told after the run is over.
  await new Promise<void>((resolve, reject) => {
    const told = (suite: SuiteResult) => {
      if (suites.push(suite) === artifacts.length) resolve();
    };
    context.runSolidityTests(L1_CHAIN_TYPE, artifacts, ids, config, tracing, told).catch(reject);
  });
  return suites.flatMap(({ id, testResults }) =>
    testResults.filter(({ status }) => status !== "Success").map(({ name }) => `${id.name}.${name}`),
  );
}
