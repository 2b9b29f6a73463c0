import { expect } from "chai";

import { CongestedSpace } from "../../../../sim/congestion/congested-space.ts";
import { CONGESTION } from "../../../../sim/congestion/parameters.ts";
import { Demand, demandAt, demandFromPath, parseDemand } from "../../../../sim/congestion/profile.ts";
import type { Intent } from "../../../../sim/engine/agent.ts";
import type { Filling } from "../../../../sim/engine/block-space.ts";
import { createRng } from "../../../../sim/rng.ts";
import { findScenario } from "../../../../sim/scenarios/built-in.ts";
import { expectClose } from "../../../shared/expect-close.ts";

const GWEI = 10n ** 9n;
const CALM = [{ seconds: 0, demand: 1 }];
/** Calm for ten minutes, then everybody at once. */
const RUSH = [
  { seconds: 600, demand: 1.2 },
  { seconds: 601, demand: 60 },
];

const intent = (parts: Partial<Intent> & { fee?: bigint } = {}): Intent => {
  const { fee = 5n, ...rest } = parts;
  return { from: "a", to: "b", data: "0x", gas: 200_000, priorityFeeWei: fee * GWEI, label: "x", touches: [], ...rest };
};
const spaceOf = (profile: typeof RUSH, seed = "2") => new CongestedSpace(new Demand(profile, createRng(seed)), 15);
const gwei = (wei: bigint) => Number(wei) / 1e9;

/** Fills blocks from the first to the last, with what is wanted in each. */
function fill(
  space: CongestedSpace,
  blocks: number,
  wanted: (block: number) => Intent[],
  blockSeconds = 12,
): Filling[] {
  return Array.from({ length: blocks }, (_, i) => {
    return space.fill(wanted(i + 1), { block: i + 1, seconds: (i + 1) * blockSeconds, blockSeconds });
  });
}

describe("demand", () => {
  it("goes straight from point to point, and stays as it is outside", () => {
    const profile = parseDemand("1:00 2  1:30 8");
    expect([0, 3_600, 4_500, 5_400, 9_000].map((s) => demandAt(profile, s))).to.deep.equal([2, 2, 5, 8, 8]);
    expect(() => parseDemand("1:00")).to.throw(/not a point of demand: "1:00"/);
  });

  it("follows the moves of a path within half an hour, where no more is known", () => {
    const path = Array.from({ length: 100 }, (_, block) => (block < 50 ? 100 : block < 80 ? 95 : 60));
    const { calmDemand, crashDemand, crashMove } = CONGESTION;
    const demands = demandFromPath(path, 60).map(({ demand }) => demand);
    expect(demands[49]).to.equal(calmDemand);
    expectClose(demands[50], calmDemand + (crashDemand - calmDemand) * (-Math.log(0.95) / crashMove), 1e-9);
    expect(demands[80]).to.equal(crashDemand);
  });

  it("has noise and bursts from its seed alone, and is the profile's on average of calm times", () => {
    const draw = (seed: string, profile = CALM) => {
      const demand = new Demand(profile, createRng(seed));
      return Array.from({ length: 2_000 }, (_, slot) => demand.next(slot * 12, 12));
    };
    expect(draw("1")).to.deep.equal(draw("1"));
    expect(draw("2")).to.not.deep.equal(draw("1"));
    expectClose(draw("1").reduce((sum, each) => sum + each, 0) / 2_000, 1, 0.02);
    const busy = draw("1", [{ seconds: 0, demand: 10 }]);
    expect(busy.reduce((sum, each) => sum + each, 0) / 2_000).to.be.within(11, 18);
  });
});

describe("CongestedSpace", () => {
  it("takes everything in at once in calm times, for what it bids or hardly less", () => {
    const fillings = fill(spaceOf(CALM), 100, () => [intent()]);
    for (const { admitted, dropped, waiting } of fillings) {
      expect(admitted.map(({ waitedBlocks }) => waitedBlocks)).to.deep.equal([0]);
      expect(gwei(admitted[0].priorityFeeWei)).to.be.within(4.5, 5); // what it reckoned with may leave a little less
      expect([dropped.length, waiting]).to.deep.equal([0, 0]);
    }
  });

  it("makes small bids wait in a rush, but not large ones", () => {
    const small = fill(spaceOf(RUSH), 80, (block) => (block % 5 === 0 ? [intent()] : []));
    const large = fill(spaceOf(RUSH), 80, (block) => (block % 5 === 0 ? [intent({ fee: 2_000n })] : []));
    const waits = (fillings: readonly Filling[]) =>
      fillings.flatMap(({ admitted }) => admitted.map((a) => a.waitedBlocks));
    expect(waits(small).slice(0, 9)).to.deep.equal(Array.from({ length: 9 }, () => 0)); // before it
    expect(Math.max(...waits(small), small[79].waiting)).to.be.greaterThan(0);
    expect(waits(small).length).to.be.lessThan(waits(large).length);
    expect(waits(large)).to.deep.equal(Array.from({ length: 16 }, () => 0));
  });

  it("gives up what waits for too long, and says so", () => {
    const given = intent();
    const fillings = fill(spaceOf(RUSH), 120, (block) => (block === 60 ? [given] : []));
    const dropped = fillings.flatMap((filling) => filling.dropped);
    expect(dropped).to.deep.equal([{ intent: given, reason: "expired" }]);
  });

  it("keeps the order of one sender: what bids much waits behind what bids little", () => {
    const fillings = fill(spaceOf(RUSH), 65, (block) => {
      return block === 60 ? [intent(), intent({ label: "second", fee: 5_000n })] : [];
    });
    expect(fillings.flatMap(({ admitted }) => admitted)).to.deep.equal([]);
    expect(fillings[64].waiting).to.equal(2);
  });

  it("lets others believe in the mean of the last five minutes", () => {
    const space = spaceOf(RUSH);
    const fees = fill(space, 70, () => []).map(({ baseFeeWei }) => gwei(baseFeeWei));
    const last = fees.slice(-25);
    expectClose(gwei(space.baseFeeWei), last.reduce((sum, fee) => sum + fee, 0) / 25, 1e-6);
    expect(gwei(space.baseFeeWei)).to.be.lessThan(fees[69]);
  });

  it("has as many slots in a block as fit: in a rush the fee rises by an eighth in 12 s, and five times in 60 s", () => {
    const steepest = (blockSeconds: number) => {
      const fees = fill(spaceOf(RUSH), 1_200 / blockSeconds, () => [], blockSeconds).map((f) => gwei(f.baseFeeWei));
      return Math.max(...fees.slice(1).map((fee, i) => fee / fees[i]));
    };
    expectClose(steepest(12), 1.125, 0.001);
    expectClose(steepest(60), 1.125 ** 5, 0.01);
    expectClose(steepest(4), 1.125 ** (1 / 3), 0.001); // a block of 4 s is a third of a slot
  });

  it("excuses what was decided before the world changed, and nothing else", () => {
    const [waiting, behind, alone] = [intent({ fee: 0n }), intent({ label: "y", fee: 0n }), intent({ from: "z" })];
    const fillings = fill(spaceOf(RUSH), 62, (block) => {
      return block === 60 ? [waiting] : block === 61 ? [behind, alone] : [];
    });
    expect(fillings[59].isOutdated(waiting)).to.equal(false);
    const brief = [...RUSH, { seconds: 660, demand: 60 }, { seconds: 661, demand: 0.1 }];
    const later = fill(spaceOf(brief), 80, (block) => (block === 52 ? [alone] : []));
    const mined = later.findIndex(({ admitted }) => admitted.length > 0);
    expect(mined).to.be.greaterThan(52);
    expect(later[mined].isOutdated(alone)).to.equal(true);
    expect([behind, alone].map((each) => fillings[60].isOutdated(each))).to.deep.equal([true, false]);
  });

  it("makes 12 March 2020 as dear as it was, by the day's mean and by its peaks, whatever the seed", () => {
    const { congestion = [] } = findScenario("black-thursday");
    for (const seed of ["1", "2", "3"]) {
      const fees = fill(spaceOf([...congestion], seed), 1_860, () => [], 60).map((each) => gwei(each.baseFeeWei));
      const mean = fees.slice(0, 1_440).reduce((sum, fee) => sum + fee, 0) / 1_440;
      expect(mean, `mean of seed ${seed}`).to.be.within(45, 85);
      expect(Math.max(...fees), `highest of seed ${seed}`).to.be.within(160, 320);
      expect(fees.slice(0, 60).reduce((sum, fee) => sum + fee, 0) / 60).to.be.within(7, 22);
    }
  });
});
