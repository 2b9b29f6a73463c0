import { expect } from "chai";
import { MaxUint256, parseEther, ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { createRng, type Rng } from "../../../sim/rng.ts";
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
  type BreakerInputs,
} from "../../shared/breaker-fixtures.ts";
import { skipUnderCoverage } from "../../shared/skip-under-coverage.ts";
import { withoutAutomine } from "../../shared/without-automine.ts";

const NORMAL = { level: Level.Normal, tightnessWad: 0n, until: 0n };
const caution = (tightness: string) => ({ level: Level.Caution, tightnessWad: parseEther(tightness), until: 0n });
const recovery = (tightness: string) => ({ level: Level.Recovery, tightnessWad: parseEther(tightness), until: 0n });

/** Below half of every caution threshold, by a wei. */
const GOOD = {
  divergenceWad: parseEther("0.025") - 1n,
  volatilityExcessWad: parseEther("0.5") - 1n,
  moveWad: parseEther("2") - 1n,
  outflowWad: parseEther("0.25") - 1n,
  backlogWad: parseEther("0.25") - 1n,
  lossWad: parseEther("0.00125") - 1n,
  sourcesMissing: false,
};

/** Of the inputs that restrict alone: where they begin, and where they restrict. */
const BANDS: [name: keyof BreakerInputs, caution: string, restricted: string, doubles: boolean][] = [
  ["divergenceWad", "0.05", "0.1", true],
  ["backlogWad", "0.5", "2", true],
  ["volatilityExcessWad", "1", "3", false],
  ["moveWad", "4", "8", false],
  ["lossWad", "0.0025", "0.01", false],
];

describe("CircuitBreaker", () => {
  let connection: NetworkConnection;
  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  const load = () => connection.networkHelpers.loadFixture(deployBreaker);
  const now = async () => BigInt(await connection.networkHelpers.time.latest());
  const restricted = async (minutes: number) => ({
    level: Level.Restricted,
    tightnessWad: parseEther("1"),
    until: (await now()) + BigInt(minutes * MINUTE),
  });

  describe("#assessWithPool", () => {
    /** All engines ask in one block. */
    async function inOneBlock(calls: readonly (() => Promise<unknown>)[]) {
      await withoutAutomine(connection, async () => {
        for (const call of calls) await call();
        await connection.networkHelpers.mine();
      });
    }

    /** Anything from nothing to twice what restricts; mostly little. */
    function draw(rng: Rng, most: string): bigint {
      const part = rng.next() < 0.6 ? rng.between(0, 0.3) : rng.between(0, 2);
      return (parseEther(most) * BigInt(Math.floor(part * 1e6))) / 1_000_000n;
    }

    it("judges subject and pool as two calls would, the pool by what there is to say of it", async () => {
      const { breaker, engine, rival } = await load();
      const { time } = connection.networkHelpers;
      const rng = createRng("assessWithPool");
      const seen = new Set<bigint>();
      const options = { gasLimit: 300_000 };
      for (let i = 0; i < 60; ++i) {
        const own = {
          ...{ ...CALM, divergenceWad: draw(rng, "0.1"), volatilityExcessWad: draw(rng, "3") },
          ...{ moveWad: draw(rng, "8"), backlogWad: draw(rng, "2"), sourcesMissing: rng.next() < 0.03 },
        };
        const pooled = { ...CALM, outflowWad: draw(rng, "1"), lossWad: draw(rng, "0.01") };
        await time.increase([12, 120, 300, 1_200][rng.integer(4)]);
        const found = [own.divergenceWad, own.volatilityExcessWad, own.moveWad, own.backlogWad] as const;
        const both = [SUBJECT, ...found, own.sourcesMissing, OTHER, pooled.outflowWad, pooled.lossWad] as const;
        const nonce = await rival.getNonce();
        await inOneBlock([
          () => breaker.connect(engine).assessWithPool(...both, options),
          () => breaker.connect(rival).assess(SUBJECT, own, { ...options, nonce }),
          () => breaker.connect(rival).assess(OTHER, pooled, { ...options, nonce: nonce + 1 }),
        ]);
        for (const subject of [SUBJECT, OTHER]) {
          const answer = await breaker.assessmentOf(engine.address, subject);
          const expected = await breaker.assessmentOf(rival.address, subject);
          expect([...answer], `${subject}, sample ${i}`).to.deep.equal([...expected]);
          seen.add(answer.level);
        }
      }
      expect([...seen].sort()).to.deep.equal(Object.values(Level));
    });

    it("answers level and tightness of both, of no pool zeros, and leaves that alone", async () => {
      const { breaker, engine } = await load();
      const asked = breaker.connect(engine).assessWithPool;
      const inputs = [SUBJECT, parseEther("0.06"), 0n, 0n, 0n, false] as const;
      const answer = [Level.Caution, parseEther("0.2")];
      expect([...(await asked.staticCall(...inputs, OTHER, 0n, parseEther("0.02")))]).to.deep.equal([
        ...[...answer, Level.Restricted, parseEther("1")],
      ]);
      expect([...(await asked.staticCall(...inputs, ZeroAddress, 0n, parseEther("0.02")))]).to.deep.equal([
        ...[...answer, 0n, 0n],
      ]);
    });
  });

  describe("#assess", () => {
    it("does not revert, whatever it is told", async () => {
      const { breaker, engine, sample } = await load();
      const most = {
        divergenceWad: MaxUint256,
        volatilityExcessWad: MaxUint256,
        moveWad: MaxUint256,
        outflowWad: MaxUint256,
        backlogWad: MaxUint256,
        lossWad: MaxUint256,
        sourcesMissing: true,
      };
      const answer = await breaker.connect(engine).assess.staticCall(SUBJECT, most);
      expect(answer.level).to.equal(Level.Restricted);
      expect(await sample(most)).to.deep.equal(await restricted(15));
    });

    it("moves the caller's own subject and no other", async () => {
      const { breaker, engine, rival, sample } = await load();
      await breaker.connect(rival).assess(SUBJECT, MISSING);
      expect(await breaker.assessmentOf(engine.address, SUBJECT)).to.deep.equal(Object.values(NORMAL));
      await sample(diverged("0.06"));
      expect(await breaker.assessmentOf(engine.address, OTHER)).to.deep.equal(Object.values(NORMAL));
      expect((await breaker.assessmentOf(rival.address, SUBJECT)).level).to.equal(Level.Restricted);
    });

    it("answers where the subject stands", async () => {
      const { breaker, engine } = await load();
      expect(await breaker.connect(engine).assess.staticCall(SUBJECT, diverged("0.06"))).to.deep.equal(
        Object.values(caution("0.2")),
      );
    });

    it("stays normal up to the caution thresholds", async () => {
      const { sample } = await load();
      const atThem = { divergence: "0.05", volatilityExcess: "1", move: "4", outflow: "0.5", backlog: "0.5" };
      const inputs = { ...CALM, lossWad: parseEther("0.0025") };
      for (const [name, value] of Object.entries(atThem)) Object.assign(inputs, { [`${name}Wad`]: parseEther(value) });
      expect(await sample(inputs)).to.deep.equal(NORMAL);
    });

    for (const [name, from, to] of BANDS) {
      it(`tightens linearly with ${name} from ${from} to ${to}`, async () => {
        const { sample } = await load();
        const [low, high] = [parseEther(from), parseEther(to)];
        for (const quarters of [1n, 2n, 3n]) {
          const state = await sample({ ...CALM, [name]: low + ((high - low) * quarters) / 4n });
          expect(state).to.deep.equal({ ...caution("0"), tightnessWad: (quarters * parseEther("1")) / 4n });
        }
        const { tightnessWad } = await sample({ ...CALM, [name]: low + 1n });
        expect(tightnessWad).to.be.within(1, 1_000); // rounded up, to a wei
        const below = await sample({ ...CALM, [name]: high - 1n });
        expect(below.level).to.equal(Level.Caution); // and not up to 1
        expect(below.tightnessWad).to.be.within(parseEther("1") - 1_000n, parseEther("1") - 1n);
        expect(await sample({ ...CALM, [name]: high })).to.deep.equal(await restricted(15));
      });
    }

    it("tightens with outflow alone up to half", async () => {
      const { sample } = await load();
      expect(await sample({ ...CALM, outflowWad: parseEther("0.6") })).to.deep.equal(caution("0.2"));
      expect(await sample({ ...CALM, outflowWad: parseEther("0.75") })).to.deep.equal(caution("0.5"));
      expect(await sample({ ...CALM, outflowWad: parseEther("1") })).to.deep.equal(caution("0.5"));
      expect(await sample({ ...CALM, outflowWad: MaxUint256 })).to.deep.equal(caution("0.5"));
    });

    it("takes the largest of the inputs, not their sum", async () => {
      const { sample } = await load();
      const inputs = { ...CALM, outflowWad: parseEther("2"), moveWad: parseEther("6.4"), lossWad: parseEther("0.004") };
      expect(await sample(inputs)).to.deep.equal(caution("0.6"));
    });

    it("restricts at once when sources are missing", async () => {
      const { sample } = await load();
      expect(await sample(MISSING)).to.deep.equal(await restricted(15));
    });

    describe("from Caution", () => {
      it("follows the inputs both ways", async () => {
        const { sample } = await load();
        expect(await sample(diverged("0.09"))).to.deep.equal(caution("0.8"));
        expect(await sample(diverged("0.06"))).to.deep.equal(caution("0.2"));
        expect(await sample(moved("7"))).to.deep.equal(caution("0.75"));
      });

      it("stays, at a tightness of zero, down to half of the caution thresholds", async () => {
        const { sample } = await load();
        await sample(diverged("0.06"));
        expect(await sample(diverged("0.05"))).to.deep.equal(caution("0"));
        expect(await sample(diverged("0.025"))).to.deep.equal(caution("0"));
        expect(await sample({ ...GOOD, lossWad: parseEther("0.00125") })).to.deep.equal(caution("0"));
        expect(await sample(GOOD)).to.deep.equal(NORMAL);
        expect(await sample(diverged("0.025"))).to.deep.equal(NORMAL);
      });

      it("restricts for the base time", async () => {
        const { sample } = await load();
        await sample(diverged("0.09"));
        expect(await sample(moved("8"))).to.deep.equal(await restricted(15));
      });
    });

    describe("within Restricted", () => {
      it("is not prolonged by further samples, nor shortened", async () => {
        const { sample } = await load();
        const first = await sample(MISSING);
        expect(await sample(MISSING, 5 * MINUTE)).to.deep.equal(first);
        expect(await sample(CALM, 5 * MINUTE)).to.deep.equal(first);
        expect(await sample(diverged("1"), 5 * MINUTE - 1)).to.deep.equal(first);
      });

      it("does not count good samples", async () => {
        const { sample } = await load();
        await sample(MISSING);
        for (const minutes of [4, 5, 5]) await sample(CALM, minutes * MINUTE);
        expect(await sample(diverged("0.025"), MINUTE)).to.deep.equal(recovery("0.75"));
      });

      it("expires without a call", async () => {
        const { sample, wait } = await load();
        const first = await sample(MISSING);
        expect(await wait(15 * MINUTE - 1)).to.deep.equal(first);
        expect(await wait(1)).to.deep.equal(recovery("0.75"));
        expect(await wait(365 * 86_400)).to.deep.equal(recovery("0.75"));
      });

      it("leaves nothing of the tightness before it", async () => {
        const { sample, wait } = await load();
        await sample(diverged("0.095"));
        await sample(MISSING);
        expect(await wait(15 * MINUTE)).to.deep.equal(recovery("0.75"));
      });
    });

    describe("from Recovery", () => {
      for (const [name, , to, doubles] of BANDS) {
        it(`restricts again for ${doubles ? "double" : "the base"} time on ${name}`, async () => {
          const { sample, recover } = await load();
          await recover();
          expect(await sample({ ...CALM, [name]: parseEther(to) })).to.deep.equal(await restricted(doubles ? 30 : 15));
        });
      }

      it("doubles for missing sources, up to four hours", async () => {
        const { sample, wait } = await load();
        for (const minutes of [15, 30, 60, 120, 240, 240, 240]) {
          expect(await sample(MISSING)).to.deep.equal(await restricted(minutes));
          await wait(minutes * MINUTE);
        }
      });

      it("keeps the doubling over restrictions of another cause, which do not share in it", async () => {
        const { sample, wait } = await load();
        await sample(moved("8"));
        await wait(15 * MINUTE);
        expect(await sample(diverged("0.1"))).to.deep.equal(await restricted(30));
        await wait(30 * MINUTE);
        expect(await sample(moved("8"))).to.deep.equal(await restricted(15));
        await wait(15 * MINUTE);
        expect(await sample({ ...moved("8"), divergenceWad: parseEther("0.1") })).to.deep.equal(await restricted(60));
      });

      it("forgets the doubling in Normal", async () => {
        const { sample, wait, recover } = await load();
        await recover();
        await sample(MISSING);
        await wait(30 * MINUTE);
        for (let i = 0; i < 3; ++i) await sample(CALM, 5 * MINUTE);
        expect(await sample(MISSING)).to.deep.equal(await restricted(15));
      });

      it("needs three good samples, each a quarter", async () => {
        const { sample, recover } = await load();
        expect(await recover()).to.deep.equal(recovery("0.75"));
        expect(await sample(GOOD, 1)).to.deep.equal(recovery("0.5"));
        expect(await sample(GOOD, 5 * MINUTE)).to.deep.equal(recovery("0.25"));
        expect(await sample(GOOD, 5 * MINUTE)).to.deep.equal(NORMAL);
      });

      it("counts good samples five minutes apart only, however many there are", async () => {
        const { sample, recover } = await load();
        await recover();
        expect(await sample(CALM, 12)).to.deep.equal(recovery("0.5"));
        for (let i = 0; i < 24; ++i) expect(await sample(CALM, 12)).to.deep.equal(recovery("0.5"));
        expect(await sample(CALM, 11)).to.deep.equal(recovery("0.5")); // 299 s
        expect(await sample(CALM, 1)).to.deep.equal(recovery("0.25"));
      });

      it("does not count a sample between half and full caution, and forgets none for it", async () => {
        const { sample, recover } = await load();
        await recover();
        expect(await sample(diverged("0.025"), 5 * MINUTE)).to.deep.equal(recovery("0.75"));
        expect(await sample(CALM, 12)).to.deep.equal(recovery("0.5"));
        expect(await sample(diverged("0.049"), 5 * MINUTE)).to.deep.equal(recovery("0.5"));
        expect(await sample(CALM, 12)).to.deep.equal(recovery("0.25"));
      });

      it("begins to count anew after a sample at caution, and not within five minutes of it", async () => {
        const { sample, recover } = await load();
        await recover();
        await sample(CALM, 5 * MINUTE);
        expect(await sample(CALM, 5 * MINUTE)).to.deep.equal(recovery("0.25"));
        expect(await sample({ ...CALM, outflowWad: parseEther("0.5") }, 12)).to.deep.equal(recovery("0.75"));
        expect(await sample(CALM, 5 * MINUTE - 1)).to.deep.equal(recovery("0.75"));
        expect(await sample(CALM, 1)).to.deep.equal(recovery("0.5"));
      });

      it("is as bad as its worst input, whichever the others are", async () => {
        const { sample, recover } = await load();
        await recover();
        expect(await sample(CALM)).to.deep.equal(recovery("0.5"));
        const mixed = { ...diverged("0.05"), backlogWad: parseEther("0.3"), lossWad: parseEther("0.002") };
        expect(await sample(mixed)).to.deep.equal(recovery("0.75"));
      });

      it("is as tight as the inputs are, at least", async () => {
        const { sample, recover } = await load();
        await recover();
        expect(await sample(diverged("0.095"))).to.deep.equal(recovery("0.9"));
        expect(await sample(diverged("0.06"))).to.deep.equal(recovery("0.75"));
      });
    });

    describe("again in the same block", () => {
      it("tightens", async () => {
        const { together } = await load();
        expect(await together(diverged("0.06"), diverged("0.09"))).to.deep.equal(caution("0.8"));
      });

      it("does not loosen", async () => {
        const { sample, together } = await load();
        expect(await together(diverged("0.09"), diverged("0.06"), CALM)).to.deep.equal(caution("0.8"));
        expect(await together(diverged("0.06"), CALM)).to.deep.equal(caution("0.2")); // the first sample does
        expect(await sample(CALM)).to.deep.equal(NORMAL);
      });

      it("tightens only, when the first changed nothing", async () => {
        const { sample, together } = await load();
        await sample(diverged("0.09"));
        expect(await together(diverged("0.09"), CALM)).to.deep.equal(caution("0.8"));
      });

      it("does not lead to Normal", async () => {
        const { sample, together } = await load();
        await sample(diverged("0.09"));
        expect(await together(diverged("0.03"), CALM)).to.deep.equal(caution("0"));
      });

      it("is not counted as good", async () => {
        const { recover, together } = await load();
        await recover();
        expect(await together(diverged("0.03"), CALM)).to.deep.equal(recovery("0.75"));
        expect(await together(CALM, CALM)).to.deep.equal(recovery("0.5"));
      });

      it("takes a good sample back that was followed by a bad one", async () => {
        const { recover, together } = await load();
        await recover();
        expect(await together(CALM, diverged("0.09"))).to.deep.equal(recovery("0.8"));
      });

      it("restricts", async () => {
        const { together } = await load();
        expect(await together(CALM, MISSING, CALM)).to.deep.equal(await restricted(15));
      });
    });

    describe("events", () => {
      it("announces a change of level", async () => {
        const { breaker, engine, sample, wait } = await load();
        const own = breaker.connect(engine);
        const announced = [engine.address, SUBJECT] as const;
        await expect(own.assess(SUBJECT, diverged("0.06")))
          .to.emit(breaker, "BreakerAssessed")
          .withArgs(...announced, Level.Normal, Level.Caution, parseEther("0.2"), 0);
        const restriction = own.assess(SUBJECT, MISSING);
        await restriction;
        const { until } = await restricted(15);
        await expect(restriction)
          .to.emit(breaker, "BreakerAssessed")
          .withArgs(...announced, Level.Caution, Level.Restricted, parseEther("1"), until);
        await wait(15 * MINUTE);
        await expect(own.assess(SUBJECT, CALM)) // the expiry is announced with the first sample after it
          .to.emit(breaker, "BreakerAssessed")
          .withArgs(...announced, Level.Restricted, Level.Recovery, parseEther("0.5"), 0);
        await sample(CALM, 5 * MINUTE);
        await connection.networkHelpers.time.increase(5 * MINUTE);
        await expect(own.assess(SUBJECT, CALM))
          .to.emit(breaker, "BreakerAssessed")
          .withArgs(...announced, Level.Recovery, Level.Normal, 0, 0);
      });

      it("announces a tightness in another eighth, and nothing finer", async () => {
        const { breaker, engine, sample } = await load();
        const own = breaker.connect(engine);
        await sample(diverged("0.0625")); // 2/8
        await expect(own.assess(SUBJECT, diverged("0.0686"))).not.to.emit(breaker, "BreakerAssessed");
        await expect(own.assess(SUBJECT, diverged("0.0688")))
          .to.emit(breaker, "BreakerAssessed")
          .withArgs(engine.address, SUBJECT, Level.Caution, Level.Caution, parseEther("0.376"), 0);
      });

      it("announces nothing in calm, or within Restricted", async () => {
        const { breaker, engine, sample } = await load();
        const own = breaker.connect(engine);
        await expect(own.assess(SUBJECT, CALM)).not.to.emit(breaker, "BreakerAssessed");
        await sample(MISSING);
        await expect(own.assess(SUBJECT, MISSING)).not.to.emit(breaker, "BreakerAssessed");
      });
    });

    describe("gas", () => {
      /** Without what any transaction pays, as the breaker is called by an engine. */
      async function gasOf(run: Awaited<ReturnType<typeof load>>, inputs: BreakerInputs, seconds = 12) {
        const { time } = connection.networkHelpers;
        await time.setNextBlockTimestamp((await time.latest()) + seconds);
        const response = await run.breaker.connect(run.engine).assess(SUBJECT, inputs);
        const receipt = await response.wait();
        const bytes = Buffer.from(response.data.slice(2), "hex");
        const data = bytes.reduce((sum, byte) => sum + (byte === 0 ? 4n : 16n), 0n);
        return (receipt?.gasUsed ?? 0n) - 21_000n - data;
      }

      it("is small when nothing changes, and bounded when something does", async function () {
        skipUnderCoverage(this);
        const run = await load();
        const measured: Record<string, bigint> = {};
        measured.quiet = await gasOf(run, GOOD);
        measured["first change"] = await gasOf(run, diverged("0.06"));
        measured["finer change"] = await gasOf(run, diverged("0.061"));
        measured["coarse change"] = await gasOf(run, diverged("0.09"));
        measured["to Restricted"] = await gasOf(run, MISSING);
        measured["within Restricted"] = await gasOf(run, MISSING);
        measured["good sample"] = await gasOf(run, CALM, 15 * MINUTE);
        await gasOf(run, CALM, 5 * MINUTE);
        measured["to Normal"] = await gasOf(run, CALM, 5 * MINUTE);
        measured["quiet again"] = await gasOf(run, CALM);
        measured["from Normal"] = await gasOf(run, diverged("0.06"));
        const most: Record<string, bigint> = {
          quiet: 7_000n,
          "first change": 32_500n, // a new slot
          "finer change": 12_600n,
          "coarse change": 15_300n, // 2,600 of them for the event
          "to Restricted": 15_300n,
          "within Restricted": 4_400n,
          "good sample": 15_300n,
          "to Normal": 15_300n,
          "quiet again": 7_000n,
          "from Normal": 15_300n,
        };
        for (const [name, gas] of Object.entries(measured)) expect(gas, name).to.be.at.most(most[name]);
      });
    });
  });
});
