import { labTasks } from "./lab-tasks.ts";
import { poolTasks } from "./pool-tasks.ts";

/** Definitions only: each action is imported when its task runs, so that loading the configuration stays fast. */
export default [...poolTasks, ...labTasks];
