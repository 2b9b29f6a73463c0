import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { VOLATILITY, type VolatilityRules } from "../../sim/reference/risk-samples.ts";
import { FIRST, firstDivergence, judge, Seen, sequences } from "../shared/risk-compare.ts";
import { VolatilitySequence } from "../shared/risk-volatility-sequence.ts";
import { volatilityWorld, type VolatilityWorld } from "../shared/risk-volatility-world.ts";

const COUNT = sequences(20);
/** A wrong reference is found out within so many. */
const CANARY_COUNT = 10;

describe("Volatility oracle against its reference", function () {
  this.timeout(3_600_000);
  let connection: NetworkConnection;
  let world: VolatilityWorld;

  before(async () => {
    connection = await network.create();
    world = await volatilityWorld(connection);
    await world.chain.remember();
  });
  after(() => connection.close());

  const compare = (first: number, count: number, seen: Seen, rules?: VolatilityRules) =>
    firstDivergence(first, count, (seed) => new VolatilitySequence(world, `volatility-${seed}`, seen, rules).run());

  it(`agrees to the unit over ${COUNT} random sequences`, async () => {
    const seen = new Seen();
    const divergence = await compare(FIRST, COUNT, seen);
    if (divergence !== undefined) expect.fail(divergence);
    judge(seen, EXPECTED);
  });

  const { sigmaUp } = VOLATILITY;
  const canaries: readonly [what: string, rules: Partial<VolatilityRules>][] = [
    ["forgets a second sooner", { fastTau: VOLATILITY.fastTau - 1n }],
    ["remembers a second longer", { slowTau: VOLATILITY.slowTau + 1n }],
    ["takes means for prices", { sixthsOfMeans: (length, previous) => 3n * (length + previous) }],
    ["keeps all digits of the fast variance", { keptFast: (variance) => variance }],
    ["keeps all digits of the slow variance", { keptSlow: (variance) => variance }],
    [
      "rounds volatilities down",
      { sigmaUp: (variance) => (sigmaUp(variance) ** 2n > variance ? sigmaUp(variance) - 1n : sigmaUp(variance)) },
    ],
  ];
  for (const [what, rules] of canaries) {
    it(`finds out a reference that ${what}`, async () => {
      const divergence = await compare(0, CANARY_COUNT, new Seen(), { ...VOLATILITY, ...rules });
      expect(divergence).to.match(/^seed \d+, at \d+ s, /);
    });
  }
});

const EXPECTED = [
  ...["poke", "pokeVolatility", "pokePair", "setPair", "setAsset", "raiseFloor", "postImplied"],
  ...["VolatilityAssetUnknown", "VolatilityPairUnknown", "VolatilityConfigOutOfRange", "VolatilityNotTighter"],
  ...["VolatilitySourceUnavailable", "VolatilityImpliedOutOfRange"],
  ...["mean", "price", "merged", "clamped", "the first interval"].map((what) => `sampled: ${what}`),
  ...["late, for want of memory", "begun anew after a long silence"].map((what) => `sampled: ${what}`),
  ...["pair: alike", "pair: mixed", "correlation: below zero", "implied: bounded from above"],
  ...["fast", "implied", "floor", "slow and stress"].map((what) => `σ*: ${what}`),
];
