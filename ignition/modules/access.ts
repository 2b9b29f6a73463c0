import accessManagerArtifact from "@openzeppelin/contracts/build/contracts/AccessManager.json" with { type: "json" };
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import type {
  AccountRuntimeValue,
  CallableContractFuture,
  Future,
  IgnitionModuleBuilder,
} from "@nomicfoundation/ignition-core";

import { RESTRICTED_FUNCTIONS, ROLES, selectorsOf, type FunctionRole, type RestrictedContract } from "./roles.ts";

/** OpenZeppelin's `AccessManager`, unmodified. The deployer administers it until `assignRoles` hands it over. */
export const accessModule = buildModule("Access", (m) => ({
  accessManager: m.contract("AccessManager", accessManagerArtifact, [m.getAccount(0)]),
}));

const LABELS: Readonly<Record<FunctionRole, string>> = {
  guardian: "GUARDIAN",
  governor: "GOVERNOR",
  impliedPoster: "IMPLIED_POSTER",
};

export interface RoleHolders {
  readonly governor: AccountRuntimeValue | string;
  readonly guardian: AccountRuntimeValue | string;
  /** Left out: there is no volatility oracle to post to. */
  readonly impliedPoster?: AccountRuntimeValue | string;
  /** Left out: the deployer stays administrator. */
  readonly admin?: string;
  /** Between a governor's or administrator's `schedule` and its execution. [s] */
  readonly executionDelaySeconds: bigint;
}

/**
 * Closes the set-up phase: as long as no function is mapped to a role, the manager's administrator, here the deployer,
 * may call all of them at once, which is what configures a new system in spite of the governor's delay.
 * @param targets What was deployed of them.
 * @param after The configuration: what comes later needs a role.
 */
export function assignRoles(
  m: IgnitionModuleBuilder,
  manager: CallableContractFuture<string>,
  targets: Partial<Record<RestrictedContract, CallableContractFuture<string>>>,
  holders: RoleHolders,
  after: Future[],
): void {
  const calls: Future[] = [];
  for (const [name, target] of Object.entries(targets)) {
    for (const [role, signatures] of Object.entries(RESTRICTED_FUNCTIONS[name as RestrictedContract])) {
      if (signatures.length === 0) continue;
      const args = [target, selectorsOf(signatures), ROLES[role as FunctionRole]];
      calls.push(m.call(manager, "setTargetFunctionRole", args, { id: `map_${name}_${role}`, after }));
    }
  }
  const grant = (id: string, role: bigint, account: RoleHolders["governor"], delay: bigint) =>
    calls.push(m.call(manager, "grantRole", [role, account, delay], { id, after }));
  grant("grant_guardian", ROLES.guardian, holders.guardian, 0n);
  grant("grant_guardian_to_governor", ROLES.guardian, holders.governor, 0n);
  grant("grant_governor", ROLES.governor, holders.governor, holders.executionDelaySeconds);
  const roles: FunctionRole[] = ["guardian", "governor"];
  if (holders.impliedPoster !== undefined) {
    // At once: what is posted is bounded, and old by the time a delay is over.
    grant("grant_implied_poster", ROLES.impliedPoster, holders.impliedPoster, 0n);
    roles.push("impliedPoster");
  }
  for (const role of roles) {
    const args = [ROLES[role], LABELS[role]];
    calls.push(m.call(manager, "labelRole", args, { id: `label_${role}`, after }));
  }
  // A guardian may also cancel what a governor has scheduled.
  const veto = [ROLES.governor, ROLES.guardian];
  calls.push(m.call(manager, "setRoleGuardian", veto, { id: "guardian_vetoes_governor", after }));

  if (holders.admin === undefined) return;
  const grantAdmin = m.call(manager, "grantRole", [ROLES.admin, holders.admin, holders.executionDelaySeconds], {
    id: "grant_admin",
    after: calls,
  });
  m.call(manager, "renounceRole", [ROLES.admin, m.getAccount(0)], { id: "renounce_admin", after: [grantAdmin] });
}
