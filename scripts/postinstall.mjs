// Makes a plain `npm ci` work on Node 20.
//
// Hardhat's EVM ("EDR") ships its native binary as optional packages that declare Node >= 22. The dev dependency
// `node` puts a Node 22 first on the path of npm scripts, but npm itself, started by a Node 20, has already skipped the
// binary by then. So: if EDR does not load, run npm once more, under the Node that runs this script, to add it.
//
// Plain JavaScript without dependencies: it runs before anything else is certain to be there.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Set for the npm that we start, whose own postinstall is this script again: without it they would start each other for ever. */
const GUARD = "BREAKWATER_EDR_REPAIR";
const TIME_LIMIT_MS = Number(process.env.BREAKWATER_EDR_REPAIR_TIMEOUT_MS ?? 300_000);

/** Inherited `npm_config_*` values that say how registries are reached; all else would steer the second npm wrongly. */
const KEPT = /^npm_config_(registry|cache|userconfig|globalconfig|proxy|https_proxy|noproxy|cafile|offline)$/i;

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** In a process of its own: a failed import is remembered for as long as the process lives. */
function edrLoads() {
  const code = 'import("@nomicfoundation/edr").then(() => process.exit(0), () => process.exit(1));';
  return spawnSync(process.execPath, ["-e", code], { cwd: root, stdio: "ignore", timeout: 60_000 }).status === 0;
}

function cleanEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || KEPT.test(name));
  return { ...Object.fromEntries(kept), [GUARD]: "1" };
}

function fail(reason) {
  console.error(
    `breakwater: the native part of @nomicfoundation/edr could not be installed (${reason}); ` +
      "use Node >= 22.13, or run `npm ci` again with the registry within reach",
  );
  process.exit(1);
}

function repair() {
  const npm = process.env.npm_execpath;
  if (npm === undefined || !existsSync(npm)) fail("npm_execpath is not set: run this through npm");

  const result = spawnSync(process.execPath, [npm, "install", "--no-audit", "--no-fund", "--no-package-lock"], {
    cwd: root,
    env: cleanEnvironment(),
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    timeout: TIME_LIMIT_MS,
    killSignal: "SIGKILL",
  });

  if (result.error?.code === "ETIMEDOUT") fail(`npm took longer than ${TIME_LIMIT_MS / 1000} s`);
  if (result.error !== undefined) fail(result.error.message);
  if (result.status !== 0) {
    const firstLine = result.stderr.split("\n").find((line) => /^npm (error|ERR!)/.test(line));
    fail(firstLine ?? `npm ended with code ${result.status ?? result.signal}`);
  }
  if (!edrLoads()) fail(`npm succeeded, but it does not load under Node ${process.versions.node}`);
}

const isGuarded = process.env[GUARD] !== undefined;
const isInstalled = existsSync(path.join(root, "node_modules", "@nomicfoundation", "edr")); // absent after `--omit=dev`
if (!isGuarded && isInstalled && !edrLoads()) repair();
