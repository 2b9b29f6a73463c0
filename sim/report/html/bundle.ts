import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { buildSync } from "esbuild";

let bundled: string | undefined;

/** The script of a page: ECharts' parts that are used, and ours. Built when first asked for; versions are pinned, so equal everywhere. */
export function pageScript(): string {
  bundled ??= build();
  return bundled;
}

function build(): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL("./client/main.ts", import.meta.url))],
    ...{ bundle: true, minify: true, write: false, format: "iife", target: "es2020", charset: "ascii" },
    ...{ legalComments: "none", logLevel: "silent" },
  });
  const code = outputFiles[0].text.trim();
  // Nothing else ends a script.
  if (/<\/script|<!--/i.test(code)) throw new Error("the page's script would end itself");
  return code;
}

/** What the licences of the inlined code ask for. */
export function licenceNotices(): string {
  const ours = createRequire(import.meta.url);
  const echarts = ours.resolve("echarts/package.json");
  const zrender = createRequire(echarts).resolve("zrender/package.json");
  const read = (of: string, name: string) => readFileSync(path.join(path.dirname(of), name), "utf8").trim();
  return [
    "This page contains Apache ECharts.",
    read(echarts, "NOTICE"),
    "Licensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0",
    "It contains zrender:",
    read(zrender, "LICENSE"),
    "and parts of d3:",
    read(echarts, "licenses/LICENSE-d3"),
  ].join("\n\n");
}
