import { UserError } from "../../sim/user-error.ts";

/** @throws UserError naming the option and what there is, if the text is none of it. */
export function choose<T extends string>(known: readonly T[], text: string, option: string): T {
  const found = known.find((name) => name === text);
  if (found !== undefined) return found;
  throw new UserError(`unknown ${option} "${text}": there are ${known.join(", ")}`);
}
