import { globalOption } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { HardhatPlugin } from "hardhat/types/plugins";

declare module "hardhat/types/global-options" {
  interface GlobalOptions {
    shock: string;
  }
}

/**
 * `--shock -0.4`, an option of the lab's tasks, as a global one: while Hardhat looks for global options it takes the value
 * of any other option that starts with a dash for a group of short options, and refuses it, also as `--shock=-0.4`.
 */
const shockOption: HardhatPlugin = {
  id: "breakwater-shock-option",
  globalOptions: [
    globalOption({
      name: "shock",
      description: "For the task shock: a straight fall, such as -0.4 for −40 %, in place of a scenario",
      type: ArgumentType.STRING,
      defaultValue: "",
    }),
  ],
};

export default shockOption;
