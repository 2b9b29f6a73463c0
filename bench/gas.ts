/**
 * Gas of our pool beside Morpho Blue's, Aave v3's and Uniswap v3's, on one chain and under the same conditions: `npm run bench:gas`
 * prints the table, and writes it and where the gas goes into docs/benchmarks.md. Two runs write the same bytes.
 */
import { readFileSync, writeFileSync } from "node:fs";

import hre from "hardhat";

import { sectionsOf, withSections } from "./gas/document.ts";
import { runBench } from "./gas/run.ts";
import { dearer, gasTable, linesOf } from "./gas/table.ts";

const PAGE = new URL("../docs/benchmarks.md", import.meta.url);

const run = await runBench(hre);
try {
  console.log(gasTable(run));
  const titles = dearer(linesOf(run)).map(({ title }) => title);
  console.log(`\ndearer than the cheapest rival: ${titles.length === 0 ? "none" : titles.join("; ")}`);
  const before = readFileSync(PAGE, "utf8");
  const after = withSections(before, await sectionsOf(run));
  writeFileSync(PAGE, after);
  console.log(`docs/benchmarks.md ${after === before ? "is as it was" : "has been written"}`);
} finally {
  await run.close();
}
