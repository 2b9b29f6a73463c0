import { task } from "hardhat/config";
import type { TaskDefinition } from "hardhat/types/tasks";

/** Definitions only: each action is imported when its task runs, so that loading the configuration stays fast. */
const tasks: TaskDefinition[] = [
  task("deploy", "Deploys the whole system: a demo set, or what a parameter file says")
    .addOption({
      name: "parameters",
      description: "JSON file (see ignition/parameters); default: the demo set",
      defaultValue: "",
    })
    .addFlag({ name: "json", description: "Print the addresses as JSON, and nothing else" })
    .setAction(() => import("./deploy.ts"))
    .build(),
];

export default tasks;
