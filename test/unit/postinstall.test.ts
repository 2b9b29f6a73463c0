import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { expect } from "chai";

const SCRIPT = path.resolve(import.meta.dirname, "../../scripts/postinstall.mjs");

const EDR_THAT_LOADS = "module.exports = {};";
const EDR_WITHOUT_BINARY = 'throw new Error("Cannot find native binding");';

interface NpmCall {
  args: string[];
  cwd: string;
  execPath: string;
  env: Record<string, string>;
}

interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A package folder in miniature: the real script, and an EDR and an npm that behave as a test says. */
class Sandbox {
  private readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async create(edr: string | undefined, npm = ""): Promise<Sandbox> {
    // Real path: on macOS the temporary folder is a symbolic link, and the script reports where it truly is.
    const sandbox = new Sandbox(await mkdtemp(path.join(os.tmpdir(), "breakwater-postinstall-")));
    await mkdir(sandbox.path("scripts"));
    await copyFile(SCRIPT, sandbox.path("scripts/postinstall.mjs"));
    if (edr !== undefined) {
      await mkdir(sandbox.path("node_modules/@nomicfoundation/edr"), { recursive: true });
      await writeFile(sandbox.path("node_modules/@nomicfoundation/edr/index.js"), edr);
    }
    await writeFile(
      sandbox.path("npm-cli.cjs"),
      `const fs = require("node:fs");
       const call = { args: process.argv.slice(2), cwd: process.cwd(), execPath: process.execPath, env: process.env };
       fs.appendFileSync(${JSON.stringify(sandbox.path("calls"))}, JSON.stringify(call) + "\\n");
       ${npm}`,
    );
    return sandbox;
  }

  path(relative: string): string {
    return path.join(this.root, relative);
  }

  run(env: Record<string, string> = {}): Outcome {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|BREAKWATER_)/i.test(name));
    const { status, stdout, stderr } = spawnSync(process.execPath, [this.path("scripts/postinstall.mjs")], {
      cwd: this.root,
      encoding: "utf8",
      env: { ...Object.fromEntries(inherited), npm_execpath: this.path("npm-cli.cjs"), ...env },
      timeout: 60_000,
    });
    return { status, stdout, stderr };
  }

  async npmCalls(): Promise<NpmCall[]> {
    const lines = await readFile(this.path("calls"), "utf8").catch(() => "");
    return lines
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as NpmCall);
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** Makes the EDR of the sandbox load, as the real npm does by adding the binary. */
const NPM_THAT_REPAIRS = `fs.writeFileSync("node_modules/@nomicfoundation/edr/index.js", ${JSON.stringify(EDR_THAT_LOADS)});`;

function expectOneLineFailure(outcome: Outcome, reason: RegExp): void {
  expect(outcome.status).to.equal(1);
  expect(outcome.stdout).to.equal("");
  expect(outcome.stderr.trimEnd().split("\n")).to.have.lengthOf(1);
  expect(outcome.stderr).to.match(/^breakwater: the native part of @nomicfoundation\/edr could not be installed/);
  expect(outcome.stderr).to.match(reason);
}

describe("postinstall", () => {
  const sandboxes: Sandbox[] = [];

  async function sandboxWith(edr: string | undefined, npm?: string): Promise<Sandbox> {
    const sandbox = await Sandbox.create(edr, npm);
    sandboxes.push(sandbox);
    return sandbox;
  }

  afterEach(async () => {
    await Promise.all(sandboxes.splice(0).map((sandbox) => sandbox.remove()));
  });

  describe("when nothing needs repair", () => {
    it("does nothing if EDR loads", async () => {
      const sandbox = await sandboxWith(EDR_THAT_LOADS);
      expect(sandbox.run()).to.deep.equal({ status: 0, stdout: "", stderr: "" });
      expect(await sandbox.npmCalls()).to.deep.equal([]);
    });

    it("does nothing if EDR was left out (`npm ci --omit=dev`)", async () => {
      const sandbox = await sandboxWith(undefined);
      expect(sandbox.run()).to.deep.equal({ status: 0, stdout: "", stderr: "" });
      expect(await sandbox.npmCalls()).to.deep.equal([]);
    });

    it("does nothing under the guard, even if EDR does not load", async () => {
      const sandbox = await sandboxWith(EDR_WITHOUT_BINARY);
      expect(sandbox.run({ BREAKWATER_EDR_REPAIR: "1" })).to.deep.equal({ status: 0, stdout: "", stderr: "" });
      expect(await sandbox.npmCalls()).to.deep.equal([]);
    });
  });

  describe("when EDR lacks its binary", () => {
    it("starts npm once, under the same Node, and is silent if that repairs it", async () => {
      const sandbox = await sandboxWith(EDR_WITHOUT_BINARY, NPM_THAT_REPAIRS);
      expect(sandbox.run()).to.deep.equal({ status: 0, stdout: "", stderr: "" });

      const calls = await sandbox.npmCalls();
      expect(calls).to.have.lengthOf(1);
      expect(calls[0].args).to.deep.equal(["install", "--no-audit", "--no-fund", "--no-package-lock"]);
      expect(calls[0].execPath).to.equal(process.execPath);
      expect(path.basename(calls[0].cwd)).to.equal(path.basename(sandbox.path("")));
    });

    it("hides the first npm's variables from the second, but for those that say how to reach a registry", async () => {
      const sandbox = await sandboxWith(EDR_WITHOUT_BINARY, NPM_THAT_REPAIRS);
      const outcome = sandbox.run({
        npm_command: "ci",
        npm_config_omit: "optional",
        npm_config_package_lock_only: "true",
        npm_lifecycle_event: "postinstall",
        npm_package_json: "/elsewhere/package.json",
        npm_config_cache: "/tmp/npm-cache",
        npm_config_cafile: "/tmp/ca.pem",
        UNRELATED: "kept",
      });
      expect(outcome.status).to.equal(0);

      const [{ env }] = await sandbox.npmCalls();
      expect(Object.keys(env).filter((name) => /^npm_/i.test(name))).to.have.members([
        "npm_config_cache",
        "npm_config_cafile",
      ]);
      expect(env).to.include({ BREAKWATER_EDR_REPAIR: "1", UNRELATED: "kept", PATH: process.env.PATH });
    });

    it("does not start itself again through the second npm's own postinstall", async () => {
      const sandbox = await sandboxWith(
        EDR_WITHOUT_BINARY,
        // Three calls would prove a recursion; the real one never ends.
        `const calls = fs.readFileSync(${JSON.stringify("calls")}, "utf8").split("\\n").length - 1;
         if (calls < 3) require("node:child_process").spawnSync(process.execPath, ["scripts/postinstall.mjs"], {
           env: { ...process.env, npm_execpath: __filename },
         });`,
      );
      expectOneLineFailure(sandbox.run(), /npm succeeded, but it does not load under Node \d+/);
      expect(await sandbox.npmCalls()).to.have.lengthOf(1);
    });
  });

  describe("when the repair fails", () => {
    it("says so if it was not started by npm", async () => {
      const sandbox = await sandboxWith(EDR_WITHOUT_BINARY);
      expectOneLineFailure(sandbox.run({ npm_execpath: sandbox.path("absent") }), /npm_execpath/);
    });

    it("gives npm's first error and none of its other output", async () => {
      const sandbox = await sandboxWith(
        EDR_WITHOUT_BINARY,
        `console.log("added 0 packages");
         console.error("npm warn deprecated\\nnpm error code ENOTFOUND\\nnpm error network away");
         process.exit(3);`,
      );
      expectOneLineFailure(sandbox.run(), /\(npm error code ENOTFOUND\)/);
    });

    it("gives npm's exit code if npm says nothing", async () => {
      const sandbox = await sandboxWith(EDR_WITHOUT_BINARY, "process.exit(3);");
      expectOneLineFailure(sandbox.run(), /\(npm ended with code 3\)/);
    });

    it("says so if npm succeeds and EDR still does not load", async () => {
      const sandbox = await sandboxWith(EDR_WITHOUT_BINARY);
      expectOneLineFailure(sandbox.run(), /npm succeeded, but it does not load under Node \d+/);
    });

    it("ends an npm that exceeds the time limit", async () => {
      const sandbox = await sandboxWith(EDR_WITHOUT_BINARY, "setTimeout(() => {}, 50_000);");
      const outcome = sandbox.run({ BREAKWATER_EDR_REPAIR_TIMEOUT_MS: "500" });
      expectOneLineFailure(outcome, /npm took longer than 0\.5 s/);
    });
  });
});
