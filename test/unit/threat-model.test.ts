import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { expect } from "chai";

const root = path.resolve(import.meta.dirname, "..", "..");

describe("docs/threat-model.md", () => {
  const text = readFileSync(path.join(root, "docs", "threat-model.md"), "utf8");
  const attacks = readdirSync(path.join(root, "test", "attacks")).filter((name) => name.endsWith(".test.ts"));

  it("names every attack that is tried", () => {
    const names = attacks.map((name) => name.replace(".test.ts", ""));
    expect(names.filter((name) => !text.includes(`\`${name}\``))).to.deep.equal([]);
  });

  it("names no test that there is not", () => {
    const section = /## Incidents of others([^]*?)\nNot among them/.exec(text)?.[1] ?? "";
    const named = [...section.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(([, name]) => `${name}.test.ts`);
    expect(named).to.include("first-depositor.test.ts");

    expect(named.filter((name) => !attacks.includes(name))).to.deep.equal([]);
    const files = [...text.matchAll(/`(test\/[\w/.-]+\.test\.ts)`/g)].map(([, file]) => file);
    expect(files.filter((file) => !existsSync(path.join(root, file)))).to.deep.equal([]);
  });
});
