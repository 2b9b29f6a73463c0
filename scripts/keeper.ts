// `npx hardhat run scripts/keeper.ts --network localhost`: the task, with options from the environment:
// KEEPER_MIN_PROFIT=5 stands for --min-profit 5, KEEPER_ONCE=true for --once. For containers, and whoever starts services.
import hre from "hardhat";
import { isResult } from "hardhat/utils/result";

const task = hre.tasks.getTask("keeper");
const given: Record<string, string | boolean> = {};
for (const [name, option] of task.options) {
  const value = process.env[`KEEPER_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`];
  if (value === undefined || value === "") continue;
  given[name] = option.type === "FLAG" ? value === "true" || value === "1" : value;
}

const result: unknown = await task.run(given);
if (isResult(result) && !result.success) process.exitCode = 1;
