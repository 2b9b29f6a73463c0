import type { ReportPage } from "../../sim/report/html/page.ts";
import { renderReport } from "../../sim/report/html/render.ts";
import { formatJson } from "../../sim/report/result-file.ts";
import { wantsColour } from "../../sim/report/style.ts";
import { commandLine } from "./command-line.ts";
import type { OutputFiles } from "./output-files.ts";

/** Where things go, and who does the runs, is not what a result depends on. */
const NO_PART: readonly string[] = [
  ...["workers", "queue", "cache", "store"],
  ...["out", "chart", "report", "json", "parameters"],
];

/** What a task shows of what comes of many runs. */
export interface Shown<ResultT> {
  /** Its name on the command line. */
  readonly task: string;
  /** Its page of a report. @param command That reproduces it. */
  readonly pageOf: (result: ResultT, command: string) => ReportPage;
  readonly format: (result: ResultT, colour: boolean) => string;
  /** Where a chart can be asked for. */
  readonly draw?: (result: ResultT) => string;
}

/** Writes the result, its chart and its page where that was asked for, and shows it; with `--json` as JSON alone. */
export async function showResult<ResultT>(
  args: { readonly out: string; readonly chart?: string; readonly json: boolean },
  { out, chart, report }: OutputFiles,
  result: ResultT,
  { task, pageOf, format, draw }: Shown<ResultT>,
  more: readonly string[] = [],
): Promise<void> {
  const text = formatJson(result);
  await out.write(text);
  if (draw !== undefined) await chart?.write(draw(result));
  await report?.write(renderReport(pageOf(result, commandLine(task, optionsOf(args)))));
  if (args.json) {
    process.stdout.write(text);
    return;
  }
  const files = [
    `Result   ${args.out}`,
    ...(chart === undefined ? [] : [`Chart    ${args.chart}`]),
    ...(report === undefined ? [] : [`Report   ${report.name}`]),
    ...more,
  ];
  console.log([format(result, wantsColour(process.stdout, process.env)), "", ...files].join("\n"));
}

/** All that the result depends on, defaults spelled out; what is empty was not asked for. */
function optionsOf(args: object): (readonly [string, string])[] {
  return Object.entries(args).flatMap(([name, value]: [string, unknown]) => {
    return NO_PART.includes(name) || typeof value !== "string" || value === "" ? [] : [[name, value] as const];
  });
}
