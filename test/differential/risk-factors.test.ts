import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import {
  checkParameters,
  FACTORS,
  healingDebt,
  targetsOf,
  type FactorInputs,
  type FactorParameters,
  type FactorRules,
} from "../../sim/reference/risk-factors.ts";
import { MAX_128 } from "../../sim/reference/risk-math.ts";
import { createRng, type Rng } from "../../sim/rng.ts";
import { logarithmic, whole } from "../shared/auction-actions.ts";
import { deployAccessManager } from "../shared/oracle-fixtures.ts";
import { RiskChain, type Contact } from "../shared/risk-chain.ts";
import {
  expectAlike,
  expectFields,
  FIRST,
  firstDivergence,
  judge,
  Seen,
  sequences,
  textOf,
} from "../shared/risk-compare.ts";
import { deployProbe } from "../shared/risk-volatility-world.ts";
import { Divergence } from "../shared/auction-compare.ts";

const COUNT = sequences(30);
const CANARY_COUNT = 15;
/** Of one set of parameters. */
const QUESTIONS = 60;
const ASSET = "0x00000000000000000000000000000000000a55e7";
const START = 2_000_000_000n;

describe("Collateral factors against their reference", function () {
  this.timeout(3_600_000);
  let connection: NetworkConnection;
  let chain: RiskChain;
  let probe: string;
  let model: Contact;

  before(async () => {
    connection = await network.create();
    const [governor] = await connection.ethers.getSigners();
    const authority = await deployAccessManager(governor);
    const contract = await connection.ethers.deployContract("CollateralFactorModel", [authority]);
    chain = await RiskChain.connect(connection, ["CollateralFactorModel"]);
    model = await chain.contact("CollateralFactorModel", await contract.getAddress());
    probe = await deployProbe(connection, authority);
    await chain.remember();
  });
  after(() => connection.close());

  /** Parameters, and then many questions about them. */
  async function ask(seed: number, seen: Seen, rules: FactorRules): Promise<void> {
    await chain.goBack();
    const rng = createRng(`factors-${seed}`);
    const drawn = randomParameters(rng);
    const questions = Array.from({ length: QUESTIONS }, () => randomInputs(rng));
    const debts = questions.map(() => [amount(rng, 1e30), amount(rng, 1e25)] as const);
    const { answers } = await chain.run(
      probe,
      [
        model.call("setParameters", ASSET, drawn),
        ...questions.map((inputs) => model.call("targets", ASSET, inputs)),
        ...debts.map((pair) => model.call("healingDebt", ASSET, ...pair)),
      ],
      START,
    );
    const known = expectAlike("setParameters", answers[0], () => (checkParameters(drawn), drawn), seen);
    for (const [i, inputs] of questions.entries()) {
      const [answer, healing] = [answers[1 + i], answers[1 + QUESTIONS + i]];
      try {
        const targets = expectAlike("targets", answer, () => targetsOf(known, inputs, rules), seen);
        const debt = expectAlike("healingDebt", healing, () => healingDebt(known, ...debts[i]), seen);
        if (known === undefined || targets === undefined) continue;
        expectFields("targets", model.read("targets", answer)[0] as Record<string, unknown>, { ...targets });
        expectFields("healing", { debt: model.read("healingDebt", healing)[0] as bigint }, { debt });
        countKinds(known, inputs, targets, seen);
      } catch (error) {
        if (!(error instanceof Divergence)) throw error;
        throw new Divergence(`question ${i}, ${error.message}; of ${textOf([drawn, inputs, debts[i]])}`, {
          cause: error,
        });
      }
    }
  }

  const compare = (first: number, count: number, seen: Seen, rules = FACTORS) =>
    firstDivergence(first, count, (seed) => ask(seed, seen, rules));

  it(`agree to the unit over ${COUNT} times ${QUESTIONS} random questions`, async () => {
    const seen = new Seen();
    const divergence = await compare(FIRST, COUNT, seen);
    if (divergence !== undefined) expect.fail(divergence);
    judge(seen, EXPECTED);
  });

  const canaries: readonly [what: string, rules: Partial<FactorRules>][] = [
    ["sells in 59 minutes", { minTime: FACTORS.minTime - 60n }],
    ["lends on what takes two days to sell", { maxTime: 2n * FACTORS.maxTime }],
    ["survives a hundredth more", { survival: (exponent) => FACTORS.survival((exponent * 99n) / 100n) }],
    ["has no add-on for rises", { addOnUp: (p, leverage) => FACTORS.addOnUp(p, leverage, 0n) }],
    ["has no add-on for leverage", { addOnUp: (p, _, rise) => FACTORS.addOnUp(p, 0n, rise) }],
  ];
  for (const [what, rules] of canaries) {
    it(`find out a reference that ${what}`, async () => {
      const divergence = await compare(0, CANARY_COUNT, new Seen(), { ...FACTORS, ...rules });
      expect(divergence).to.match(/^seed \d+, question \d+, /);
    });
  }
});

function countKinds(
  p: FactorParameters,
  inputs: FactorInputs,
  targets: ReturnType<typeof targetsOf>,
  seen: Seen,
): void {
  const { liquidationFactorBps: factor, borrowFactorBps: borrow, timeToLiquidate: time } = targets;
  const kinds: Record<string, boolean> = {
    "target: at its lower bound": factor === p.minLiquidationFactorBps,
    "target: at its upper bound": factor === p.maxLiquidationFactorBps,
    "target: between": factor > p.minLiquidationFactorBps && factor < p.maxLiquidationFactorBps,
    "time: an hour": time === 3_600n,
    "time: between": time > 3_600n && time < 86_400n,
    "stopped: no market": targets.borrowingStopped && inputs.reserve === 0n,
    "stopped: longer than a day": targets.borrowingStopped && inputs.reserve !== 0n,
    "borrow: something": borrow > 0n,
    "borrow: nothing, not stopped": borrow === 0n && !targets.borrowingStopped,
    "borrow: held by the factor in force": borrow > 0n && inputs.liquidationFactorBps < factor,
    "add-on: at its cap":
      borrow > 0n && FACTORS.addOnUp(p, inputs.leverageWad, inputs.riseWad) === p.maxAddOnBps * 10n ** 14n,
  };
  for (const [kind, is] of Object.entries(kinds)) if (is) seen.count(kind);
}

const EXPECTED = [
  ...["setParameters", "targets", "healingDebt", "FactorParameterOutOfRange", "FactorAssetUnknown"],
  ...["target: at its lower bound", "target: at its upper bound", "target: between", "time: an hour", "time: between"],
  ...["stopped: no market", "stopped: longer than a day", "borrow: something", "borrow: nothing, not stopped"],
  ...["borrow: held by the factor in force", "add-on: at its cap"],
];

function amount(rng: Rng, most: number): bigint {
  const roll = rng.next();
  if (roll < 0.04) return roll < 0.02 ? 0n : MAX_128;
  return logarithmic(rng, 1, most) + whole(rng, 0, 1);
}

/** Mostly within their bounds, and all like those that governance sets half of the time. */
function randomParameters(rng: Rng): FactorParameters {
  const usual = rng.next() < 0.5;
  const odd = (value: bigint, other: bigint) => (rng.next() < 0.02 ? other : value);
  const max = whole(rng, usual ? 8_500 : 1, 9_800);
  return {
    zHundredths: odd(whole(rng, 100, usual ? 500 : 1_000), 1_001n),
    betaBps: odd(whole(rng, 0, usual ? 800 : 2_000), 2_001n),
    bufferBps: odd(whole(rng, 500, usual ? 3_000 : 9_000), 499n),
    minLiquidationFactorBps: odd(whole(rng, 0, Math.min(usual ? 5_000 : 9_800, Number(max))), max + 1n),
    maxLiquidationFactorBps: odd(max, 0n),
    freeLeverageBps: odd(whole(rng, 10_000, usual ? 40_000 : 65_535), 9_999n),
    leverageSlopeBps: odd(whole(rng, 0, usual ? 800 : 10_000), 10_001n),
    freeRiseBps: odd(whole(rng, 0, usual ? 2_000 : 10_000), 10_001n),
    riseSlopeBps: odd(whole(rng, 0, usual ? 3_000 : 10_000), 10_001n),
    maxAddOnBps: odd(whole(rng, 0, usual ? 1_500 : 5_000), 5_001n),
  };
}

/** Of a market of some size, its slices and what is sold of it in a day; and anything. */
function randomInputs(rng: Rng): FactorInputs {
  const wild = rng.next() < 0.2;
  const reserve = amount(rng, 1e24);
  const part = (least: number, most: number) =>
    wild ? amount(rng, 1e30) : (reserve * logarithmic(rng, least * 1e9, most * 1e9)) / 10n ** 9n;
  const cut = (value: bigint) => (value > MAX_128 ? MAX_128 : value);
  return {
    sigmaWad: wild ? amount(rng, 1e38) : logarithmic(rng, 1e14, 2e17),
    exposure: cut(part(1e-4, 2)),
    salePerDay: cut(part(1e-1, 3)),
    slice: cut(part(1e-5, 1e-1)),
    reserve,
    leverageWad: wild ? amount(rng, 1e38) : logarithmic(rng, 1e18, 1e19),
    riseWad: wild ? amount(rng, 1e38) : rng.next() < 0.4 ? 0n : logarithmic(rng, 1e15, 1e18),
    liquidationFactorBps: whole(rng, 1, rng.next() < 0.5 ? 9_800 : 8_000),
  };
}
