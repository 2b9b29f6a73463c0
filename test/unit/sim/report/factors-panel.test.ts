import { expect } from "chai";

import type { ShockResult } from "../../../../sim/metrics/run-result.ts";
import { NORMAL, RECOVERY, RESTRICTED } from "../../../../sim/protocols/protocol.ts";
import { drawChart } from "../../../../sim/report/chart.ts";
import { formatShockTable } from "../../../../sim/report/table.ts";
import { parseXml } from "../../../shared/parse-xml.ts";
import { sampleResult } from "../../../shared/sample-result.ts";

/** The sample with an engine: restricted for the second quarter of the run, in recovery for the third. */
function governed(features: ShockResult["features"] = "dynamic+breaker"): ShockResult {
  const result = sampleResult();
  const count = result.run.series.seconds.length;
  const levels = result.run.series.seconds.map((_, i) => {
    if (i < count / 4 || i >= (3 * count) / 4) return NORMAL;
    return i < count / 2 ? RESTRICTED : RECOVERY;
  });
  const series = {
    ...result.run.series,
    borrowFactor: levels.map((level) => (level === RESTRICTED ? 0 : 0.75)),
    liquidationFactor: levels.map((_, i) => 0.8 - (0.01 * i) / count),
    breakerLevel: levels,
    poolBreakerLevel: levels.map(() => NORMAL),
  };
  return { ...result, features, run: { ...result.run, series } };
}

describe("what is shown of factors and breaker", () => {
  it("a static pool's chart has no panel for them", () => {
    expect(drawChart(sampleResult())).not.to.include("Factors");
  });

  it("the chart draws both factors, and a bar for each time that the breaker was not at normal", () => {
    const chart = drawChart(governed());
    parseXml(chart);
    expect(chart).to.include("Factors, %; breaker of the collateral and of the pool");
    const bars = [...chart.matchAll(/<rect x="([\d.]+)"[^>]*width="([\d.]+)"[^>]*class="(f-\w+)"/g)];
    expect(bars.map(([, , , style]) => style)).to.deep.equal(["f-bad", "f-water"]);
    const [restricted, recovery] = bars.map(([, x, width]) => [Number(x), Number(width)]);
    // A quarter of the plot's 588 units each, one behind the other.
    expect(Math.abs(restricted[1] - 147)).to.be.lessThan(3);
    expect(Math.abs(recovery[1] - 147)).to.be.lessThan(3);
    expect(Math.abs(restricted[0] + restricted[1] - recovery[0])).to.be.lessThan(0.2);
  });

  it("the table has a sign for each sixtieth of the run, of the collateral and of the pool", () => {
    const lines = formatShockTable(governed()).split("\n");
    const timeline = (name: string) => lines.find((line) => line.includes(name))?.match(/[·cR-]{60}/)?.[0];
    expect(timeline("of the collateral")).to.match(/^·{14,16}R{14,16}-{14,16}·{14,16}$/);
    expect(timeline("of the pool")).to.equal("·".repeat(60));
    for (const line of lines) expect(line.length).to.be.lessThanOrEqual(100);
  });

  it("without a breaker there is no timeline", () => {
    expect(formatShockTable(governed("dynamic"))).not.to.include("breaker through time");
  });
});
