import { globalOption } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { HardhatPlugin } from "hardhat/types/plugins";

declare module "hardhat/types/global-options" {
  interface GlobalOptions {
    forkUrl: string;
    forkBlock: string;
  }
}

/**
 * `--fork-url URL [--fork-block N]`: what a task does, it does on a copy of that chain. Global options, so that every task has
 * them; `tasks/shared/connect.ts` acts on them. (`--fork` is taken: Hardhat's own `node` has it, for a fork that stays.)
 */
const forkOption: HardhatPlugin = {
  id: "breakwater-fork-option",
  globalOptions: [
    globalOption({
      name: "forkUrl",
      description: "Our tasks: work on an in-process copy of the chain behind this RPC address, which is only read",
      type: ArgumentType.STRING,
      defaultValue: "",
    }),
    globalOption({
      name: "forkBlock",
      description: "With --fork-url: copy it as it was after this block; default: the newest",
      type: ArgumentType.STRING,
      defaultValue: "",
    }),
  ],
};

export default forkOption;
