import { escapeXml } from "../svg.ts";
import type { Cell, Column, RichCell, TableSpec } from "./page.ts";
import { formatValue } from "./value.ts";

/** A table that scrolls by itself where it is too wide, and can be reached to do so by keyboard. */
export function renderTable({ caption, columns, rows }: TableSpec): string {
  const head = columns.map(
    ({ title, format }) => `<th scope="col"${textClass(format === undefined)}>${escapeXml(title)}</th>`,
  );
  const body = rows.map((row) => `<tr>${row.map((cell, i) => renderCell(cell, columns[i], i === 0)).join("")}</tr>`);
  return [
    `<div class="scroll" role="region" tabindex="0" aria-label="${escapeXml(caption)}, table">`,
    `<table><caption>${escapeXml(caption)}</caption><thead><tr>${head.join("")}</tr></thead>`,
    `<tbody>${body.join("\n")}</tbody></table></div>`,
  ].join("");
}

/** Said before what is good or bad, so that colour is not alone. */
const SIGNS = { good: "✓ ", bad: "✗ ", muted: "" } as const;

function renderCell(cell: Cell, column: Column, isFirst: boolean): string {
  const rich: RichCell = typeof cell === "object" && cell !== null ? cell : { value: cell };
  const format = rich.format ?? column.format;
  const isText = column.format === undefined;
  const { value, tone, isBest = false } = rich;
  const text = typeof value === "string" ? value : formatValue(value, format ?? { as: "number" });
  const classes = [...(isText ? ["t"] : []), ...(tone === undefined ? [] : [tone]), ...(isBest ? ["best"] : [])];
  const attribute = classes.length === 0 ? "" : ` class="${classes.join(" ")}"`;
  const name = isFirst && isText ? 'th scope="row"' : "td";
  const content = `${tone === undefined ? "" : SIGNS[tone]}${escapeXml(text)}`;
  return `<${name}${attribute}>${content}</${isFirst && isText ? "th" : "td"}>`;
}

function textClass(isText: boolean): string {
  return isText ? ' class="t"' : "";
}
