import { expect } from "chai";

import type { AuctionResult } from "../../../../sim/metrics/auction-result.ts";
import { salesPanels } from "../../../../sim/report/sales-panels.ts";
import { linearScale } from "../../../../sim/report/scale.ts";
import { descendants, parseXml, type XmlElement } from "../../../shared/parse-xml.ts";
import { sampleResult } from "../../../shared/sample-result.ts";

const FRAME = { top: 100, bottom: 360 };
const SECONDS = 600;

/** The panels of a run with takes at some times, each [second, repaid, discount to the market, to the oracle]. */
function draw(takes: readonly (readonly [number, number, number, number])[], poolReserve = 0): XmlElement[] {
  const { auction } = sampleResult().run;
  const [seconds, repaid, market, oracle] = [0, 1, 2, 3].map((column) => takes.map((take) => take[column]));
  const sold: AuctionResult = {
    ...auction,
    sales: {
      ...{ seconds, repaid, takes: takes.map(() => 1) },
      ...{ market, marketByValue: market, oracle, oracleByValue: oracle },
    },
    queue: {
      ...{ seconds: [0, 300, 600], accounts: [0, 2, 1], backlog: [0, 50, 25], lagSeconds: [0, 0, 0] },
      ...{ venueReserve: [100, 100, 100], poolReserve: [poolReserve, poolReserve, poolReserve] },
    },
  };
  const drawn = salesPanels(sold, "USDC", linearScale([0, SECONDS], [72, 660]), FRAME);
  return descendants(parseXml(`<svg>${drawn.join("")}</svg>`));
}

const marks = (drawn: readonly XmlElement[], name: string) => {
  const path = drawn.find(({ attributes }) => attributes.class === name)?.attributes.d ?? "";
  return [...path.matchAll(/M(\S+) (\S+?)h/g)].map(([, x, y]) => [Number(x), Number(y)]);
};

describe("#salesPanels", () => {
  it("marks each time of sales, a dot for the market and a cross for the oracle, deeper discounts higher", () => {
    const drawn = draw([
      [60, 100, 0.01, 0.03],
      [540, 100, 0.05, 0],
    ]);
    const [dots, crosses] = [marks(drawn, "dots l-market"), marks(drawn, "crosses l-oracle")];
    expect(dots.map(([x]) => Math.round((x - 72) / 58.8))).to.deep.equal([1, 9]);
    expect(dots[1][1]).to.be.lessThan(crosses[0][1]); // 5 % above 3 %
    expect(crosses[0][1]).to.be.lessThan(dots[0][1]); // 3 % above 1 %
    expect(dots[0][1]).to.be.lessThan(crosses[1][1]); // 1 % above 0
  });

  it("joins sales of one column by value: 900 paid for 1,000 and 50 for 100 are 950 for 1,100", () => {
    const other = [60, 100, 0.3, 0] as const; // that the scale is the same
    const two = marks(draw([other, [300, 900, 0.1, 0], [300.5, 50, 0.5, 0]]), "dots l-market");
    const one = marks(draw([other, [300, 950, 1 - 950 / 1_100, 0]]), "dots l-market");
    expect(two).to.have.lengthOf(2);
    expect(two).to.deep.equal(one);
  });

  it("draws what is for sale against the depth, and the pool's own idea of that where it has one", () => {
    const names = (poolReserve: number) => {
      return draw([[1, 1, 0, 0]], poolReserve).flatMap(({ name, text, attributes }) => {
        return name === "text" && / n$/.test(attributes.class) && /^t-/.test(attributes.class) ? [text] : [];
      });
    };
    expect(names(0)).to.have.members(["oracle's", "market's", "depth y", "for sale"]);
    expect(names(80)).to.have.members(["oracle's", "market's", "depth y", "pool's y", "for sale"]);
  });

  it("has no marks where nothing was sold, though something was for sale", () => {
    const { auction } = sampleResult().run;
    const drawn = salesPanels(
      { ...auction, discount: { market: null, oracle: null } },
      "USDC",
      linearScale([0, SECONDS], [72, 660]),
      FRAME,
    );
    expect(drawn.join("")).to.not.include("dots");
    expect(drawn.join("")).to.include("for sale");
  });
});
