import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { WAD } from "../../sim/reference/fixed-point.ts";
import { ENGINE, type EngineRules } from "../../sim/reference/risk-engine-state.ts";
import { FIRST, firstDivergence, judge, Seen, sequences } from "../shared/risk-compare.ts";
import { RiskSequence } from "../shared/risk-sequence.ts";
import { riskWorld, type RiskWorld } from "../shared/risk-world.ts";

/** Sequences; `npm run risk:differential` runs twenty times as many. */
const COUNT = sequences(28);
/** A wrong reference is found out within so many. */
const CANARY_COUNT = 30;

describe("Risk engine against its reference", function () {
  this.timeout(3_600_000);
  let connection: NetworkConnection;
  let world: RiskWorld;

  before(async () => {
    connection = await network.create();
    world = await riskWorld(connection);
    await world.chain.remember();
  });
  after(() => connection.close());

  const compare = (first: number, count: number, seen: Seen, rules?: EngineRules) =>
    firstDivergence(first, count, (seed) => new RiskSequence(world, `risk-${seed}`, seen, rules).run());

  it(`agrees to the unit over ${COUNT} random sequences`, async () => {
    const seen = new Seen();
    const divergence = await compare(FIRST, COUNT, seen);
    if (divergence !== undefined) expect.fail(divergence);
    judge(seen, EXPECTED);
  });

  const canaries: readonly [what: string, rules: Partial<EngineRules>][] = [
    ["refreshes a second sooner", { refreshInterval: 11n }],
    ["judges moves over four minutes", { moveWindow: 240n }],
    ["looks a second sooner", { lookInterval: 59n }],
    ["is patient for a second more", { lookMaxAge: 301n }],
    ["looks at both whatever the price oracle has left", { heedsErrands: false }],
    ["counts every change of a value", { isNews: () => true }],
    ["rounds the pool's tightness down", { keptTightness: (tightness) => (tightness * 63n) / WAD }],
    [
      "pays the last poke of a day that is over its cap",
      { withinCap: (count, each, day) => (count - 1n) * each <= day },
    ],
    ["lets factors fall faster", { pool: { ...ENGINE.pool, fallPerDay: 201n } }],
    ["keeps all digits of reserves", { pool: { ...ENGINE.pool, keptReserve: (reserve) => reserve } }],
    ["believes rises for all the time", { depth: { ...ENGINE.depth, riseSeconds: (elapsed) => elapsed } }],
  ];
  for (const [what, rules] of canaries) {
    it(`finds out a reference that ${what}`, async () => {
      const divergence = await compare(0, CANARY_COUNT, new Seen(), { ...ENGINE, ...rules });
      expect(divergence).to.match(/^seed \d+, step \d+, /);
    });
  }
});

const EXPECTED = [
  ...["volatility: asked", "volatility: not asked", "sample: taken", "sample: merged", "sample: clamped"],
  ...["sample: source silent", "pool: looked at", "pool: put off by a sample", "pool: both at once"],
  ...["pool: in its turn", "volatility: in its turn", "price oracle: in its turn"],
  ...["touched, with a look at the pool", "touched, debt repaid for a moment", "touched, shares for a moment"],
  ...["touched, shares that would thin out a loss"],
  ...["value: counted anew", "value: not worth a write", "price: none", "grace: began", "depth: too old"],
  ...["move: judged", "move: anchor kept", "leverage: above one", "leverage: another average", "exits: limited"],
  ...["exits: floor written", "exits: floor kept", "exits: limit ends", "backlog", "provision", "loss: new"],
  ...["loss: fading", "pool: restricted", "pool: no longer restricted", "ramp: fall begins", "ramp: fall goes on"],
  ...["ramp: fall ends", "ramp: rises", "ramp: not calm", "borrow: something", "borrow: nothing"],
  ...["borrow: held below the ramp", "λ: below one", "λ: rises", "no breaker", "expired", "refresh: too soon"],
  ...["Normal", "Caution", "Restricted", "Recovery"].map((level) => `collateral: ${level}`),
  ...["Normal", "Caution", "Restricted", "Recovery"].map((level) => `pool: ${level}`),
  ...["paid", "too soon", "capped", "none"].map((reward) => `reward: ${reward}`),
  ...["depth: gone", "depth: rises", "depth: falls", "depth: not confirmed", "depth: too soon"],
  ...["correlation: tracked", "claim: all", "claim: not all", "setFlow", "setRewards", "setAsset", "setParameters"],
  ...["setModules", "setPair", "raise", "postImplied", "raiseFloor", "EngineAssetUnknown", "EngineConfigOutOfRange"],
];
