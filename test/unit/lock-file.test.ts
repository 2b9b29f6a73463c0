import { readFile } from "node:fs/promises";
import path from "node:path";

import { expect } from "chai";

interface LockFile {
  packages: Record<string, { version?: string; resolved?: string; optionalDependencies?: Record<string, string> }>;
}

const EDR = "node_modules/@nomicfoundation/edr";

describe("package-lock.json", () => {
  let lock: LockFile;

  before(async () => {
    lock = JSON.parse(await readFile(path.resolve(import.meta.dirname, "../../package-lock.json"), "utf8")) as LockFile;
  });

  it("lists EDR's binary for every platform (npm under Node 20 would drop them)", () => {
    const platforms = Object.keys(lock.packages)
      .filter((name) => name.startsWith(`${EDR}-`))
      .map((name) => name.slice(`${EDR}-`.length));
    expect(platforms).to.have.members([
      "darwin-arm64",
      "darwin-x64",
      "linux-arm64-gnu",
      "linux-arm64-musl",
      "linux-x64-gnu",
      "linux-x64-musl",
      "win32-x64-msvc",
    ]);
    for (const platform of platforms) {
      expect(lock.packages[`${EDR}-${platform}`].version).to.equal(lock.packages[EDR].version);
    }
  });

  it("names no registry host, so that every registry serves it", () => {
    const resolved = Object.values(lock.packages).filter((entry) => entry.resolved !== undefined);
    expect(resolved).to.deep.equal([]);
  });
});
