import { CURVE_NAMES, isCurve, type CurveName } from "../../sim/liquidation-curves.ts";
import { UserError } from "../../sim/user-error.ts";

/** @throws UserError naming the curves that there are. */
export function parseCurve(text: string): CurveName {
  if (isCurve(text)) return text;
  throw new UserError(`unknown --curve "${text}": there are ${CURVE_NAMES.join(", ")}`);
}
