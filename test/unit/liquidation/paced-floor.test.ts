import { expectClose } from "../../shared/expect-close.ts";
import { loadPaced, pacedPair, shortCredit } from "../../shared/paced-fixtures.ts";

describe("PacedCurve: floor", () => {
  for (const [what, fixture] of [
    ["as long as the way to the floor", pacedPair],
    ["half as long", shortCredit],
  ] as const) {
    it(`is reached by an account that nobody buys, with a credit ${what}: lag = now − max(k, s)`, async () => {
      const p = await loadPaced(fixture);
      const since = await p.kick();
      await p.at(since + 1_500n);
      expectClose((await p.quote(1n)).factor, 1 / 1.05, 3e-7);
    });
  }
});
