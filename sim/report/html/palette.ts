import type { Colour } from "./chart-spec.ts";

/** What a mode looks like. */
export interface Tones {
  readonly page: string;
  readonly surface: string;
  readonly sunken: string; // code, heads of tables
  readonly ink: string;
  readonly muted: string;
  readonly border: string;
  readonly grid: string;
  readonly accent: string; // links, focus
  readonly good: string;
  readonly bad: string;
  readonly colours: Readonly<Record<Colour, string>>;
}

/**
 * Hues of Okabe and Ito ("Color Universal Design", 2008), moved apart in lightness: each has a contrast of 3 to its surface,
 * and any two of `SERIES` differ for those who see no red, no green or no blue, as `palette.test.ts` checks.
 */
export const LIGHT: Tones = {
  ...{ page: "#f4f6f8", surface: "#ffffff", sunken: "#eef1f4", ink: "#16202b", muted: "#55606c" },
  ...{ border: "#d8dee4", grid: "#e4e8ec", accent: "#0b5fcc", good: "#0a6b4f", bad: "#b3261e" },
  colours: {
    ...{ blue: "#0059b0", orange: "#dd6500", green: "#0b8a5c", purple: "#a8478a", sky: "#2696e8", amber: "#664c00" },
    ...{ red: "#b3261e", grey: "#828d98", ink: "#16202b" },
  },
};

export const DARK: Tones = {
  ...{ page: "#0b0f14", surface: "#131a22", sunken: "#1b242e", ink: "#e6edf3", muted: "#9ba7b3" },
  ...{ border: "#2a3540", grid: "#222c36", accent: "#6cb0ff", good: "#4fd1a1", bad: "#ff8a80" },
  colours: {
    ...{ blue: "#3d86f0", orange: "#f07d33", green: "#2bd39a", purple: "#df8cc4", sky: "#c3e8fc", amber: "#ffe27a" },
    ...{ red: "#ff8a80", grey: "#7d8a97", ink: "#e6edf3" },
  },
};

/** Colours of series that ask for none, in their order. */
export const SERIES: readonly Colour[] = ["blue", "orange", "green", "purple", "amber", "sky"];

/** Viridis (van der Walt and Smith, 2015) at even steps: dark to bright in every eye and in print. */
export const VIRIDIS: readonly string[] = [
  ...["#440154", "#482878", "#3e4a89", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"],
];

/** Blue, white, orange: after Okabe and Ito, for what is below or above zero. */
export const DIVERGING: readonly string[] = [
  ...["#00517f", "#0072b2", "#56a5d6", "#a9d3ea", "#f5f5f5", "#f7cfa3", "#ec9b4e", "#d55e00", "#963f00"],
];

type Rgb = readonly [red: number, green: number, blue: number];

export function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** A colour of a scale, between its neighbours. @param share From 0 to 1; what is beyond gets the end. */
export function colourAt(scale: readonly string[], share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (scale.length - 1);
  const index = Math.min(scale.length - 2, Math.floor(place));
  const [from, to] = [rgbOf(scale[index]), rgbOf(scale[index + 1])];
  const mixed = from.map((part, i) => Math.round(part + (to[i] - part) * (place - index)));
  return `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** Relative luminance of WCAG 2. */
export function luminanceOf(hex: string): number {
  const [red, green, blue] = rgbOf(hex).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of WCAG 2, from 1 to 21. */
export function contrastOf(one: string, other: string): number {
  const [low, high] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Black or white, whichever is easier to read on it. */
export function inkOn(fill: string): string {
  return contrastOf(fill, "#ffffff") >= contrastOf(fill, "#000000") ? "#ffffff" : "#000000";
}
