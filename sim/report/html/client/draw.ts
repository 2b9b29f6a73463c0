import type { ChartSpec } from "../chart-spec.ts";
import { drawBars } from "./bars.ts";
import { drawHeat, drawStates } from "./grids.ts";
import { drawLines } from "./lines.ts";
import { drawDistribution, drawSankey, drawScatter } from "./points.ts";
import type { Drawing, Scene } from "./scene.ts";

/** @param hidden Names of series that the reader has put away. */
export function draw(chart: ChartSpec, scene: Scene, hidden: ReadonlySet<string>): Drawing {
  switch (chart.kind) {
    case "lines":
      return drawLines(chart, scene, hidden);
    case "states":
      return drawStates(chart, scene);
    case "heat":
      return drawHeat(chart, scene);
    case "bars":
      return drawBars(chart, scene, hidden);
    case "sankey":
      return drawSankey(chart, scene);
    case "distribution":
      return drawDistribution(chart, scene, hidden);
    case "scatter":
      return drawScatter(chart, scene, hidden);
  }
}
