import { expect } from "chai";
import { makeError } from "ethers";
import hre from "hardhat";
import { HardhatPluginError } from "hardhat/plugins";

import { runTask, toUserError, UserError } from "../../../tasks/shared/user-error.ts";

describe("UserError", () => {
  it("is one line", () => {
    expect(new UserError("two\n  lines\n").message).to.equal("two lines");
  });
});

describe("#toUserError", () => {
  it("leaves bugs alone", () => {
    expect(toUserError(new TypeError("x is undefined"))).to.equal(undefined);
    expect(toUserError(makeError("bad", "INVALID_ARGUMENT", { argument: "a", value: 1 }))).to.equal(undefined);
    expect(toUserError("text")).to.equal(undefined);
  });

  it("shortens what Hardhat, its plugins, ethers and sockets report", async () => {
    const unknownNetwork: unknown = await hre.network.create("nowhere").catch((error: unknown) => error);
    expect(toUserError(unknownNetwork)?.message).to.equal(
      'The network "nowhere" is not defined in your networks config.',
    );
    expect(toUserError(new HardhatPluginError("p", "no key"))?.message).to.equal("no key");
    const reverted = makeError("execution reverted", "CALL_EXCEPTION", {
      action: "call",
      data: null,
      reason: null,
      transaction: { to: null, data: "0x" },
      invocation: null,
      revert: null,
    });
    expect(toUserError(reverted)?.message).to.equal("execution reverted");
    const socket = new Error("fetch failed", { cause: Object.assign(new Error("down"), { code: "ECONNREFUSED" }) });
    expect(toUserError(socket)?.message).to.equal("cannot reach the node: fetch failed");
  });
});

describe("#runTask", () => {
  async function run(action: () => Promise<unknown>, showStackTraces = false) {
    const printed: unknown[][] = [];
    const original = console.error;
    const originalArguments = process.argv;
    const originalOption = process.env.HARDHAT_SHOW_STACK_TRACES;
    process.env.HARDHAT_SHOW_STACK_TRACES = "true"; // as Hardhat sets it in CI, asked or not
    process.argv = showStackTraces ? [...originalArguments, "--show-stack-traces"] : originalArguments;
    console.error = (...line: unknown[]) => printed.push(line);
    try {
      return { result: await runTask(action)({}, hre), printed };
    } finally {
      console.error = original;
      process.argv = originalArguments;
      if (originalOption === undefined) delete process.env.HARDHAT_SHOW_STACK_TRACES;
      else process.env.HARDHAT_SHOW_STACK_TRACES = originalOption;
    }
  }

  it("lets bugs through", async () => {
    const bug = new TypeError("bug");
    const caught = await run(() => Promise.reject(bug)).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(caught).to.equal(bug);
  });

  it("prints one line and reports failure", async () => {
    const { result, printed } = await run(() => Promise.reject(new UserError("no such scenario")));
    expect(printed).to.deep.equal([["error: no such scenario"]]);
    expect(result).to.have.property("success", false);
    expect(result.error).to.be.instanceOf(UserError);
  });

  it("adds the stack if the user asks for stacks", async () => {
    const error = new UserError("no such scenario");
    const { printed } = await run(() => Promise.reject(error), true);
    expect(printed).to.deep.equal([["error: no such scenario"], [error]]);
  });

  it("hands the value over", async () => {
    const { result, printed } = await run(() => Promise.resolve(7));
    expect(printed).to.deep.equal([]);
    expect(result).to.deep.equal({ success: true, value: 7 });
  });
});
