import { escapeXml } from "../../svg.ts";

/** A line of a tooltip. */
export interface TipRow {
  readonly colour?: string;
  readonly name: string;
  readonly value: string;
}

/** What is shown at the pointer. Names come from results: they are escaped. */
export function tip(title: string, rows: readonly TipRow[]): string {
  const lines = rows.map(({ colour, name, value }) => {
    const dot =
      colour === undefined
        ? ""
        : `<span style="display:inline-block;width:9px;height:9px;border-radius:3px;margin-right:7px;background:${escapeXml(colour)}"></span>`;
    return (
      `<div style="display:flex;justify-content:space-between;gap:18px"><span>${dot}${escapeXml(name)}</span>` +
      `<span style="font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap">${escapeXml(value)}</span></div>`
    );
  });
  return `<div style="font-weight:600;margin-bottom:3px">${escapeXml(title)}</div>${lines.join("")}`;
}

/** Which item of the data a tooltip is about: that of the first series which has one. */
export function indexOf(params: unknown): number | undefined {
  const first: unknown = Array.isArray(params) ? params[0] : params;
  if (typeof first !== "object" || first === null || !("dataIndex" in first)) return undefined;
  return typeof first.dataIndex === "number" ? first.dataIndex : undefined;
}
