/// <reference lib="dom" />
import type { ChartSpec } from "../chart-spec.ts";
import { DARK, LIGHT } from "../palette.ts";
import { draw } from "./draw.ts";
import { connect, init, type ECharts } from "./engine.ts";
import { showLegend } from "./legend.ts";
import { pictureOf, type PictureSize } from "./picture.ts";

/** What tests and the `png` task ask a page for. */
export interface ReportApi {
  readonly titles: readonly string[];
  /** A chart as a data URL. @param mode Default: that of the page. */
  readonly png: (index: number, size?: Partial<PictureSize>, mode?: Mode) => string;
}

type Mode = "light" | "dark";

declare global {
  interface Window {
    breakwater?: ReportApi;
  }
}

/** Below, charts are drawn for a phone. [CSS px] */
const NARROW = 520;

const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
let chosen: Mode | undefined;
let isPrinting = false;

function modeOf(): Mode {
  if (isPrinting) return "light";
  return chosen ?? (prefersDark.matches ? "dark" : "light");
}

const tonesOf = (mode: Mode) => (mode === "dark" ? DARK : LIGHT);

class Shown {
  readonly chart: ChartSpec;
  readonly #host: HTMLElement;
  readonly #legend: Element;
  readonly #plot: ECharts;
  readonly #hidden = new Set<string>();

  constructor(chart: ChartSpec, host: HTMLElement, legend: Element) {
    this.chart = chart;
    this.#host = host;
    this.#legend = legend;
    this.#plot = init(host, null, { renderer: "canvas" });
    if ("group" in chart && chart.group !== undefined) this.#plot.group = chart.group;
    this.redraw();
    new ResizeObserver(() => {
      if (this.#plot.getWidth() === this.#host.clientWidth) return;
      this.#plot.resize();
      this.redraw();
    }).observe(host);
  }

  redraw(): void {
    const width = this.#host.clientWidth;
    const { option, legend } = draw(
      this.chart,
      { tones: tonesOf(modeOf()), width, isNarrow: width < NARROW },
      this.#hidden,
    );
    // Not merged: what is drawn must not depend on what was there before, not even in what lies above what.
    this.#plot.clear();
    this.#plot.setOption(option);
    showLegend(this.#legend, legend, this.#hidden, (name) => {
      if (!this.#hidden.delete(name)) this.#hidden.add(name);
      this.redraw();
    });
  }

  get height(): number {
    return this.#host.clientHeight;
  }
}

function start(): void {
  const charts = JSON.parse(document.getElementById("charts")?.textContent ?? "[]") as ChartSpec[];
  const shown = charts.map((chart, i) => {
    const host = document.querySelector<HTMLElement>(`.plot[data-chart="${i}"]`);
    const legend = host?.parentElement?.querySelector(".legend");
    if (!host || !legend) throw new Error(`no place for chart ${i}`);
    return new Shown(chart, host, legend);
  });
  const groups = new Set(
    charts.flatMap((chart) => ("group" in chart && chart.group !== undefined ? [chart.group] : [])),
  );
  for (const group of groups) connect(group);
  const redraw = () => shown.forEach((each) => each.redraw());

  const png = (index: number, size: Partial<PictureSize> = {}, mode = modeOf()) => {
    const { chart, height } = shown[index];
    return pictureOf(chart, tonesOf(mode), { ...{ width: 1000, height, ratio: 2 }, ...size });
  };
  document.querySelectorAll<HTMLButtonElement>("button.png").forEach((button, i) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = png(i);
      link.download = `${fileName(charts[i].title)}.png`;
      link.click();
    });
  });

  startTheme(redraw);
  startCopy();
  window.addEventListener("beforeprint", () => {
    isPrinting = true;
    redraw();
  });
  window.addEventListener("afterprint", () => {
    isPrinting = false;
    redraw();
  });
  window.breakwater = { titles: charts.map(({ title }) => title), png };
}

function startTheme(redraw: () => void): void {
  const button = document.getElementById("theme");
  if (button === null) return;
  const show = () => {
    button.setAttribute("aria-pressed", String(modeOf() === "dark"));
    if (chosen !== undefined) document.documentElement.dataset.theme = chosen;
    redraw();
  };
  button.hidden = false;
  button.setAttribute("aria-pressed", String(modeOf() === "dark"));
  button.addEventListener("click", () => {
    chosen = modeOf() === "dark" ? "light" : "dark";
    show();
  });
  prefersDark.addEventListener("change", show);
}

function startCopy(): void {
  const button = document.getElementById("copy");
  const command = document.getElementById("command");
  // Files from a disk may not be allowed to.
  if (button === null || command === null || !("clipboard" in navigator)) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(command.textContent).then(
      () => void (button.textContent = "Copied"),
      () => void window.getSelection()?.selectAllChildren(command),
    );
  });
}

function fileName(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

start();
