import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { createRng } from "../../../sim/rng.ts";

const T0 = 1_700_000_000n;
const DAY = 86_400n;
const HOUR = 3_600n;

interface RampState {
  fromBps: bigint;
  toBps: bigint;
  start: bigint;
  end: bigint;
  riseFrom: bigint;
}

async function deployHarness(connection: NetworkConnection) {
  return connection.ethers.deployContract("FactorMathHarness");
}

type Harness = Awaited<ReturnType<typeof deployHarness>>;

/** A ramp at rest at 80 %, and a walk over steps in time. */
async function rampAt80(math: Harness) {
  const plain = ({ fromBps, toBps, start, end, riseFrom }: RampState) => ({ fromBps, toBps, start, end, riseFrom });
  let state: RampState = plain(await math.beginRamp(8_000, T0));
  return {
    get state() {
      return state;
    },
    step: async (targetBps: bigint, at: bigint, calm = true) => {
      state = plain(await math.stepRamp(state, targetBps, calm, at));
    },
    at: (timestamp: bigint) => math.rampValueAt(state, timestamp),
  };
}

describe("FactorRamp", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = async () => {
    const math = await connection.networkHelpers.loadFixture(deployHarness);
    return rampAt80(math);
  };

  describe("down", () => {
    it("falls in a line of 2 points a day to the target and stays there", async () => {
      const ramp = await load();
      await ramp.step(7_000n, T0);
      expect(await ramp.at(T0)).to.equal(8_000);
      expect(await ramp.at(T0 + DAY / 2n)).to.equal(7_900);
      expect(await ramp.at(T0 + DAY)).to.equal(7_800);
      expect(await ramp.at(T0 + 5n * DAY - 1n)).to.equal(7_001);
      expect(await ramp.at(T0 + 5n * DAY)).to.equal(7_000);
      expect(await ramp.at(T0 + 99n * DAY)).to.equal(7_000);
    });

    it("falls as fast when it is poked in every block: the clock is not reset", async () => {
      const ramp = await load();
      for (let at = T0; at <= T0 + HOUR; at += 12n) await ramp.step(7_000n - ((at / 12n) % 3n), at);
      // 200 bps a day: 8⅓ in an hour, rounded up
      expect(await ramp.at(T0 + HOUR)).to.equal(7_992);
    });

    it("a lower target lengthens the line, a higher one shortens it, and neither moves the factor in force", async () => {
      const ramp = await load();
      await ramp.step(7_900n, T0);
      await ramp.step(7_000n, T0 + HOUR);
      expect(ramp.state).to.deep.include({ fromBps: 8_000n, start: T0, end: T0 + 5n * DAY });
      expect(await ramp.at(T0 + DAY)).to.equal(7_800);
      await ramp.step(7_700n, T0 + DAY);
      expect(await ramp.at(T0 + DAY)).to.equal(7_800);
      expect(await ramp.at(T0 + 2n * DAY)).to.equal(7_700);
    });

    it("a target above the factor in force stops the fall", async () => {
      const ramp = await load();
      await ramp.step(7_000n, T0);
      await ramp.step(7_900n, T0 + DAY);
      for (const later of [0n, HOUR, 5n * DAY]) expect(await ramp.at(T0 + DAY + later)).to.equal(7_800);
    });
  });

  describe("up", () => {
    it("waits for a day of calm and then rises half a point a day", async () => {
      const ramp = await load();
      await ramp.step(7_999n, T0);
      await ramp.step(8_400n, T0 + HOUR); // 7999 is in force by now
      const calmAt = T0 + DAY;
      await ramp.step(8_400n, calmAt);
      expect(await ramp.at(calmAt)).to.equal(7_999);
      for (let at = calmAt; at <= calmAt + 2n * DAY; at += HOUR) await ramp.step(8_400n, at);
      expect(await ramp.at(calmAt + 2n * DAY)).to.equal(8_099);
    });

    it("rises as fast when it is poked in every block", async () => {
      const ramp = await load();
      for (let at = T0 + DAY; at <= T0 + DAY + HOUR; at += 12n) await ramp.step(8_400n, at);
      // One bps each 1728 s
      expect(await ramp.at(T0 + DAY + HOUR)).to.equal(8_002);
    });

    it("does not rise while the market is not calm, and for a day after", async () => {
      const ramp = await load();
      await ramp.step(8_400n, T0 + 2n * DAY, false);
      await ramp.step(8_400n, T0 + 3n * DAY);
      expect(await ramp.at(T0 + 3n * DAY)).to.equal(8_000);
      await ramp.step(8_400n, T0 + 3n * DAY + 1_728n);
      expect(await ramp.at(T0 + 3n * DAY + 1_728n)).to.equal(8_001);
    });

    it("saves up nothing: neither without calls for a month nor at its target", async () => {
      const ramp = await load();
      await ramp.step(9_000n, T0 + 30n * DAY);
      expect(await ramp.at(T0 + 30n * DAY)).to.equal(8_050);
      await ramp.step(8_050n, T0 + 35n * DAY);
      await ramp.step(9_000n, T0 + 35n * DAY + 1_727n);
      expect(await ramp.at(T0 + 35n * DAY + 1_727n)).to.equal(8_050);
      await ramp.step(8_051n, T0 + 35n * DAY + 1_728n);
      expect(await ramp.at(T0 + 35n * DAY + 1_728n)).to.equal(8_051);
    });
  });

  it("no step lowers the factor in force, and none exceeds the two speeds", async () => {
    const ramp = await load();
    const rng = createRng("ramp");
    let [at, before] = [T0, 8_000n];
    for (let i = 0; i < 150; ++i) {
      const later = at + BigInt(rng.integer(20_000));
      const during = await ramp.at(later);
      await ramp.step(BigInt(5_000 + rng.integer(4_000)), later, rng.next() > 0.1);
      const after = await ramp.at(later);
      expect(after >= during, `step ${i} lowered ${during} to ${after}`).to.equal(true);
      expect(after - during <= 50n, `step ${i} rose by ${after - during}`).to.equal(true);
      const most = ((later - at) * 200n) / DAY + 1n;
      expect(before - during <= most, `${before} fell to ${during} in ${later - at} s`).to.equal(true);
      [at, before] = [later, after];
    }
  });
});
