import type { SolidityParameterType } from "@nomicfoundation/ignition-core";

/** Ignition wants plain, mutable objects; what we pass it is the same data. */
export function plain(value: unknown): SolidityParameterType {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
  }
  return value as SolidityParameterType;
}
