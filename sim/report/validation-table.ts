import type { Check } from "../validation/check.ts";
import { createStyle } from "./style.ts";

const WIDEST = 74; // of what is measured, in letters

/** The checks of one group, a line each, under its title. */
export function formatChecks(title: string, checks: readonly Check[], colour: boolean): string {
  const style = createStyle(colour);
  const lines = checks.map((check) => {
    const { what, expected, measured, tolerance, ok, skipped } = check;
    const name = what.padEnd(WIDEST);
    if (skipped !== undefined) return style.dim(`  ${name} ${format(expected).padStart(11)}  skipped: ${skipped}`);
    const within = tolerance === 0 ? "exact" : `± ${formatTolerance(expected, tolerance)}`;
    const columns = [format(expected), format(measured ?? ""), within].map((text) => text.padStart(11)).join(" ");
    return `  ${name} ${columns}  ${ok ? style.good("ok") : style.bad("FAILED")}`;
  });
  return [style.bold(title), ...lines].join("\n");
}

export function formatHeader(): string {
  return `  ${"".padEnd(WIDEST)} ${["expected", "measured", "tolerance"].map((text) => text.padStart(11)).join(" ")}`;
}

function format(value: number | string): string {
  if (typeof value === "string") return value;
  return Number.isInteger(value) ? String(value) : value.toFixed(6).replace(/(\.\d\d\d*?)0+$/, "$1");
}

/** Of an expected zero a distance, else a share. */
function formatTolerance(expected: number | string, tolerance: number): string {
  if (expected === 0) return String(tolerance);
  const percent = 100 * tolerance;
  return `${percent >= 0.001 ? Number(percent.toPrecision(2)) : percent.toExponential(0)} %`;
}
