import { readFileSync } from "node:fs";
import path from "node:path";

import { expect } from "chai";

import { compile } from "../../../scripts/audit/compile.ts";
import { mutantOf } from "../../../scripts/mutation/mutants.ts";
import { applied, mutationsOf } from "../../../scripts/mutation/operators.ts";
import { scoreOf } from "../../../scripts/mutation/results.ts";
import type { Equivalent, Result, Status } from "../../../scripts/mutation/results.ts";
import type { Node } from "../../../scripts/mutation/syntax.ts";

/** The mutations of a function's body, as `operator: body after it`. */
function mutationsIn(body: string, rest = ""): string[] {
  const text = `pragma solidity ^0.8.28; // λ ≥ 1: bytes are not characters
library L {
  error No(uint256 a, uint256 b);
  event Yes(uint256 a);
  function f(uint256 a, uint256 b, bool c) internal returns (uint256 r) {«${body}»}
  function gUp(uint256 a, uint256 b) private pure returns (uint256) { return a; }
  function gDown(uint256 a, uint256 b) private pure returns (uint256) { return a; }
  ${rest}
}`;
  const source = Buffer.from(text.replace("«", "/*{*/").replace("»", "/*}*/"));
  const settings = { outputSelection: { "L.sol": { "": ["ast"] } } };
  const sources = { "L.sol": { content: source.toString() } };
  const { ast } = compile({ language: "Solidity", sources, settings }).sources["L.sol"];
  const [from, to] = [source.indexOf("/*{*/"), source.indexOf("/*}*/")];
  return mutationsOf(ast as Node, source)
    .filter(({ start }) => start > from && start < to)
    .map((mutation) => {
      const after = applied(source, mutation);
      return `${mutation.operator}: ${after.slice(after.indexOf("/*{*/") + 5, after.indexOf("/*}*/")).trim()}`;
    });
}

describe("mutation operators", () => {
  it("turn arithmetic round", () => {
    expect(mutationsIn("return a + b;")).to.deep.equal(["arithmetic: return a - b;"]);
    expect(mutationsIn("return (a) / (b);")).to.deep.equal(["arithmetic: return (a) * (b);"]);
    expect(mutationsIn("return a << b;")).to.deep.equal(["bitwise: return a >> b;"]);
    expect(mutationsIn("return ~a;")).to.deep.equal(["arithmetic: return a;"]);
  });

  it("move a boundary, and turn a comparison round", () => {
    expect(mutationsIn("c = a < b;")).to.have.members([
      "deletion: {}",
      "boundary: c = a <= b;",
      "relation: c = a >= b;",
    ]);
    expect(mutationsIn("c = a == b;")).to.include("relation: c = a != b;");
  });

  it("negate what is asked, and join it otherwise", () => {
    expect(mutationsIn("return c && !c ? a : b;")).to.have.members([
      "negation: return !(c && !c) ? a : b;",
      "logic: return c || !c ? a : b;",
      "negation: return c && c ? a : b;",
    ]);
    expect(mutationsIn("if (c) return a;")).to.include("negation: if (!(c)) return a;");
  });

  it("change a constant by one either way, but none below zero", () => {
    expect(mutationsIn("return 1e18;")).to.deep.equal(["constant: return (1e18 + 1);", "constant: return (1e18 - 1);"]);
    expect(mutationsIn("return 0;")).to.deep.equal(["constant: return (0 + 1);"]);
    expect(mutationsIn("c = true;")).to.include("constant: c = false;");
  });

  it("delete a statement with its semicolon", () => {
    expect(mutationsIn("emit Yes(a); r = b;")).to.have.members(["deletion: {} r = b;", "deletion: emit Yes(a); {}"]);
    expect(mutationsIn("if (c) return 7;")).not.to.include("deletion: if (c) {}");
  });

  it("remove a guard as a whole, in braces or not", () => {
    for (const guard of ["if (c) revert No(a, b);", "if (c) { revert No(a, b); }"]) {
      expect(mutationsIn(`${guard} r = a;`)).to.include("guard: {} r = a;");
    }
    expect(mutationsIn("if (c) revert No(a, b); else r = a;").join()).not.to.include("guard");
  });

  it("turn assignments and steps round", () => {
    expect(mutationsIn("r += a;")).to.include("assignment: r -= a;");
    expect(mutationsIn("++r;")).to.include("assignment: --r;");
    expect(mutationsIn("r++;")).to.include("assignment: r--;");
    expect(mutationsIn("for (uint256 i; i < a; ++i) r = a;").join()).not.to.include("i < a; {})");
  });

  it("round the other way, and swap arguments of one type", () => {
    expect(mutationsIn("return gUp(a, b);")).to.have.members([
      "rounding: return gDown(a, b);",
      "swapped: return gUp(b, a);",
    ]);
    expect(mutationsIn("return gDown(a, a);")).to.deep.equal(["rounding: return gUp(a, a);"]);
    const named = "function valueOf(uint256 a) private pure returns (uint256) { return a; }";
    expect(mutationsIn("return valueOf(a);", named)).to.deep.equal([]);
  });

  it("leave assembly, types and errors alone", () => {
    expect(mutationsIn('assembly ("memory-safe") { r := add(a, 1) }')).to.deep.equal([]);
    expect(mutationsIn("uint256[3] memory x; r = x[a];")).to.deep.equal(["deletion: uint256[3] memory x; {}"]);
  });
});

describe("a mutant", () => {
  it("knows its lines, behind characters of several bytes too", () => {
    const source = Buffer.from("// λ\nuint256 x = a + b;\nuint256 y;");
    const start = source.indexOf("+");
    const mutant = mutantOf("L.sol", source, { operator: "arithmetic", start, end: start + 1, text: "-" });
    expect([mutant.line, mutant.before, mutant.after]).to.deep.equal([2, "uint256 x = a + b;", "uint256 x = a - b;"]);
    expect(mutant.content).to.equal("// λ\nuint256 x = a - b;\nuint256 y;");
  });
});

describe("the mutation score", () => {
  const result = (status: Status, after = "b"): Result => ({
    ...{ id: "1", file: "L.sol", line: 1, operator: "arithmetic", seconds: 1 },
    ...{ before: "a", after, status },
  });
  const argued: Equivalent[] = [{ file: "L.sol", before: "a", after: "same", reason: "no difference" }];

  it("counts what was killed of what can be", () => {
    const results = (["killed", "killed", "timeout", "survived", "invalid", "equivalent"] as const).map((s) =>
      result(s),
    );
    expect(scoreOf(results, [])).to.deep.equal({
      ...{ mutants: 5, killed: 3, survived: 1, equivalent: 1, invalid: 1, score: 0.75 },
    });
  });

  it("leaves out a survivor that was argued, and no other", () => {
    const score = scoreOf([result("killed"), result("survived", "same"), result("survived", "other")], argued);
    expect([score.killed, score.survived, score.equivalent]).to.deep.equal([1, 1, 1]);
  });

  it("does not take a killed mutant for an equivalent one", () => {
    expect(scoreOf([result("killed", "same")], argued).killed).to.equal(1);
  });

  it("has a reason for each that is argued", () => {
    const file = path.resolve(import.meta.dirname, "../../../scripts/mutation/equivalent.json");
    for (const { before, reason } of JSON.parse(readFileSync(file, "utf8")) as Equivalent[]) {
      expect(reason.length, before).to.be.greaterThan(20);
    }
  });
});
