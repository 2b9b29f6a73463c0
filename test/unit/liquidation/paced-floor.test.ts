import { expect } from "chai";
import { encodeBytes32String } from "ethers";

import { expectClose } from "../../shared/expect-close.ts";
import { loadPaced, pacedPair } from "../../shared/paced-fixtures.ts";

describe("PacedCurve: floor", () => {
  it("is reached by an account that nobody buys: lag = now − max(k, s)", async () => {
    const p = await loadPaced(pacedPair);
    const since = await p.kick();
    await p.at(since + 1_500n);
    expectClose((await p.quote(1n)).factor, 1 / 1.05, 3e-7);
  });

  it("could not be with a shorter credit, which is refused", async () => {
    const p = await loadPaced(pacedPair);
    const factory = await p.ethers.getContractFactory("PacedCurve");
    const pace = { creditSeconds: 1_199, fastPpm: 600, slowTenthPpm: 300, kneeBps: 6_000 };
    await expect(factory.deploy(200, 200, 500, 1_200, pace))
      .to.be.revertedWithCustomError(p.curve, "CurveParameterOutOfRange")
      .withArgs(encodeBytes32String("credit"), 1_199, 1_200, 65_535);
  });
});
