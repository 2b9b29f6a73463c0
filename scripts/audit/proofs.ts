import type { CompilerError } from "./compile.ts";

export type Standing = "proved" | "unproved" | "violated";

/** Something that must not happen at a place in the source. */
export interface Target {
  readonly file: string;
  /** "Overflow", "Underflow", "Division by zero", "Assertion violation". */
  readonly kind: string;
  /** The expression, as it is in the source. */
  readonly code: string;
  readonly standing: Standing;
}

/** A target that the prover does not reach, and why it holds nevertheless. */
export interface Unproved {
  readonly file: string;
  readonly kind: string;
  readonly code: string;
  readonly reason: string;
}

const MESSAGE =
  /^(?:CHC|BMC): (Overflow|Underflow|Division by zero|Assertion violation).*?(check is safe|might happen|happens)/s;
const STANDINGS: Record<string, Standing> = {
  "check is safe": "proved",
  "might happen": "unproved",
  happens: "violated",
};
const WORST: Standing[] = ["violated", "unproved", "proved"];
const keyOf = ({ file, kind, code }: { file: string; kind: string; code: string }) => `${file} ${kind} ${code}`;

/** What one engine says. Of a place that is reached on several ways, the worst. */
export function targetsOf(errors: readonly CompilerError[], sourceOf: (file: string) => Buffer): Target[] {
  const targets = new Map<string, Target>();
  for (const { message, sourceLocation } of errors) {
    const [, kind, standing] = MESSAGE.exec(message) ?? [];
    if (kind === undefined || sourceLocation === undefined) continue;
    const { file, start, end } = sourceLocation;
    const code = sourceOf(file).subarray(start, end).toString("utf8").replace(/\s+/g, " ");
    const target: Target = { file, kind, code, standing: STANDINGS[standing] };
    const before = targets.get(keyOf(target));
    if (before === undefined || WORST.indexOf(target.standing) < WORST.indexOf(before.standing)) {
      targets.set(keyOf(target), target);
    }
  }
  return [...targets.values()];
}

/** What several engines know together: proved if one of them proves it; violated if one has a counterexample and none proves it. */
export function together(engines: readonly (readonly Target[])[]): Target[] {
  const found = new Map<string, Target>();
  for (const target of engines.flat()) {
    const before = found.get(keyOf(target));
    const isBetter =
      target.standing === "proved" || (target.standing === "violated" && before?.standing === "unproved");
    if (before === undefined || (before.standing !== "proved" && isBetter)) found.set(keyOf(target), target);
  }
  return [...found.values()];
}

/** What is not proved and not argued, and arguments that are not needed (any more). */
export function judge(targets: readonly Target[], argued: readonly Unproved[]): { fresh: Target[]; stale: Unproved[] } {
  const open = targets.filter(({ standing }) => standing !== "proved");
  const isArgued = (target: Target) => target.standing === "unproved" && argued.some((a) => keyOf(a) === keyOf(target));
  return {
    fresh: open.filter((target) => !isArgued(target)),
    stale: argued.filter((a) => !open.some((target) => keyOf(target) === keyOf(a))),
  };
}
