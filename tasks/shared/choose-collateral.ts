import { isAddress } from "ethers";

import type { DeployedCollateral, Deployment } from "../../sim/deployments.ts";
import { UserError } from "../../sim/user-error.ts";

/**
 * The collateral that `--asset` means.
 * @param asset Symbol or address; empty: the first.
 */
export function chooseCollateral({ collaterals }: Deployment, asset: string): DeployedCollateral {
  if (collaterals.length === 0) throw new UserError("the pool has no collateral");
  if (asset === "") return collaterals[0];
  const entry = collaterals.find(
    ({ symbol, token }) =>
      symbol.toLowerCase() === asset.toLowerCase() || (isAddress(asset) && BigInt(asset) === BigInt(token)),
  );
  if (entry !== undefined) return entry;
  const known = collaterals.map(({ symbol }) => symbol).join(", ");
  throw new UserError(`--asset ${asset} is no collateral of the pool: it has ${known}`);
}
