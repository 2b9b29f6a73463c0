import { expect } from "chai";

import { calibrate, CALIBRATION } from "../../../sim/frontier/calibrate.ts";

describe("#calibrate", () => {
  const { most, range, tolerance } = CALIBRATION;
  const lendings: [what: string, lending: (scale: number) => number][] = [
    ["in proportion to the scale", (scale) => scale],
    ["steeply", (scale) => scale ** 4],
    ["slowly", (scale) => 0.8 * scale ** 0.3],
    ["up to what is wished for", (scale) => Math.min(1, 1.2 * scale)],
    ["far too little at first", (scale) => 0.4 * scale],
    ["far too much at first", (scale) => Math.min(1, 2.5 * scale)],
    ["with a knee", (scale) => Math.min(1, 1.15 * scale ** 0.5, 0.7 + 0.3 * scale)],
  ];

  for (const [what, lending] of lendings) {
    for (const target of [1, 0.9]) {
      it(`finds ${100 * target} % of a pool that lends ${what}`, async () => {
        const found = await calibrate((scale) => Promise.resolve(lending(scale)), target);
        expect(found.isReached).to.equal(true);
        expect(found.lending)
          .to.be.within(target - tolerance, target + tolerance)
          .and.equal(lending(found.scale));
        expect(found.evaluations.length).to.be.at.most(most);
        // Not a scale from the plateau, where lending says nothing.
        expect(lending(found.scale * 0.98)).to.be.lessThan(target);
      });
    }
  }

  it("says so when the target is out of reach, and takes the least scale that lends the most", async () => {
    const found = await calibrate((scale) => Promise.resolve(Math.min(0.8, scale)), 1);
    expect(found).to.include({ isReached: false, lending: 0.8 });
    expect(found.scale).to.equal(1);
    expect(Math.max(...found.evaluations.map(({ scale }) => scale))).to.equal(range[1]);
  });

  it("says so when even the smallest scale lends too much", async () => {
    const found = await calibrate(() => Promise.resolve(1), 0.9);
    expect(found).to.include({ isReached: false, lending: 1, scale: range[0] });
  });

  it("takes the nearest where lending jumps over the target", async () => {
    const found = await calibrate((scale) => Promise.resolve(scale < 0.7 ? 0.6 : 0.92), 0.9);
    expect(found).to.include({ isReached: false, lending: 0.92 });
    expect(found.evaluations).to.have.lengthOf(most);
    expect(found.scale).to.be.within(0.7, 0.72);
  });

  it("passes on what goes wrong", async () => {
    const failure = await calibrate(() => Promise.reject(new Error("no chain")), 1).catch((error: unknown) => error);
    expect(failure).to.have.property("message", "no chain");
  });
});
