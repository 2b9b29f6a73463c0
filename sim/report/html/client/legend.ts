/// <reference lib="dom" />
import type { LegendItem, SeriesItem } from "./scene.ts";

/** Size of a key: a short line, or a block. [CSS px] */
export const KEY = { width: 24, height: 12 } as const;
/** Of the bar of a scale. */
export const BAR = { width: 130, height: 12 } as const;

/** Draws what stands for a series, the same on the page and in a picture. */
export function drawKey(context: CanvasRenderingContext2D, { mark, colour }: SeriesItem, x: number, y: number): void {
  const { width, height } = KEY;
  const middle = y + height / 2;
  context.save();
  context.fillStyle = context.strokeStyle = colour;
  context.lineCap = "round";
  if (mark === "block") context.fillRect(x + 5, y, height + 2, height);
  else if (mark === "band") {
    context.globalAlpha = 0.35;
    context.fillRect(x + 1, y, width - 2, height);
  } else if (mark === "frame") {
    context.lineWidth = 2;
    context.strokeRect(x + 5, y + 1, height + 2, height - 2);
  } else if (mark === "dots") {
    for (const [dx, dy] of [
      [4, 1],
      [12, -1],
      [20, 1],
    ]) {
      context.beginPath();
      context.arc(x + dx, middle + dy, 2.5, 0, 7);
      context.fill();
    }
  } else {
    context.lineWidth = mark === "thick" ? 6 : 2.5;
    context.globalAlpha = mark === "thick" ? 0.45 : 1;
    context.setLineDash(mark === "dashed" ? [6, 5] : mark === "dotted" ? [1, 5] : []);
    context.beginPath();
    context.moveTo(x + 3, middle);
    context.lineTo(x + width - 3, middle);
    context.stroke();
  }
  context.restore();
}

export function drawBar(context: CanvasRenderingContext2D, scale: readonly string[], x: number, y: number): void {
  const gradient = context.createLinearGradient(x, 0, x + BAR.width, 0);
  scale.forEach((colour, i) => gradient.addColorStop(i / (scale.length - 1), colour));
  context.fillStyle = gradient;
  context.fillRect(x, y, BAR.width, BAR.height);
}

/** Fills the list: buttons for what can be hidden, keys for the rest. */
export function showLegend(
  list: Element,
  items: readonly LegendItem[],
  hidden: ReadonlySet<string>,
  toggle: (name: string) => void,
): void {
  const entries = items.map((item) => {
    const entry = document.createElement("li");
    if ("scale" in item) {
      const key = span("key");
      const bar = picture(BAR.width, BAR.height, (context) => drawBar(context, item.scale, 0, 0));
      key.append(`${item.name}: ${item.low}`, bar, item.high);
      entry.append(key);
    } else if (item.isToggle === true) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.name = item.name;
      button.setAttribute("aria-pressed", String(!hidden.has(item.name)));
      button.title = "Show or hide";
      button.append(keyOf(item), item.name);
      button.addEventListener("click", () => toggle(item.name));
      entry.append(button);
    } else {
      const key = span("key");
      key.append(keyOf(item), item.name);
      entry.append(key);
    }
    return entry;
  });
  // Who toggled by keyboard stays where they are.
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.name : undefined;
  const isInside = list.contains(document.activeElement);
  list.replaceChildren(...entries);
  if (!isInside || focused === undefined) return;
  for (const button of list.querySelectorAll("button")) if (button.dataset.name === focused) button.focus();
}

function keyOf(item: SeriesItem): HTMLCanvasElement {
  return picture(KEY.width, KEY.height, (context) => drawKey(context, item, 0, 0));
}

function picture(width: number, height: number, paint: (context: CanvasRenderingContext2D) => void): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const ratio = Math.max(1, window.devicePixelRatio);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d");
  if (context !== null) {
    context.scale(ratio, ratio);
    paint(context);
  }
  return canvas;
}

function span(className: string): HTMLSpanElement {
  const made = document.createElement("span");
  made.className = className;
  return made;
}
