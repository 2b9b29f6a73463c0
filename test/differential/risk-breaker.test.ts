import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { WAD } from "../../sim/reference/fixed-point.ts";
import { BREAKER, type BreakerRules } from "../../sim/reference/risk-breaker.ts";
import { deployAccessManager } from "../shared/oracle-fixtures.ts";
import { BreakerSequence, type BreakerWorld } from "../shared/risk-breaker-sequence.ts";
import { RiskChain } from "../shared/risk-chain.ts";
import { FIRST, firstDivergence, judge, Seen, sequences } from "../shared/risk-compare.ts";
import { deployProbe } from "../shared/risk-volatility-world.ts";

const COUNT = sequences(16);
const CANARY_COUNT = 15;

describe("Circuit breaker against its reference", function () {
  this.timeout(3_600_000);
  let connection: NetworkConnection;
  let world: BreakerWorld;

  before(async () => {
    connection = await network.create();
    const [governor] = await connection.ethers.getSigners();
    const authority = await deployAccessManager(governor);
    const contract = await connection.ethers.deployContract("CircuitBreaker", [authority]);
    const chain = await RiskChain.connect(connection, ["CircuitBreaker"]);
    const breaker = await chain.contact("CircuitBreaker", await contract.getAddress());
    const engines = [await deployProbe(connection, authority), await deployProbe(connection, authority)] as const;
    world = { chain, breaker, engines };
    await chain.remember();
  });
  after(() => connection.close());

  const compare = (first: number, count: number, seen: Seen, rules?: BreakerRules) =>
    firstDivergence(first, count, (seed) => new BreakerSequence(world, `breaker-${seed}`, seen, rules).run());

  it(`agrees to the unit over ${COUNT} random sequences`, async () => {
    const seen = new Seen();
    const divergence = await compare(FIRST, COUNT, seen);
    if (divergence !== undefined) expect.fail(divergence);
    judge(seen, EXPECTED);
  });

  const canaries: readonly [what: string, rules: Partial<BreakerRules>][] = [
    ["restricts for a second less", { baseSeconds: BREAKER.baseSeconds - 1n }],
    ["never restricts for four hours", { maxTriggers: 4n }],
    ["is content with two good samples", { goodSamples: 2n }],
    ["counts good samples a second sooner", { spacing: BREAKER.spacing - 1n }],
    ["lets outflow tighten further", { outflowCap: WAD / 2n + 1n }],
    ["rounds tightness down", { between: (above, width) => (above * WAD) / width }],
  ];
  for (const [what, rules] of canaries) {
    it(`finds out a reference that ${what}`, async () => {
      const divergence = await compare(0, CANARY_COUNT, new Seen(), { ...BREAKER, ...rules });
      expect(divergence).to.match(/^seed \d+, step \d+, /);
    });
  }
});

const EXPECTED = [
  ...["assess", "raise", "setThresholds", "BreakerLevelNotRaisable", "BreakerDurationOutOfRange", "BreakerNotTighter"],
  ...["BreakerThresholdOutOfRange", "BreakerThresholdTooFine", "raised: Caution", "raised: Restricted", "announced"],
  ...["level: Normal", "level: Caution", "level: Restricted", "level: Recovery"],
  ...["Normal → Caution", "Normal → Restricted", "Caution → Normal", "Caution → Restricted", "Restricted → Recovery"],
  ...["Recovery → Normal", "Recovery → Restricted", "restricted for four hours", "a raised one made longer"],
  ...["expired, not looked at"],
];
