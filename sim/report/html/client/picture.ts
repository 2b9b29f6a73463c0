/// <reference lib="dom" />
import type { ChartSpec } from "../chart-spec.ts";
import type { Tones } from "../palette.ts";
import { draw } from "./draw.ts";
import { init } from "./engine.ts";
import { BAR, drawBar, drawKey, KEY } from "./legend.ts";
import { FONT, type LegendItem } from "./scene.ts";

export interface PictureSize {
  readonly width: number; // [CSS px]
  readonly height: number; // of the plot
  readonly ratio: number; // pixels for each
}

const EDGE = 20;
const ROW = 22;

/** A chart for a document: with its title, its note and its legend. @returns A data URL of a PNG. */
export function pictureOf(chart: ChartSpec, tones: Tones, { width, height, ratio }: PictureSize): string {
  const inner = width - 2 * EDGE;
  const host = document.createElement("div");
  host.style.cssText = `position:absolute;left:-9999px;top:0;width:${inner}px;height:${height}px`;
  document.body.append(host);
  try {
    const { option, legend } = draw(chart, { tones, width: inner, isNarrow: inner < 520 }, new Set());
    const plot = init(host, null, { renderer: "canvas", devicePixelRatio: ratio, width: inner, height });
    plot.setOption(option);
    const drawn = plot.renderToCanvas({ pixelRatio: ratio, backgroundColor: tones.surface });
    plot.dispose();
    return composed(drawn, chart, legend, tones, { width, height, ratio });
  } finally {
    host.remove();
  }
}

function composed(
  drawn: HTMLCanvasElement,
  { title, note }: ChartSpec,
  legend: readonly LegendItem[],
  tones: Tones,
  { width, height, ratio }: PictureSize,
): string {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser draws no pictures");
  const inner = width - 2 * EDGE;
  context.font = `14px ${FONT}`;
  const notes = note === undefined ? [] : wrapped(context, note, inner);
  context.font = `600 18px ${FONT}`;
  const titles = wrapped(context, title, inner);
  context.font = `13px ${FONT}`;
  const rows = rowsOf(context, legend, inner);
  const top = EDGE + 24 * titles.length + 19 * notes.length + ROW * rows.length + (rows.length > 0 ? 12 : 6);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round((top + height + EDGE - 6) * ratio);
  context.scale(ratio, ratio);
  context.fillStyle = tones.surface;
  context.fillRect(0, 0, width, top + height + EDGE);
  context.textBaseline = "top";
  let y = EDGE;
  const write = (lines: readonly string[], font: string, ink: string, step: number) => {
    context.font = `${font} ${FONT}`;
    context.fillStyle = ink;
    for (const line of lines) {
      context.fillText(line, EDGE, y);
      y += step;
    }
  };
  write(titles, "600 18px", tones.ink, 24);
  write(notes, "14px", tones.muted, 19);
  y += 8;
  for (const row of rows) {
    for (const { item, x } of row) drawItem(context, item, EDGE + x, y, tones);
    y += ROW;
  }
  context.drawImage(drawn, EDGE, top, inner, height);
  return canvas.toDataURL("image/png");
}

function drawItem(context: CanvasRenderingContext2D, item: LegendItem, x: number, y: number, tones: Tones): void {
  context.font = `13px ${FONT}`;
  if ("scale" in item) {
    const before = `${item.name}: ${item.low}`;
    const width = context.measureText(before).width;
    drawBar(context, item.scale, x + width + 8, y + 1);
    context.fillStyle = tones.ink;
    context.fillText(before, x, y);
    context.fillText(item.high, x + width + 16 + BAR.width, y);
    return;
  }
  drawKey(context, item, x, y + 1);
  context.fillStyle = tones.ink;
  context.fillText(item.name, x + KEY.width + 7, y);
}

interface Placed {
  readonly item: LegendItem;
  readonly x: number;
}

/** As many as fit into a row. */
function rowsOf(context: CanvasRenderingContext2D, legend: readonly LegendItem[], most: number): Placed[][] {
  const rows: Placed[][] = [];
  let x = Infinity;
  for (const item of legend) {
    const text = "scale" in item ? `${item.name}: ${item.low}${item.high}` : item.name;
    const width = context.measureText(text).width + ("scale" in item ? BAR.width + 16 : KEY.width + 7);
    if (x + width > most) {
      rows.push([]);
      x = 0;
    }
    rows[rows.length - 1].push({ item, x });
    x += width + 18;
  }
  return rows;
}

function wrapped(context: CanvasRenderingContext2D, text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length === 0 ? word : `${lines[lines.length - 1]} ${word}`;
    if (lines.length > 0 && context.measureText(longer).width <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
