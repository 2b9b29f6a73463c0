import { expect } from "chai";

import { linearScale, niceTicks, spreadLabels, timeTicks, visiblePoints } from "../../../../sim/report/scale.ts";
import { createRng } from "../../../../sim/rng.ts";

describe("#linearScale", () => {
  it("maps the ends to the ends, and a point to the start", () => {
    const scale = linearScale([10, 20], [100, 0]);
    expect([10, 15, 20].map(scale)).to.deep.equal([100, 50, 0]);
    expect(linearScale([3, 3], [100, 0])(3)).to.equal(100);
  });
});

describe("#niceTicks", () => {
  it("takes round steps", () => {
    expect(niceTicks(81, 195, 6)).to.deep.equal([100, 120, 140, 160, 180]);
    expect(niceTicks(0, 5_200_000, 5)).to.deep.equal([0, 2e6, 4e6]);
    expect(niceTicks(0.874, 1, 6)).to.deep.equal([0.9, 0.95, 1]);
    expect(niceTicks(0, 3, 3, 1)).to.deep.equal([0, 2]);
    expect(niceTicks(5, 5, 6)).to.deep.equal([5]);
  });

  it("never gives more than asked for, and always one inside", () => {
    const rng = createRng("ticks");
    for (let draw = 0; draw < 500; ++draw) {
      const low = rng.lognormal(1, 5);
      const high = low * (1 + rng.lognormal(0.1, 2));
      const ticks = niceTicks(low, high, 6);
      expect(ticks.length >= 1 && ticks.length <= 6, `${low} to ${high}: ${ticks.join()}`).to.equal(true);
      const slack = 1e-6 * (high - low);
      expect(ticks.every((tick) => tick >= low - slack && tick <= high + slack)).to.equal(true);
    }
  });
});

describe("#timeTicks", () => {
  it("chooses minutes, hours or days", () => {
    const texts = (seconds: number) => [timeTicks(seconds).unit, ...timeTicks(seconds).ticks.map(({ text }) => text)];
    expect(texts(7200)).to.deep.equal(["minutes", "0", "15", "30", "45", "60", "75", "90", "105", "120"]);
    expect(texts(111_600)).to.deep.equal(["hours", "0", "4", "8", "12", "16", "20", "24", "28"]);
    expect(texts(28 * 86_400)).to.deep.equal(["days", "0", "4", "8", "12", "16", "20", "24", "28"]);
    expect(timeTicks(111_600).ticks[1].at).to.equal(14_400);
  });
});

describe("#visiblePoints", () => {
  it("keeps a short line whole", () => {
    expect(visiblePoints([0, 1, 2], [5, 6, 7], 1)).to.deep.equal([0, 1, 2]);
  });

  it("keeps ends and extremes of each column of a long one", () => {
    const x = Array.from({ length: 10_000 }, (_, index) => index * 60);
    const y = x.map((_, index) => (index === 5003 ? -7 : index === 777 ? 9 : Math.sin(index)));
    const kept = visiblePoints(x, y, 100);
    expect(kept).to.include.members([0, 777, 5003, 9999]);
    expect(kept.length).to.be.at.most(404);
    expect(kept).to.deep.equal([...new Set(kept)].sort((a, b) => a - b));
  });
});

describe("#spreadLabels", () => {
  it("leaves labels that are apart where they are", () => {
    expect(spreadLabels([50, 10, 90], 17, 0, 100)).to.deep.equal([50, 10, 90]);
  });

  it("moves the others apart, in order and inside", () => {
    expect(spreadLabels([50, 50, 50], 10, 0, 100)).to.deep.equal([50, 60, 70]);
    expect(spreadLabels([99, 98, 97], 10, 0, 100)).to.deep.equal([100, 90, 80]);
    expect(spreadLabels([-5, 3], 10, 0, 100)).to.deep.equal([0, 10]);
  });
});
