import type { Interface } from "ethers";

/**
 * Name and values of the contract error inside whatever a node, Hardhat or ethers threw.
 * @returns For example `RouterLoanInTooHigh(maximum 100, required 101)`; undefined if no interface knows the error.
 */
export function decodeRevert(error: unknown, interfaces: readonly Interface[]): string | undefined {
  for (const data of revertData(error)) {
    for (const contract of interfaces) {
      const decoded = contract.parseError(data);
      if (decoded === null) continue;
      const values = decoded.fragment.inputs.map(({ name }, index) => `${name} ${String(decoded.args[index])}`);
      return `${decoded.name}(${values.join(", ")})`;
    }
  }
  return undefined;
}

/** Data of a revert, wherever in an error it is. Providers nest it differently: follow the usual links. */
export function* revertData(error: unknown, depth = 0): Generator<string> {
  if (typeof error !== "object" || error === null || depth > 5) return;
  const record = error as Record<string, unknown>;
  if (typeof record.data === "string" && /^0x[0-9a-f]{8}/i.test(record.data)) yield record.data;
  for (const key of ["data", "error", "info", "cause"]) yield* revertData(record[key], depth + 1);
}
