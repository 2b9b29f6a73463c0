import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { id, Interface } from "ethers";

/** Of an action's tries this share at least must come to something, in %. */
export const LEAST_EFFECTIVE_PERCENT = 5;
const FOLDER = "test/solidity/invariants";
const FILE = path.join("cache", "fuzz", "calls.txt");

export interface ActionCalls {
  readonly action: string;
  readonly attempted: number;
  readonly effective: number;
}

/** Adds up what runs have said: a line each, `selector:attempted:effective`, with blanks between. */
export function addUp(text: string, nameOf: (selector: string) => string): ActionCalls[] {
  const sums = new Map<string, { attempted: number; effective: number }>();
  for (const word of text.split(/\s+/).filter((each) => each !== "")) {
    const match = /^(0x[0-9a-f]{8}):(\d+):(\d+)$/.exec(word);
    if (match === null) throw new Error(`"${word}" is no count of calls`);
    const sum = sums.get(match[1]) ?? { attempted: 0, effective: 0 };
    sum.attempted += Number(match[2]);
    sum.effective += Number(match[3]);
    sums.set(match[1], sum);
  }
  return [...sums].map(([selector, sum]) => ({ action: nameOf(selector), ...sum }));
}

/** Those that prove nothing: hardly ever did anything come of them. */
export function vacuous(calls: readonly ActionCalls[]): ActionCalls[] {
  return calls.filter(
    ({ attempted, effective }) => attempted === 0 || effective * 100 < attempted * LEAST_EFFECTIVE_PERCENT,
  );
}

export function formatCalls(calls: readonly ActionCalls[]): string {
  const rows = calls.map(({ action, attempted, effective }) => {
    const share = attempted === 0 ? 0 : (100 * effective) / attempted;
    return `${action.padEnd(28)}${String(attempted).padStart(10)}${String(effective).padStart(11)}${share.toFixed(1).padStart(9)}`;
  });
  const total = calls.reduce((sum, { attempted }) => sum + attempted, 0);
  return [
    `${"action".padEnd(28)}${"tried".padStart(10)}${"effective".padStart(11)}${"%".padStart(9)}`,
    ...rows,
    `${"all".padEnd(28)}${String(total).padStart(10)}`,
  ].join("\n");
}

/** Names of the handler's actions by selector, from what was compiled. */
async function readNames(root: string): Promise<(selector: string) => string> {
  const artifact = path.join(root, "artifacts", FOLDER, "LifeHandler.sol", "LifeHandler.json");
  const { abi } = JSON.parse(await readFile(artifact, "utf8")) as { readonly abi: readonly object[] };
  const actions = new Interface(abi as ConstructorParameters<typeof Interface>[0]);
  return (selector) => actions.getFunction(selector)?.name ?? selector;
}

/**
 * Runs the invariant campaigns and counts what their actions did: `npm run fuzz:deep`. Ends with an error if an invariant is
 * broken.
 * @param slices Environments of one run of all campaigns each, one after the other.
 * @param report Told before each slice.
 */
export async function runCampaigns(
  root: string,
  slices: readonly NodeJS.ProcessEnv[],
  report: (slice: NodeJS.ProcessEnv, calls: readonly ActionCalls[]) => void = () => undefined,
): Promise<ActionCalls[]> {
  const file = path.join(root, FILE);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, "");
  let calls: ActionCalls[] = [];
  for (const slice of slices) {
    report(slice, calls);
    await runSlice(root, slice);
    calls = addUp(await readFile(file, "utf8"), await readNames(root));
  }
  return calls;
}

async function runSlice(root: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const { code } = await startSlice(root, environment, "inherit");
  if (code !== 0) throw new Error(`an invariant is broken, or could not be run: exit code ${code}`);
}

/**
 * One run of all campaigns, whatever comes of it.
 * @param environment With `FUZZ_SABOTAGE` the handler loses a unit of cash in every action: campaigns must fail.
 * @param output `pipe`: returned, and not shown.
 */
export async function startSlice(
  root: string,
  environment: NodeJS.ProcessEnv,
  output: "inherit" | "pipe",
): Promise<{ readonly code: number | null; readonly said: string }> {
  const files = (await readdir(path.join(root, FOLDER))).filter((name) => name.endsWith(".sol"));
  const cli = path.join(root, "node_modules", "hardhat", "dist", "src", "cli.js");
  const args = [cli, "test", "solidity", "--grep", "invariant_", ...files.map((name) => path.join(FOLDER, name))];
  const child = spawn(process.execPath, args, {
    ...{ cwd: root, stdio: ["ignore", output, output] },
    env: { ...process.env, ...environment, FUZZ_CALLS: FILE },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}

/** A slice of a long campaign: memory is freed after each, and what one found stands although a later one is cut off. */
const SLICE_RUNS = 250;

/**
 * What a slice draws from. EDR 0.20 adds values of its own that it meets on the way, in no fixed order, so that the same seed need
 * not give the same sequences: what repeats a finding is the sequence that is printed with it.
 */
export function seedOf(slice: number): string {
  return id(`breakwater ${slice}`);
}

async function main(): Promise<void> {
  const runs = Number(process.env.INVARIANT_RUNS ?? "2000");
  if (!Number.isSafeInteger(runs) || runs <= 0) throw new Error("INVARIANT_RUNS must be a positive whole number");
  const slices = Array.from({ length: Math.ceil(runs / SLICE_RUNS) }, (_, i) => ({
    INVARIANT_RUNS: String(Math.min(SLICE_RUNS, runs - i * SLICE_RUNS)),
    INVARIANT_DEPTH: process.env.INVARIANT_DEPTH ?? "256",
    FUZZ_SEED: process.env.FUZZ_SEED ?? seedOf(i),
  }));
  let begun = 0;
  const calls = await runCampaigns(process.cwd(), slices, ({ INVARIANT_RUNS, INVARIANT_DEPTH, FUZZ_SEED }, before) => {
    if (before.length > 0) console.log(formatCalls(before));
    begun += Number(INVARIANT_RUNS);
    console.log(`${begun} of ${runs} sequences of ${INVARIANT_DEPTH} for each campaign; FUZZ_SEED=${FUZZ_SEED}`);
  });
  console.log(formatCalls(calls));
  const idle = vacuous(calls);
  if (idle.length === 0) return;
  console.error(`hardly ever effective: ${idle.map(({ action }) => action).join(", ")}`);
  process.exitCode = 1;
}

if (process.argv[1] === import.meta.filename) await main();
