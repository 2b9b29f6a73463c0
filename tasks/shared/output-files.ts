import { prepareOutputFile, type OutputFile } from "../../sim/report/result-file.ts";
import { UserError } from "./user-error.ts";

/** Where a result goes, and the pictures of it that were asked for. */
export interface OutputFiles {
  readonly out: OutputFile;
  readonly chart: OutputFile | undefined;
  readonly report: OutputFile | undefined;
}

/**
 * @param args Empty names ask for nothing.
 * @throws UserError if nothing can be written there, or two would be one file.
 */
export async function prepareFiles(args: {
  readonly out: string;
  readonly chart?: string;
  readonly report?: string;
}): Promise<OutputFiles> {
  const { chart: picture = "", report: page = "" } = args;
  const out = await prepareOutputFile(args.out, "--out");
  const chart = picture === "" ? undefined : await prepareOutputFile(picture, "--chart");
  const report = page === "" ? undefined : await prepareOutputFile(page, "--report");
  if (chart?.target === out.target) throw new UserError(`--out and --chart are the same file: ${args.out}`);
  if (report?.target === out.target) throw new UserError(`--out and --report are the same file: ${args.out}`);
  if (report !== undefined && report.target === chart?.target) {
    throw new UserError(`--chart and --report are the same file: ${picture}`);
  }
  return { out, chart, report };
}
