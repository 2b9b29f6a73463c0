import { commandLine } from "./command-line.ts";
import { listOf } from "./list.ts";

/** Options that decide what `risk` reports; the others say where it goes. */
const DECIDING = ["pool", "registry", "lens", "accounts", "fromBlock", "logRange"] as const;
type Deciding = Readonly<Record<(typeof DECIDING)[number], string>>;

/** Pools by their addresses, each once: letters of an address are its checksum, and not its name. */
export function poolsOf(text: string): string[] {
  const named = new Map<string, string>();
  for (const item of text.split(",").map((each) => each.trim())) {
    const key = item.toLowerCase();
    if (!named.has(key)) named.set(key, item);
  }
  return listOf([...named.values()].join(","), "--pool");
}

/**
 * What to type for the same report. Without the address of `--fork-url`, which may carry a key.
 * @param usual Values of options that nobody has to type.
 */
export function riskCommand(
  args: Deciding,
  { network, isFork }: { readonly network: string; readonly isFork: boolean },
  usual: Readonly<Record<string, unknown>>,
): string {
  const place = isFork ? [["forkUrl", "URL"] as const] : network === "default" ? [] : [["network", network] as const];
  const options = DECIDING.filter((name) => args[name] !== usual[name]).map((name) => [name, args[name]] as const);
  return commandLine("risk", [...place, ...options]);
}
