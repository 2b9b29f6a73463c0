// `npx hardhat run scripts/deploy.ts --network localhost`: the task, with its defaults.
import hre from "hardhat";
import { isResult } from "hardhat/utils/result";

const result: unknown = await hre.tasks.getTask("deploy").run({});
if (isResult(result) && !result.success) process.exitCode = 1;
