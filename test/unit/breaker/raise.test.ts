import { expect } from "chai";
import { parseEther } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import {
  CALM,
  deployBreaker,
  diverged,
  Level,
  MINUTE,
  MISSING,
  moved,
  OTHER,
  SUBJECT,
} from "../../shared/breaker-fixtures.ts";

/** The guardian is the governor here: what the access manager allows to whom is its own matter. */
describe("CircuitBreaker, the guardian", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = async () => {
    const run = await connection.networkHelpers.loadFixture(deployBreaker);
    const raise = (level: bigint, seconds: number) => run.breaker.raise(run.engine.address, SUBJECT, level, seconds);
    return { ...run, raise };
  };
  const now = async () => BigInt(await connection.networkHelpers.time.latest());

  describe("#raise", () => {
    it("reverts for whom the access manager does not know", async () => {
      const { breaker, engine } = await load();
      await expect(breaker.connect(engine).raise(engine.address, SUBJECT, Level.Caution, 600))
        .to.be.revertedWithCustomError(breaker, "AccessManagedUnauthorized")
        .withArgs(engine.address);
    });

    for (const name of ["Normal", "Recovery"] as const) {
      it(`reverts when the level is ${name}`, async () => {
        const { breaker, raise } = await load();
        await expect(raise(Level[name], 600))
          .to.be.revertedWithCustomError(breaker, "BreakerLevelNotRaisable")
          .withArgs(Level[name]);
      });
    }

    it("reverts outside 60 s … 4 h", async () => {
      const { breaker, raise } = await load();
      for (const seconds of [0, 59, 14_401, 2 ** 32 - 1]) {
        await expect(raise(Level.Restricted, seconds))
          .to.be.revertedWithCustomError(breaker, "BreakerDurationOutOfRange")
          .withArgs(seconds, 60, 14_400);
      }
      await raise(Level.Restricted, 60);
      await raise(Level.Restricted, 14_400);
    });

    it("reverts for Caution in Restricted and in Recovery", async () => {
      const { breaker, raise, sample, wait } = await load();
      await sample(MISSING);
      await expect(raise(Level.Caution, 14_400))
        .to.be.revertedWithCustomError(breaker, "BreakerNotTighter")
        .withArgs(SUBJECT, Level.Restricted, Level.Caution);
      await wait(15 * MINUTE);
      await expect(raise(Level.Caution, 14_400))
        .to.be.revertedWithCustomError(breaker, "BreakerNotTighter")
        .withArgs(SUBJECT, Level.Recovery, Level.Caution);
    });

    it("reverts when the same level lasts as long already", async () => {
      const { breaker, raise, sample } = await load();
      for (const level of [Level.Caution, Level.Restricted]) {
        await raise(level, 600);
        await expect(raise(level, 599)) // a second later: the same end
          .to.be.revertedWithCustomError(breaker, "BreakerNotTighter")
          .withArgs(SUBJECT, level, level);
        await raise(level, 600);
      }
      const { until } = await sample(MISSING, 11 * MINUTE);
      expect(until).to.equal((await now()) + 900n);
      await expect(raise(Level.Restricted, 899)).to.be.revertedWithCustomError(breaker, "BreakerNotTighter");
      await raise(Level.Restricted, 900);
    });

    it("announces itself", async () => {
      const { breaker, engine, raise } = await load();
      const response = raise(Level.Restricted, 600);
      await response;
      await expect(response)
        .to.emit(breaker, "BreakerRaised")
        .withArgs(engine.address, SUBJECT, Level.Restricted, (await now()) + 600n);
    });

    it("raises one subject of one engine", async () => {
      const { breaker, engine, rival, raise } = await load();
      await raise(Level.Restricted, 600);
      expect((await breaker.assessmentOf(engine.address, OTHER)).level).to.equal(Level.Normal);
      expect((await breaker.assessmentOf(rival.address, SUBJECT)).level).to.equal(Level.Normal);
    });
  });

  describe("a raised Caution", () => {
    const RAISED = { level: Level.Caution, tightnessWad: parseEther("0.5"), until: 0n };

    it("tightens by half, whatever the samples say, and expires without a call", async () => {
      const { raise, sample, standing, wait } = await load();
      await raise(Level.Caution, 600);
      expect(await standing()).to.deep.equal(RAISED);
      expect(await sample(CALM, 300)).to.deep.equal(RAISED);
      expect(await wait(299)).to.deep.equal(RAISED);
      expect(await wait(1)).to.deep.equal({ level: Level.Normal, tightnessWad: 0n, until: 0n });
    });

    it("lowers nothing, and leaves the inputs' own Caution behind", async () => {
      const { raise, sample, standing, wait } = await load();
      const own = await sample(diverged("0.09"));
      await raise(Level.Caution, 600);
      expect(await standing()).to.deep.equal(own);
      expect(await sample(diverged("0.06"))).to.deep.equal(RAISED);
      expect(await wait(600)).to.deep.equal({ ...RAISED, tightnessWad: parseEther("0.2") });
    });

    it("restricts for the base time, and is there again when Recovery ends before it", async () => {
      const { raise, sample, wait } = await load();
      await raise(Level.Caution, 3_600);
      const { until } = await sample(MISSING);
      expect(until).to.equal((await now()) + 900n);
      await wait(15 * MINUTE);
      await sample(CALM);
      await sample(CALM, 5 * MINUTE);
      expect(await sample(CALM, 5 * MINUTE)).to.deep.equal(RAISED);
    });

    it("has its end announced with the next sample", async () => {
      const { breaker, engine, raise, wait } = await load();
      await raise(Level.Caution, 600);
      await expect(breaker.connect(engine).assess(SUBJECT, CALM)).not.to.emit(breaker, "BreakerAssessed");
      await wait(600);
      await expect(breaker.connect(engine).assess(SUBJECT, CALM))
        .to.emit(breaker, "BreakerAssessed")
        .withArgs(engine.address, SUBJECT, Level.Caution, Level.Normal, 0, 0);
    });
  });

  describe("a raised Restricted", () => {
    it("expires into Recovery like any other", async () => {
      const { raise, sample, standing, wait } = await load();
      await raise(Level.Restricted, 600);
      expect(await standing()).to.deep.equal({
        level: Level.Restricted,
        tightnessWad: parseEther("1"),
        until: (await now()) + 600n,
      });
      expect((await sample(CALM, 300)).level).to.equal(Level.Restricted);
      expect((await wait(299)).level).to.equal(Level.Restricted);
      expect(await wait(1)).to.deep.equal({ level: Level.Recovery, tightnessWad: parseEther("0.75"), until: 0n });
      await sample(CALM);
      await sample(CALM, 5 * MINUTE);
      expect((await sample(CALM, 5 * MINUTE)).level).to.equal(Level.Normal);
    });

    it("is no reason to double: the first trigger after it restricts for the base time", async () => {
      const { raise, sample, wait } = await load();
      await raise(Level.Restricted, 600);
      await wait(600);
      expect((await sample(MISSING)).until).to.equal((await now()) + 900n);
    });

    it("does not swallow the first trigger within it, which lasts its own time", async () => {
      const { raise, sample } = await load();
      await raise(Level.Restricted, 60);
      const { until } = await sample(moved("9"));
      expect(until).to.equal((await now()) + 900n);
      expect((await sample(MISSING)).until).to.equal(until); // and no further one
    });

    it("has its longer end announced", async () => {
      const { breaker, engine, raise } = await load();
      await raise(Level.Restricted, 60);
      const response = breaker.connect(engine).assess(SUBJECT, MISSING);
      await response;
      await expect(response)
        .to.emit(breaker, "BreakerAssessed")
        .withArgs(engine.address, SUBJECT, Level.Restricted, Level.Restricted, parseEther("1"), (await now()) + 900n);
    });

    it("begins Recovery anew, and its first good sample counts at once", async () => {
      const { raise, sample, recover, wait } = await load();
      await recover();
      await sample(CALM);
      expect((await sample(CALM, 5 * MINUTE)).tightnessWad).to.equal(parseEther("0.25"));
      await raise(Level.Restricted, 60);
      expect((await wait(60)).tightnessWad).to.equal(parseEther("0.75"));
      expect((await sample(CALM)).tightnessWad).to.equal(parseEther("0.5"));
    });

    it("is not shortened by it", async () => {
      const { raise, sample } = await load();
      await raise(Level.Restricted, 14_400);
      const until = (await now()) + 14_400n;
      expect((await sample(MISSING)).until).to.equal(until);
    });

    it("prolongs a restriction of the inputs, whose triggers stay counted as they are", async () => {
      const { raise, sample, wait } = await load();
      await sample(MISSING);
      await raise(Level.Restricted, 14_400);
      const until = (await now()) + 14_400n;
      expect((await sample(MISSING)).until).to.equal(until);
      await wait(14_400);
      expect((await sample(MISSING)).until).to.equal((await now()) + 1_800n);
    });
  });
});
