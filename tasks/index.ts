import type { TaskDefinition } from "hardhat/types/tasks";

/** Definitions only: each action is imported when its task runs, so that loading the configuration stays fast. */
const tasks: TaskDefinition[] = [];

export default tasks;
