import hre from "hardhat";
import { runBench } from "./gas/run.ts";
import { MEASURED } from "./gas/rows.ts";
const t0 = performance.now();
const run = await runBench(hre);
console.log(((performance.now() - t0) / 1000).toFixed(1));
const all = [run.ours, run.real, ...run.rivals.map((r) => r.gas)];
for (const id of MEASURED) console.log(id.padEnd(22), all.map((s) => String(s[id] ?? "–").padStart(9)).join(" "));
console.log(run.swap);
for (const id of ["flash-loan", "collateral", "liquidate"] as const)
  console.log(id, await run.trace("ours", id), await run.trace(0, id));
await run.close();
