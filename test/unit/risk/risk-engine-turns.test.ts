import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { createRng } from "../../../sim/rng.ts";
import {
  DAY,
  deployRiskPool,
  HOUR,
  LOOK_MAX_AGE,
  riskPool,
  twoCollateralRiskPool,
  WHOLE_MAX_AGE,
  type RiskPool,
} from "../../shared/risk-fixtures.ts";
import { owe, refreshed, tick } from "../../shared/risk-steps.ts";
import { wad } from "../../shared/volatility-fixtures.ts";

/** Neither is looked at more often. [s] */
const LOOK_INTERVAL = 60n;
/** Of the samples of the volatility. [s] */
const SAMPLES = 1_800n;

/** What is kept of σ*, and of the average leverage. */
const SIGMA_UNIT = 10n ** 6n;
const LEVERAGE_UNIT = 10n ** 9n;
const stored = (leverageWad: bigint) => leverageWad / LEVERAGE_UNIT;

/** What one poke did, and how long after the last time. [s] */
interface Look {
  readonly asked: boolean; // for the volatility
  readonly whole: boolean; // looked at the pool as a whole
  readonly sampled: boolean; // a sample of the volatility was due
  readonly askedAge: bigint;
  readonly wholeAge: bigint;
}

/** Leverage of four, half of which is believed: the average moves with every look at the whole, and with nothing else. */
async function movingPool(connection: NetworkConnection) {
  const p = await riskPool(connection);
  await owe(p, 3_000n, 4_500_000n);
  for (let i = 0; i < 3; ++i) await tick(p, HOUR);
  return p;
}

async function twoMovingCollaterals(connection: NetworkConnection) {
  const p = await twoCollateralRiskPool(connection);
  await owe(p, 3_000n, 4_500_000n);
  for (let i = 0; i < 3; ++i) await tick(p, HOUR);
  return { ...p, alt: p.collaterals[1] };
}

async function movingPoolInDollars(connection: NetworkConnection) {
  const p = await deployRiskPool(connection, { loanFeed: true });
  await owe(p, 3_000n, 4_500_000n);
  for (let i = 0; i < 3; ++i) await tick(p, HOUR);
  return p;
}

/** When the price oracle last noted what the loan asset's feed says. [unix s] */
async function loanReadAt({ ethers, oracle, eth }: RiskPool) {
  const CONFIGURATIONS = 2n; // after the authority and the list of assets
  const asset = BigInt(
    ethers.keccak256(ethers.AbiCoder.defaultAbiCoder().encode(["address", "uint256"], [eth.address, CONFIGURATIONS])),
  );
  const feed = BigInt(await ethers.provider.getStorage(await oracle.getAddress(), asset + 1n));
  return feed >> 224n;
}

/** Pokes, and tells by what it finds what it has looked at: a floor that rises before each poke is found by who asks for the volatility. */
async function lookout(p: RiskPool) {
  const { engine, volatility, networkHelpers, collaterals } = p;
  let floor = wad(0.2);
  let leverage = stored((await refreshed(p)).leverageWad);
  const start = BigInt(await networkHelpers.time.latest());
  const asked = new Map(collaterals.map(({ address }) => [address, start]));
  const whole = new Map(asked);
  /** `seconds` after the last block. */
  return async (seconds: bigint, index = 0): Promise<Look> => {
    const { address } = collaterals[index];
    const at = BigInt(await networkHelpers.time.latest()) + seconds;
    floor += 10n ** 12n;
    await networkHelpers.time.setNextBlockTimestamp(at - 2n);
    await p.setFeed(index, Number(collaterals[index].dollars));
    const { sampledAt } = await volatility.volatilityOf(address);
    await networkHelpers.time.setNextBlockTimestamp(at - 1n);
    await volatility.raiseFloor(address, floor);
    await networkHelpers.time.setNextBlockTimestamp(at);
    await engine.poke(address);
    const found = await refreshed(p, address);
    const look = {
      asked: found.sigmaWad === floor,
      whole: stored(found.leverageWad) !== leverage,
      sampled: (await volatility.volatilityOf(address)).sampledAt !== sampledAt,
      askedAge: at - (asked.get(address) ?? 0n),
      wholeAge: at - (whole.get(address) ?? 0n),
    };
    leverage = stored(found.leverageWad);
    if (look.asked) asked.set(address, at);
    if (look.whole) whole.set(address, at);
    return look;
  };
}

describe("RiskEngine: looks in turns", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = <T>(fixture: (connection: NetworkConnection) => Promise<T>) =>
    connection.networkHelpers.loadFixture(fixture);

  /** Every so many seconds, from a moment on at which everything has just been looked at, a minute after a sample. */
  async function run(every: bigint, count: number, fixture = movingPool) {
    const p = await load(fixture);
    const { time } = connection.networkHelpers;
    const grid = (BigInt(await time.latest()) / SAMPLES + 2n) * SAMPLES;
    const poke = await lookout(p);
    for (const seconds of [12n, LOOK_INTERVAL, LOOK_INTERVAL + 12n]) {
      await time.increaseTo(grid + seconds - 4n);
      await poke(4n);
    }
    const looks: (Look & { readonly loan: boolean })[] = [];
    for (let i = 0; i < count; ++i) {
      const look = await poke(every);
      looks.push({ ...look, loan: (await loanReadAt(p)) === BigInt(await time.latest()) });
    }
    return looks;
  }
  const pattern = (looks: readonly (Look & { readonly loan: boolean })[]) =>
    looks.map(({ asked, whole, loan }) => (asked ? "volatility" : "") + (whole ? "whole" : "") + (loan ? "loan" : ""));

  it("poked every 12 s, it looks at each once a minute, never at both at once", async () => {
    const looks = await run(12n, 100);
    expect(new Set(pattern(looks))).to.deep.equal(new Set(["", "volatility", "whole"]));
    for (const [name, ages] of [
      ["volatility", looks.filter(({ asked }) => asked).map(({ askedAge }) => askedAge)],
      ["whole", looks.filter(({ whole }) => whole).map(({ wholeAge }) => wholeAge)],
    ] as const) {
      expect(ages.length, name).to.be.within(15, 20);
      for (const age of ages.slice(1)) expect(age, name).to.be.within(LOOK_INTERVAL, LOOK_INTERVAL + 24n);
    }
  });

  it("poked once a minute, it looks at one and the other in turn", async () => {
    const looks = pattern(await run(LOOK_INTERVAL, 20));
    for (const [i, look] of looks.entries()) {
      expect(look).to.be.oneOf(["volatility", "whole"]);
      if (i !== 0) expect(look).not.to.equal(looks[i - 1]);
    }
  });

  it("poked once in five minutes, it looks at both, but at a sample leaves the whole to the next poke", async () => {
    const looks = await run(LOOK_MAX_AGE, 24);
    expect(looks.filter(({ sampled }) => sampled)).to.have.length(4);
    for (const { asked, whole, sampled } of looks) expect([asked, whole]).to.deep.equal([true, !sampled]);
  });

  describe("where the loan asset has a feed", () => {
    it("poked once a minute, it takes turns with both others: none is put off by more than a minute", async () => {
      const looks = await run(LOOK_INTERVAL, 27, movingPoolInDollars);
      expect(new Set(pattern(looks))).to.deep.equal(new Set(["volatility", "whole", "loan"]));
      for (const [name, ages] of [
        ["volatility", looks.filter(({ asked }) => asked).map(({ askedAge }) => askedAge)],
        ["whole", looks.filter(({ whole }) => whole).map(({ wholeAge }) => wholeAge)],
      ] as const) {
        for (const age of ages.slice(1)) expect(age, name).to.be.within(2n * LOOK_INTERVAL, 3n * LOOK_INTERVAL);
      }
      const loans = looks.flatMap(({ loan }, i) => (loan ? [i] : []));
      expect(loans.length).to.be.within(8, 10);
      for (const [i, at] of loans.slice(1).entries()) expect(at - loans[i]).to.equal(3);
    });

    it("poked every 12 s, it asks when nothing else is looked at, every two minutes and a bit", async () => {
      const looks = await run(12n, 60, movingPoolInDollars);
      expect(new Set(pattern(looks))).to.deep.equal(new Set(["", "volatility", "whole", "loan"]));
      const loans = looks.flatMap(({ loan }, i) => (loan ? [i] : []));
      for (const [i, at] of loans.slice(1).entries()) expect(at - loans[i]).to.equal(11);
    });

    it("poked once in five minutes, it puts off neither of the others for that", async () => {
      const looks = await run(LOOK_MAX_AGE, 24, movingPoolInDollars);
      for (const { asked, whole, sampled } of looks) expect([asked, whole]).to.deep.equal([true, !sampled]);
      expect(looks.filter(({ loan }) => loan).length).to.be.within(11, 13);
    });
  });

  for (const every of [WHOLE_MAX_AGE, SAMPLES, 2n * HOUR, DAY]) {
    it(`poked once in ${every} s, it looks at both each time: no sample puts the whole off for ever`, async () => {
      const looks = await run(every, 6);
      expect(looks.some(({ sampled }) => sampled)).to.equal(true);
      for (const { asked, whole } of looks) expect([asked, whole]).to.deep.equal([true, true]);
    });
  }

  for (const seed of ["keeper 1", "keeper 2", "keeper 3"]) {
    it(`however it is poked, no look comes too soon or too late: ${seed}`, async () => {
      const p = await load(movingPool);
      const rng = createRng(seed);
      const poke = await lookout(p);
      await poke(DAY); // the ages are known from here on
      for (let i = 0; i < 120; ++i) {
        const { asked, whole, sampled, askedAge, wholeAge } = await poke(
          BigInt(Math.floor(Math.exp(rng.between(2.5, 7.5)))),
        );
        const what = JSON.stringify({ i, asked, whole, sampled, askedAge: `${askedAge}`, wholeAge: `${wholeAge}` });
        if (askedAge < LOOK_INTERVAL) expect(asked, what).to.equal(false);
        if (wholeAge < LOOK_INTERVAL) expect(whole, what).to.equal(false);
        if (askedAge >= LOOK_INTERVAL || wholeAge >= LOOK_INTERVAL) expect(asked || whole, what).to.equal(true);
        if (askedAge >= LOOK_MAX_AGE) expect(asked, what).to.equal(true);
        if (wholeAge >= LOOK_MAX_AGE && !sampled) expect(whole, what).to.equal(true);
        if (wholeAge >= WHOLE_MAX_AGE) expect(whole, what).to.equal(true);
        if (sampled) expect(asked, what).to.equal(true);
      }
    });
  }

  it("every collateral has its own turns: pokes of one put off nothing of another", async () => {
    const p = await load(twoMovingCollaterals);
    const poke = await lookout(p);
    // Right after a sample, so that none is due in what follows.
    const { time } = connection.networkHelpers;
    await time.increaseTo((BigInt(await time.latest()) / SAMPLES + 2n) * SAMPLES);
    for (const index of [0, 1]) {
      const { asked, whole } = await poke(12n, index);
      expect([asked, whole]).to.deep.equal([true, true]);
    }
    await poke(LOOK_INTERVAL, 0);
    for (let i = 0; i < 15; ++i) await poke(12n, 0);
    // For ALT all of this is four minutes ago.
    const { asked, whole } = await poke(12n, 1);
    expect([asked, whole]).to.deep.equal([true, false]);
    // Looked at by a poke of ETH at most a minute ago; and yet it is the whole's turn.
    const next = await poke(12n, 1);
    expect([next.asked, next.whole]).to.deep.equal([false, true]);
  });

  it("what was found last holds between the looks", async () => {
    const p = await load(movingPool);
    await tick(p, WHOLE_MAX_AGE);
    const before = await refreshed(p);
    await tick(p, 12n);
    const after = await refreshed(p);
    expect(after.sigmaWad - before.sigmaWad).to.be.within(0n, SIGMA_UNIT); // rounded up
    expect(after.leverageWad).to.equal(stored(before.leverageWad) * LEVERAGE_UNIT);
  });
});
