import { prepareOutputFile, type OutputFile } from "../../sim/report/result-file.ts";
import { UserError } from "./user-error.ts";

/**
 * Where a result and perhaps its chart go.
 * @throws UserError if nothing can be written there, or both would be one file.
 */
export async function prepareFiles(args: {
  readonly out: string;
  readonly chart: string;
}): Promise<{ out: OutputFile; chart: OutputFile | undefined }> {
  const out = await prepareOutputFile(args.out, "--out");
  const chart = args.chart === "" ? undefined : await prepareOutputFile(args.chart, "--chart");
  if (chart?.target === out.target) throw new UserError(`--out and --chart are the same file: ${args.out}`);
  return { out, chart };
}
