/** A node of the compiler's syntax tree, as far as it matters here. `src` is `start:length:file`, in bytes. */
export interface Node {
  readonly nodeType: string;
  readonly src: string;
  readonly [key: string]: unknown;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "nodeType" in value && "src" in value;
}

export function spanOf(node: Node): Span {
  const [start, length] = node.src.split(":").map(Number);
  return { start, end: start + length };
}

/** Child nodes by the name of the field, in the order of the source. */
export function childrenOf(node: Node): { field: string; child: Node }[] {
  const found: { field: string; child: Node }[] = [];
  for (const [field, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (isNode(child)) found.push({ field, child });
    }
  }
  return found.sort((a, b) => spanOf(a.child).start - spanOf(b.child).start);
}

/** Calls `visit` for a node and all below it, with its ancestors, the nearest first. A `false` leaves out what is below. */
export function walk(
  node: Node,
  visit: (node: Node, parents: readonly Node[]) => boolean,
  parents: readonly Node[] = [],
): void {
  if (!visit(node, parents)) return;
  for (const { child } of childrenOf(node)) walk(child, visit, [node, ...parents]);
}
