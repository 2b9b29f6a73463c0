import { expect } from "chai";

import { createLog, describeError, type LogLevel } from "../../../scripts/keeper/log.ts";

function logAt(level: LogLevel) {
  const lines: string[] = [];
  return { lines, log: createLog({ level, write: (line) => void lines.push(line), now: () => 0, base: { pid: 7 } }) };
}

describe("Log of the keeper", () => {
  it("is a JSON object a line, with amounts as text", () => {
    const { log, lines } = logAt("debug");
    log("info", "take.sent", { size: 10n ** 30n, note: "two\nlines" });
    log("debug", "bare");
    expect(lines.join("")).not.to.include("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).to.deep.equal([
      {
        ...{ time: "1970-01-01T00:00:00.000Z", level: "info", event: "take.sent", pid: 7 },
        ...{ size: "1000000000000000000000000000000", note: "two\nlines" },
      },
      { time: "1970-01-01T00:00:00.000Z", level: "debug", event: "bare", pid: 7 },
    ]);
  });

  it("leaves out what is below its level", () => {
    const { log, lines } = logAt("warn");
    for (const level of ["debug", "info", "warn", "error"] as const) log(level, level);
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).to.deep.equal(["warn", "error"]);
  });
});

describe("#describeError", () => {
  it("shows neither a key nor the address of a node, which may carry one", () => {
    const key = `0x${"ab".repeat(32)}`;
    const text = describeError(new Error(`bad key ${key}\n at https://mainnet.example/v3/secret-token?x=1`));
    expect(text).to.equal("bad key 0x… at https://…");
  });

  it("is short", () => expect(describeError("x".repeat(5_000)).length).to.equal(300));
});
