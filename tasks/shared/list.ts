import { UserError } from "../../sim/user-error.ts";

/**
 * Reads a list with commas.
 * @throws UserError naming the option, if an item is empty or comes twice.
 */
export function listOf(text: string, option: string): string[] {
  const items = text.split(",").map((item) => item.trim());
  if (items.includes("")) throw new UserError(`${option} must be a list such as a,b,c, got "${text}"`);
  const twice = items.find((item, i) => items.indexOf(item) !== i);
  if (twice !== undefined) throw new UserError(`${option} names ${twice} twice`);
  return items;
}
