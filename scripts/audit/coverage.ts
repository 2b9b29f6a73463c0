/**
 * Checks the floor of line coverage: 98 % of the contracts, from the `coverage/lcov.info` that `npm run coverage` wrote, and with
 * `--typescript DIRECTORY` 90 % of `sim/`, from what V8 wrote there when the tests ran with `NODE_V8_COVERAGE=DIRECTORY`.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import { ROOT } from "./compile.ts";
import { linesOf, belowFloor } from "./lcov.ts";
import { linesOfV8 } from "./v8-lines.ts";

const { values } = parseArgs({ options: { typescript: { type: "string" } } });
const file = path.join(ROOT, "coverage/lcov.info");
if (!existsSync(file)) {
  console.error("There is no coverage/lcov.info: run `npm run coverage` first.");
  process.exit(2);
}
const contracts = linesOf(readFileSync(file, "utf8"), ROOT).filter(
  ({ name }) => /^contracts\//.test(name) && !/^contracts\/(mocks|lab|interfaces)\//.test(name),
);
const failures = [belowFloor("contracts", contracts, 0.98)];
if (values.typescript !== undefined) {
  // What draws reports runs in the reader's browser, where Node does not count: test/integration/report-*.test.ts.
  const simulator = linesOfV8(values.typescript, path.join(ROOT, "sim"), ROOT).filter(
    ({ name }) => !name.startsWith("sim/report/html/client/"),
  );
  failures.push(belowFloor("sim/", simulator, 0.9));
}
if (failures.some((isBelow) => isBelow)) process.exit(1);
