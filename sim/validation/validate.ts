import { UserError } from "../user-error.ts";
import type { Lab } from "./bench.ts";
import { cascadeChecks } from "./cascade.ts";
import type { Check } from "./check.ts";
import { liquidationChecks } from "./liquidation.ts";
import { loopChecks } from "./loop.ts";
import { slippageChecks } from "./slippage.ts";
import { stairsChecks } from "./stairs.ts";
import { thresholdChecks } from "./threshold.ts";
import { vaultChecks } from "./vaults.ts";

interface Group {
  /** One line for people. */
  readonly title: string;
  /** @param data Directory of market data; may not be there. */
  readonly check: (lab: Lab, data: string) => Promise<Check[]>;
}

/** Everything that `npx hardhat validate` checks, in its order. */
export const VALIDATIONS = {
  loop: { title: "Loops by the real router: (1 − lⁿ⁺¹)/(1 − l)", check: loopChecks },
  slippage: { title: "Slippage on the real Uniswap v3: x·y = k", check: slippageChecks },
  stairs: { title: "Maker's stair-step clock on StairstepCurve", check: stairsChecks },
  liquidation: { title: "Liquidation without feedback: the closed form", check: liquidationChecks },
  threshold: { title: "Where liquidation harms (McFarlane 2025), and our guard", check: thresholdChecks },
  cascade: { title: "Amplification in a linear market: 1/(1 − g)", check: cascadeChecks },
  vaults: { title: "Maker's vaults on 12 March 2020: the bar of the first breach", check: vaultChecks },
} as const satisfies Readonly<Record<string, Group>>;

export type GroupName = keyof typeof VALIDATIONS;

export const GROUP_NAMES = Object.keys(VALIDATIONS) as readonly GroupName[];

/**
 * Makes the checks of some groups, one after the other, on a chain that is left as it was found.
 * @param report Told when a group is done.
 */
export async function validate(
  lab: Lab,
  options: { readonly groups?: readonly GroupName[]; readonly data?: string },
  report: (group: GroupName, checks: readonly Check[]) => void = () => undefined,
): Promise<Check[]> {
  const all: Check[] = [];
  for (const name of options.groups ?? GROUP_NAMES) {
    const checks = await VALIDATIONS[name].check(lab, options.data ?? "");
    report(name, checks);
    all.push(...checks);
  }
  return all;
}

/** @throws UserError naming every check that failed. */
export function requireValid(checks: readonly Check[]): void {
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length === 0) return;
  const names = failed.map(({ group, what }) => `${group}: ${what}`);
  throw new UserError(`${failed.length} of ${checks.length} checks failed: ${names.join("; ")}`);
}
