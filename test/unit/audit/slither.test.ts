import { readFileSync } from "node:fs";
import path from "node:path";

import { expect } from "chai";

import { findingsOf, judge } from "../../../scripts/audit/findings.ts";
import type { Accepted, SlitherReport } from "../../../scripts/audit/findings.ts";

const at = (line: number) => ({ filename_relative: "contracts/Vault.sol", lines: [line] });
const contract = { type: "contract", name: "Vault", source_mapping: at(1) };

function reportOf(...found: [check: string, name: string, text: string, line: number][]): SlitherReport {
  const detectors = found.map(([check, name, text, line]) => ({
    check,
    impact: "High",
    description: `Vault.${name} (contracts/Vault.sol#${line}) ${text}\n`,
    elements: [{ type: "function", name, source_mapping: at(line), type_specific_fields: { parent: contract } }],
  }));
  return { success: true, error: null, results: { detectors } };
}

const argued: Accepted = { check: "reentrancy", where: "Vault.take", count: 1, reason: "locked" };

describe("what becomes of Slither's findings", () => {
  it("names the function, and counts once what each heir repeats", () => {
    const findings = findingsOf(reportOf(["reentrancy", "take", "calls", 7], ["reentrancy", "take", "calls", 9]));
    expect(findings.map(({ where, at }) => [where, at])).to.deep.equal([["Vault.take", "contracts/Vault.sol:7"]]);
  });

  it("accepts what was argued, on whatever line it is now", () => {
    for (const line of [7, 700]) {
      const verdict = judge(findingsOf(reportOf(["reentrancy", "take", "calls", line])), [argued]);
      expect(verdict).to.deep.equal({ fresh: [], stale: [] });
    }
  });

  it("reports another function, another detector, and one more in the same function", () => {
    const others = findingsOf(reportOf(["reentrancy", "give", "calls", 1], ["shadowing", "take", "hides", 2]));
    expect(judge(others, [argued]).fresh.map(({ where }) => where)).to.deep.equal(["Vault.give", "Vault.take"]);
    const two = findingsOf(reportOf(["reentrancy", "take", "calls", 1], ["reentrancy", "take", "calls twice", 2]));
    expect(judge(two, [argued]).fresh).to.have.lengthOf(2);
  });

  it("takes a star for any ending, and no more than that", () => {
    const everything: Accepted = { check: "reentrancy", where: "Vault.*", reason: "locked" };
    const findings = findingsOf(reportOf(["reentrancy", "take", "a", 1], ["reentrancy", "give", "b", 2]));
    expect(judge(findings, [everything]).fresh).to.deep.equal([]);
    expect(judge(findings, [{ ...everything, where: "Vaults.*" }]).fresh).to.have.lengthOf(2);
  });

  it("reports an argument without a finding", () => {
    expect(judge([], [argued]).stale).to.deep.equal([argued]);
  });

  it("has a reason for each argument of ours", () => {
    const file = path.resolve(import.meta.dirname, "../../../scripts/audit/slither-accepted.json");
    const { findings } = JSON.parse(readFileSync(file, "utf8")) as { findings: Accepted[] };
    expect(findings).not.to.deep.equal([]);
    for (const { check, where, reason } of findings) expect(reason.length, `${check} ${where}`).to.be.greaterThan(20);
    expect(new Set(findings.map(({ check, where }) => `${check} ${where}`)).size).to.equal(findings.length);
  });
});
