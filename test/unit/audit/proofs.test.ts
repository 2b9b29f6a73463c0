import { expect } from "chai";

import type { CompilerError } from "../../../scripts/audit/compile.ts";
import { judge, targetsOf, together } from "../../../scripts/audit/proofs.ts";
import type { Standing, Target } from "../../../scripts/audit/proofs.ts";

const SOURCE = Buffer.from("a + b; c / d;");

const said = (message: string, start = 0, end = 5): CompilerError => ({
  ...{ severity: "info", message, formattedMessage: "", sourceLocation: { file: "L.sol", start, end } },
});
const target = (standing: Standing, code = "a + b"): Target => ({ file: "L.sol", kind: "Overflow", code, standing });

describe("what the prover says", () => {
  it("is read from the compiler's messages, and the rest left", () => {
    const errors = [
      said("CHC: Overflow (resulting value larger than 2**256 - 1) check is safe!"),
      said("BMC: Division by zero might happen here.", 7, 12),
      said("CHC: Assertion violation happens here.\nCounterexample: x = 1", 0, 13),
      said("CHC: Error during interaction with the solver."),
    ];
    expect(targetsOf(errors, () => SOURCE)).to.deep.equal([
      target("proved"),
      { file: "L.sol", kind: "Division by zero", code: "c / d", standing: "unproved" },
      { file: "L.sol", kind: "Assertion violation", code: "a + b; c / d;", standing: "violated" },
    ]);
  });

  it("is the worst of one engine for a place reached on several ways", () => {
    const safe = "BMC: Overflow (resulting value larger than 2**256 - 1) check is safe!";
    const open = "BMC: Overflow (resulting value larger than 2**256 - 1) might happen here.";
    for (const messages of [
      [safe, open],
      [open, safe],
    ]) {
      const errors = messages.map((message) => said(message));
      expect(targetsOf(errors, () => SOURCE)).to.deep.equal([target("unproved")]);
    }
  });

  it("is the best of several engines, but a counterexample counts more than not knowing", () => {
    expect(together([[target("unproved")], [target("proved")]])).to.deep.equal([target("proved")]);
    expect(together([[target("proved")], [target("unproved")]])).to.deep.equal([target("proved")]);
    expect(together([[target("unproved")], [target("violated")]])).to.deep.equal([target("violated")]);
  });
});

describe("what becomes of it", () => {
  const argued = [{ file: "L.sol", kind: "Overflow", code: "a + b", reason: "bounds" }];

  it("passes what is proved, and what is argued", () => {
    expect(judge([target("proved", "x"), target("unproved")], argued)).to.deep.equal({ fresh: [], stale: [] });
  });

  it("fails on what is new, and on a counterexample whatever was argued", () => {
    expect(judge([target("unproved", "x"), target("unproved")], argued).fresh).to.deep.equal([target("unproved", "x")]);
    expect(judge([target("violated")], argued).fresh).to.deep.equal([target("violated")]);
  });

  it("fails on an argument that is not needed", () => {
    expect(judge([target("proved")], argued).stale).to.deep.equal(argued);
  });
});
