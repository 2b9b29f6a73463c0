import { BarChart, CustomChart, LineChart, SankeyChart, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { connect, init, use, type ECharts } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";

// Only what is drawn: a page carries all of it.
use([BarChart, CustomChart, LineChart, SankeyChart, ScatterChart]);
use([GridComponent, TooltipComponent, LabelLayout, CanvasRenderer]);

export { connect, init, type ECharts };
