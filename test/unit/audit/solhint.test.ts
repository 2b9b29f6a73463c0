import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

import { expect } from "chai";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const DIRECTORIES = [".", "contracts/pool", "contracts/mocks", "contracts/interfaces", "contracts/lab", "test"];

interface Configuration {
  extends?: string;
  rules: Record<string, unknown>;
}

/** `rule` → directories in which it is off. */
function rulesOff(): Map<string, string[]> {
  const off = new Map<string, string[]>();
  for (const directory of DIRECTORIES) {
    const file = path.join(ROOT, directory, ".solhint.json");
    const { rules } = JSON.parse(readFileSync(file, "utf8")) as Configuration;
    for (const [rule, setting] of Object.entries(rules)) {
      if (setting === "off") off.set(rule, [...(off.get(rule) ?? []), directory]);
    }
  }
  return off;
}

/** Rows of the first table of docs/audit.md that begins with "rule". */
function documented(): Map<string, { where: string; why: string }> {
  const text = readFileSync(path.join(ROOT, "docs/audit.md"), "utf8");
  const rows = text
    .slice(text.indexOf("## Solhint"), text.indexOf("## Slither"))
    .matchAll(/^\| `([\w-]+)` *\|(.*)\|$/gm);
  return new Map(
    [...rows].map(([, rule, rest]) => [rule, { where: rest.split("|")[0], why: rest.split("|")[1].trim() }]),
  );
}

describe("Solhint's configuration", () => {
  it("starts from every rule there is", () => {
    const { extends: base } = JSON.parse(readFileSync(path.join(ROOT, ".solhint.json"), "utf8")) as Configuration;
    expect(base).to.equal("solhint:all");
  });

  it("gives a reason for each rule that is off, and for none that is on", () => {
    const rows = documented();
    expect([...rows.keys()]).to.have.members([...rulesOff().keys()]);
    for (const [rule, { why }] of rows) expect(why.length, rule).to.be.greaterThan(10);
  });

  it("names the directories", () => {
    for (const [rule, directories] of rulesOff()) {
      const where = documented().get(rule)?.where ?? "";
      for (const directory of directories) {
        expect(where, rule).to.include(directory === "." ? "everywhere" : `\`${directory}\``);
      }
    }
  });

  it("has no file that is not looked at here", () => {
    for (const directory of ["contracts/risk", "contracts/liquidation", "contracts/oracle", "contracts/libraries"]) {
      expect(existsSync(path.join(ROOT, directory, ".solhint.json")), directory).to.equal(false);
    }
  });
});
