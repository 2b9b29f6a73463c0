import { spanOf, walk } from "./syntax.ts";
import type { Node, Span } from "./syntax.ts";

/** One small change: bytes `start` to `end` of the source become `text`. */
export interface Mutation extends Span {
  readonly operator: OperatorName;
  readonly text: string;
}

export type OperatorName =
  | "arithmetic"
  | "assignment"
  | "bitwise"
  | "boundary"
  | "constant"
  | "deletion"
  | "guard"
  | "logic"
  | "negation"
  | "relation"
  | "rounding"
  | "swapped";

const REPLACED: Record<string, [OperatorName, string][]> = {
  "+": [["arithmetic", "-"]],
  "-": [["arithmetic", "+"]],
  "*": [["arithmetic", "/"]],
  "/": [["arithmetic", "*"]],
  "%": [["arithmetic", "*"]],
  "**": [["arithmetic", "*"]],
  "<": [
    ["boundary", "<="],
    ["relation", ">="],
  ],
  "<=": [
    ["boundary", "<"],
    ["relation", ">"],
  ],
  ">": [
    ["boundary", ">="],
    ["relation", "<="],
  ],
  ">=": [
    ["boundary", ">"],
    ["relation", "<"],
  ],
  "==": [["relation", "!="]],
  "!=": [["relation", "=="]],
  "&&": [["logic", "||"]],
  "||": [["logic", "&&"]],
  "&": [["bitwise", "|"]],
  "|": [["bitwise", "&"]],
  "^": [["bitwise", "&"]],
  "<<": [["bitwise", ">>"]],
  ">>": [["bitwise", "<<"]],
  "+=": [["assignment", "-="]],
  "-=": [["assignment", "+="]],
  "*=": [["assignment", "/="]],
  "/=": [["assignment", "*="]],
  "|=": [["assignment", "&="]],
  "&=": [["assignment", "|="]],
  "<<=": [["assignment", ">>="]],
  ">>=": [["assignment", "<<="]],
  "++": [["assignment", "--"]],
  "--": [["assignment", "++"]],
};

const RELATIONS = new Set(["<", "<=", ">", ">=", "==", "!="]);
/** Functions whose counterpart has another name. Where names end in `Up` and `Down`, or in `Up` and nothing, that is seen. */
const COUNTERPARTS: Record<string, string> = {
  min: "max",
  max: "min",
  zeroFloorSub: "dist",
  saturatingAdd: "zeroFloorSub",
};
/** Whatever these hold is not run: types, names, or code in another language. */
const LEFT_ALONE = new Set([
  ...["InlineAssembly", "ElementaryTypeName", "ArrayTypeName", "UserDefinedTypeName", "Mapping", "ImportDirective"],
  ...["PragmaDirective", "StructuredDocumentation", "EventDefinition", "ErrorDefinition", "UsingForDirective"],
  ...["ModifierInvocation", "InheritanceSpecifier", "EnumDefinition", "StructDefinition", "OverrideSpecifier"],
]);

/** All mutations of a file, in the order of the source. The tree is that of the compiler, with the file's bytes. */
export function mutationsOf(tree: Node, source: Buffer): Mutation[] {
  const found: Mutation[] = [];
  const names = new Set<string>();
  const text = (span: Span) => source.subarray(span.start, span.end).toString("utf8");
  const add = (operator: OperatorName, span: Span, replacement: string) =>
    found.push({ operator, start: span.start, end: span.end, text: replacement });

  walk(tree, (node) => {
    if (node.nodeType === "FunctionDefinition") names.add(node.name as string);
    return true;
  });
  walk(tree, (node, parents) => {
    if (LEFT_ALONE.has(node.nodeType)) return false;
    switch (node.nodeType) {
      case "BinaryOperation":
        operatorBetween(node, node.leftExpression as Node, node.rightExpression as Node);
        break;
      case "Assignment":
        operatorBetween(node, node.leftHandSide as Node, node.rightHandSide as Node);
        break;
      case "UnaryOperation":
        unary(node);
        break;
      case "Literal":
        literal(node);
        break;
      case "IfStatement":
        branch(node);
        break;
      case "Conditional":
        condition(node.condition as Node);
        break;
      case "FunctionCall":
        call(node);
        break;
      case "ExpressionStatement":
      case "EmitStatement":
      case "Continue":
      case "Break":
        if (parents[0]?.nodeType !== "ForStatement" || parents[0].body === node) add("deletion", statement(node), "{}");
        break;
      case "Return":
        // Without a value it ends a function early, which is worth a mutation; with one it must be there.
        if (!node.expression) add("deletion", statement(node), "{}");
        break;
    }
    return true;
  });
  return found.sort((a, b) => a.start - b.start || a.end - b.end);

  function operatorBetween(node: Node, left: Node, right: Node): void {
    const operator = node.operator as string;
    const gap = { start: spanOf(left).end, end: spanOf(right).start };
    const at = source.subarray(gap.start, gap.end).indexOf(operator);
    if (at < 0) return;
    const span = { start: gap.start + at, end: gap.start + at + Buffer.byteLength(operator) };
    for (const [kind, replacement] of REPLACED[operator] ?? []) add(kind, span, replacement);
  }

  function unary(node: Node): void {
    const operator = node.operator as string;
    const whole = spanOf(node);
    const inner = spanOf(node.subExpression as Node);
    if (operator === "!") add("negation", whole, text(inner));
    if (operator === "~" || operator === "-") add("arithmetic", whole, text(inner));
    if (operator === "++" || operator === "--") {
      const span =
        node.prefix === true ? { start: whole.start, end: inner.start } : { start: inner.end, end: whole.end };
      for (const [kind, replacement] of REPLACED[operator]) add(kind, span, replacement);
    }
    if (operator === "delete") return; // as a statement
  }

  function literal(node: Node): void {
    const span = spanOf(node);
    if (node.kind === "bool") add("constant", span, node.value === "true" ? "false" : "true");
    if (node.kind !== "number") return;
    add("constant", span, `(${text(span)} + 1)`);
    if (node.value !== "0") add("constant", span, `(${text(span)} - 1)`);
  }

  /** A statement with its semicolon, which the compiler does not count as a part of it. */
  function statement(node: Node): Span {
    const { start, end } = spanOf(node);
    const [semicolon] = /^\s*;/.exec(text({ start: end, end: end + 100 })) ?? [""];
    return { start, end: end + semicolon.length };
  }

  function branch(node: Node): void {
    const body = node.trueBody as Node;
    const only =
      body.nodeType === "Block" && (body.statements as Node[]).length === 1 ? (body.statements as Node[])[0] : body;
    if (only.nodeType === "RevertStatement" && !node.falseBody) add("guard", statement(node), "{}");
    condition(node.condition as Node);
  }

  function condition(node: Node): void {
    const inner = node.nodeType === "BinaryOperation" ? (node.operator as string) : "";
    // Comparisons and negations are turned round where they stand.
    if (RELATIONS.has(inner) || (node.nodeType === "UnaryOperation" && node.operator === "!")) return;
    const span = spanOf(node);
    add("negation", span, `!(${text(span)})`);
  }

  function call(node: Node): void {
    const callee = node.expression as Node;
    if (callee.nodeType === "MemberAccess" || callee.nodeType === "Identifier") counterpart(callee);
    if (node.kind !== "functionCall") return;
    const args = node.arguments as Node[];
    for (let i = 0; i + 1 < args.length; i++) {
      const [a, b] = [args[i], args[i + 1]];
      if (typeOf(a) !== typeOf(b) || text(spanOf(a)) === text(spanOf(b))) continue;
      const between = text({ start: spanOf(a).end, end: spanOf(b).start });
      add("swapped", { start: spanOf(a).start, end: spanOf(b).end }, `${text(spanOf(b))}${between}${text(spanOf(a))}`);
      return; // one a call
    }
  }

  function counterpart(callee: Node): void {
    const name = (callee.memberName ?? callee.name) as string;
    const { end } = spanOf(callee);
    const span = { start: end - Buffer.byteLength(name), end };
    if (text(span) !== name) return;
    if (Object.hasOwn(COUNTERPARTS, name)) add("rounding", span, COUNTERPARTS[name]);
    else if (name.endsWith("Up")) {
      const base = name.slice(0, -2);
      // The library's, or ours.
      if (names.has(`${base}Down`)) add("rounding", span, `${base}Down`);
      else if (/^(fullMulDiv|mulDiv|mulWad|divWad)$/.test(base)) add("rounding", span, base);
      else add("rounding", span, `${base}Down`);
    } else if (name.endsWith("Down")) add("rounding", span, `${name.slice(0, -4)}Up`);
    else if (/^(fullMulDiv|mulDiv|mulWad|divWad)$/.test(name)) add("rounding", span, `${name}Up`);
  }
}

function typeOf(node: Node): string {
  const { typeString = "" } = (node.typeDescriptions ?? {}) as { typeString?: string };
  return typeString.replace(/^int_const .*/, "number").replace(/^(u?int)\d+$/, "$1");
}

/** The source with the mutation in it. */
export function applied(source: Buffer, mutation: Mutation): string {
  return Buffer.concat([
    source.subarray(0, mutation.start),
    Buffer.from(mutation.text),
    source.subarray(mutation.end),
  ]).toString("utf8");
}
