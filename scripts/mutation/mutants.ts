import { createRng } from "../../sim/rng.ts";
import { applied, mutationsOf } from "./operators.ts";
import type { Mutation } from "./operators.ts";
import { digestOf, treeOf } from "./sources.ts";

export interface Mutant extends Mutation {
  /** Of the source, the place and the change: the same as long as the file is. */
  readonly id: string;
  readonly file: string;
  readonly line: number;
  /** The line (or lines) as it is and as it becomes, without indentation. */
  readonly before: string;
  readonly after: string;
  /** All of the file. */
  readonly content: string;
}

/** All mutants of a file in a random order that the seed decides: a larger sample holds the smaller one. */
export function mutantsOf(file: string, seed: string): Mutant[] {
  const { tree, source } = treeOf(file);
  const mutants = mutationsOf(tree, source).map((mutation) => mutantOf(file, source, mutation));
  const rng = createRng(seed).fork(file);
  for (let i = mutants.length - 1; i > 0; i--) {
    const j = rng.integer(i + 1);
    [mutants[i], mutants[j]] = [mutants[j], mutants[i]];
  }
  return mutants;
}

export function mutantOf(file: string, source: Buffer, mutation: Mutation): Mutant {
  const { start, end, text } = mutation;
  const content = applied(source, mutation);
  const lineStart = source.lastIndexOf(10, start - 1) + 1;
  const lineEnd = source.indexOf(10, end) < 0 ? source.length : source.indexOf(10, end);
  const before = source.subarray(lineStart, lineEnd).toString("utf8");
  const after = `${source.subarray(lineStart, start).toString("utf8")}${text}${source.subarray(end, lineEnd).toString("utf8")}`;
  return {
    ...mutation,
    id: digestOf(`${file} ${digestOf(source)} ${start} ${end} ${text}`),
    file,
    line: source.subarray(0, start).toString("utf8").split("\n").length,
    before: before.trim(),
    after: after.trim(),
    content,
  };
}
