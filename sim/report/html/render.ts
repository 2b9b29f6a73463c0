import { createHash } from "node:crypto";

import { escapeXml } from "../svg.ts";
import { licenceNotices, pageScript } from "./bundle.ts";
import type { ChartSpec } from "./chart-spec.ts";
import { tableOf } from "./chart-table.ts";
import { checkChart } from "./check-chart.ts";
import type { ReportPage, Section, TableSpec, Tile } from "./page.ts";
import { BARE_STYLE, PAGE_STYLE } from "./page-style.ts";
import { renderTable } from "./render-table.ts";

/**
 * Writes a page as one HTML file that needs nothing else. Equal pages give equal bytes.
 * @throws Error if a chart cannot be drawn: see `checkChart`.
 */
export function renderReport(page: ReportPage): string {
  const charts = page.sections.flatMap((section) => section.charts ?? []);
  for (const chart of charts) checkChart(chart);
  const script = pageScript();
  const ids = new Ids();
  const sections = page.sections.map((section) => ({ section, id: ids.of(section.heading) }));
  const parameters = Object.entries(page.parameters ?? {});
  let next = 0;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy(script)}">
<meta name="referrer" content="no-referrer">
<title>${escapeXml(page.title)} – Breakwater</title>
<link rel="icon" href="data:,">
<style>${PAGE_STYLE}</style>
<noscript><style>${BARE_STYLE}</style></noscript>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<div class="wrap">
${header(page, sections)}
<main id="main" tabindex="-1">
${sections.map(({ section, id }) => renderSection(section, id, () => next++)).join("\n")}
${parameters.length === 0 ? "" : parameterSection(parameters)}
</main>
${footer(page)}
</div>
<script type="application/json" id="charts">${embedded(charts)}</script>
<script>${script}</script>
<!--
${licenceNotices().replaceAll("--", "- -")}
-->
</body>
</html>
`;
}

/** No request to anywhere, and no script but ours. Charts and tooltips set styles of their own. */
function policy(script: string): string {
  const hash = createHash("sha256").update(script).digest("base64");
  return [
    `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data: blob:`,
    `base-uri 'none'; form-action 'none'`,
  ].join("; ");
}

/** Inside a script element nothing but `<` can do harm. */
function embedded(charts: readonly ChartSpec[]): string {
  const short = (_: string, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(7)) : value);
  return JSON.stringify(charts, short).replaceAll("<", "\\u003c");
}

function header(page: ReportPage, sections: readonly { readonly section: Section; readonly id: string }[]): string {
  const facts = [...(page.seed === undefined ? [] : [{ label: "Seed", value: page.seed }]), ...(page.facts ?? [])].map(
    ({ label, value }) => `<div><dt>${escapeXml(label)}</dt><dd>${escapeXml(value)}</dd></div>`,
  );
  const links = [
    ...sections.map(({ section, id }) => [id, section.heading] as const),
    ...(page.parameters === undefined ? [] : [["parameters", "Parameters"] as const]),
  ].map(([id, heading]) => `<li><a href="#${id}">${escapeXml(heading)}</a></li>`);
  return [
    `<header class="top"><div class="bar"><span class="brand">Breakwater shock lab</span>`,
    `<button type="button" id="theme" aria-pressed="false" hidden>Dark</button></div>`,
    `<h1>${escapeXml(page.title)}</h1>`,
    page.subtitle === undefined ? "" : `<p class="subtitle">${escapeXml(page.subtitle)}</p>`,
    renderTiles(page.tiles),
    facts.length === 0 ? "" : `<dl class="facts">${facts.join("")}</dl>`,
    `<div class="again"><pre aria-label="Command that makes this page again"><code id="command">${escapeXml(page.command)}</code></pre>`,
    `<button type="button" id="copy" hidden>Copy</button></div>`,
    `<noscript><p class="bare">Charts need JavaScript. Their numbers are in the tables, which are shown in their place.</p></noscript>`,
    `<nav aria-label="Sections"><ul>${links.join("")}</ul></nav></header>`,
  ].join("\n");
}

function renderTiles(tiles: readonly Tile[] = []): string {
  if (tiles.length === 0) return "";
  const each = tiles.map(({ label, value, note, tone }) => {
    const shown = `<dd${tone === undefined ? "" : ` class="${tone}"`}>${escapeXml(value)}</dd>`;
    const below = note === undefined ? "" : `<dd class="note">${escapeXml(note)}</dd>`;
    return `<div class="tile"><dt>${escapeXml(label)}</dt>${shown}${below}</div>`;
  });
  return `<dl class="tiles">${each.join("")}</dl>`;
}

function renderSection(
  { heading, text = [], tiles, charts = [], tables = [] }: Section,
  id: string,
  next: () => number,
) {
  return [
    `<section id="${id}" aria-labelledby="${id}-h"><h2 id="${id}-h">${escapeXml(heading)}</h2>`,
    ...text.map((paragraph) => `<p>${escapeXml(paragraph)}</p>`),
    renderTiles(tiles),
    ...(charts.length === 0 ? [] : [`<div class="charts">`, ...charts.map((chart) => figure(chart, next())), `</div>`]),
    ...tables.map(tableBlock),
    `</section>`,
  ].join("\n");
}

const HEIGHTS: Readonly<Record<ChartSpec["kind"], number>> = {
  ...{ lines: 300, states: 150, heat: 320, bars: 300, sankey: 340, distribution: 300, scatter: 360 },
};

function figure(chart: ChartSpec, index: number): string {
  const { title, note, summary, isWide = false, kind, height = HEIGHTS[kind] } = chart;
  const id = `chart-${index}`;
  return [
    `<figure class="card${isWide ? " wide" : ""}" id="${id}" aria-labelledby="${id}-t">`,
    `<figcaption><h3 id="${id}-t">${escapeXml(title)}</h3>`,
    note === undefined ? "" : `<p class="chartnote">${escapeXml(note)}</p>`,
    `</figcaption><ul class="legend" aria-label="Legend"></ul>`,
    `<div class="plot" data-chart="${index}" style="height:${height}px" role="img" aria-label="${escapeXml(`${title}. ${summary}`)}"></div>`,
    `<div class="under"><details class="numbers"><summary>Numbers</summary>${renderTable(tableOf(chart))}</details>`,
    `<button type="button" class="png" hidden aria-label="${escapeXml(`Save “${title}” as a PNG file`)}">PNG</button></div>`,
    `</figure>`,
  ].join("");
}

function tableBlock(table: TableSpec): string {
  const shown = renderTable(table);
  const { caption, isFolded = false } = table;
  if (isFolded) return `<details class="table"><summary>${escapeXml(caption)}</summary>${shown}</details>`;
  return `<div class="table"><h3>${escapeXml(caption)}</h3>${shown}</div>`;
}

function parameterSection(parameters: readonly (readonly [string, number | string])[]): string {
  // As they are: whoever wants to type them in needs every place.
  const rows = parameters.map(
    ([name, value]) => `<div><dt>${escapeXml(name)}</dt><dd>${escapeXml(String(value))}</dd></div>`,
  );
  return `<section id="parameters" aria-labelledby="parameters-h"><h2 id="parameters-h">Parameters</h2>\n<dl class="parameters">${rows.join("\n")}</dl></section>`;
}

function footer({ hash, command }: ReportPage): string {
  return [
    `<footer><p>Made by <code>${escapeXml(command)}</code>. The same command gives the same page, to the byte.</p>`,
    hash === undefined ? "" : `<p>Fingerprint <code>${escapeXml(hash)}</code></p>`,
    `<p>This file asks for nothing over the network. Charts by Apache ECharts, Apache License 2.0; notices at the end of the source.</p></footer>`,
  ].join("\n");
}

/** Of headings, each once. */
class Ids {
  readonly #used = new Set(["main", "parameters", "charts", "theme", "copy", "command"]);

  of(heading: string): string {
    const base = `s-${heading
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "")}`;
    let id = base;
    for (let i = 2; this.#used.has(id); ++i) id = `${base}-${i}`;
    this.#used.add(id);
    return id;
  }
}
