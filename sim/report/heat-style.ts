/** Fill and ink of a step of a heat map. */
export interface HeatStep {
  readonly fill: string;
  readonly ink: string;
}

/**
 * One hue, from the surface's lightness to the far end: order is seen by lightness alone, so by everybody and in print. Every
 * ink has a contrast of at least 4.5 to its fill.
 */
export const HEAT_LIGHT: readonly HeatStep[] = [
  { fill: "#f3f6fa", ink: "#1b1f24" },
  { fill: "#d9e6f5", ink: "#1b1f24" },
  { fill: "#b3cfec", ink: "#1b1f24" },
  { fill: "#86b3e0", ink: "#1b1f24" },
  { fill: "#2f6fb3", ink: "#ffffff" },
  { fill: "#17508f", ink: "#ffffff" },
  { fill: "#08305c", ink: "#ffffff" },
];
export const HEAT_DARK: readonly HeatStep[] = [
  { fill: "#161c24", ink: "#e6edf3" },
  { fill: "#172a41", ink: "#e6edf3" },
  { fill: "#1a3f68", ink: "#e6edf3" },
  { fill: "#20578f", ink: "#ffffff" },
  { fill: "#6aa5e0", ink: "#0d1117" },
  { fill: "#9cc7f2", ink: "#0d1117" },
  { fill: "#d8eafc", ink: "#0d1117" },
];

const rules = (steps: readonly HeatStep[]) =>
  steps.map(({ fill, ink }, i) => `.h${i}{fill:${fill}}.i${i}{fill:${ink}}`).join("");

export const HEAT_STYLE = [
  `.cell{font-size:12px;font-variant-numeric:tabular-nums}.best{font-weight:700;text-decoration:underline}`,
  rules(HEAT_LIGHT),
  `@media(prefers-color-scheme:dark){${rules(HEAT_DARK)}}`,
  `@media(max-width:600px){.cell{font-size:15px}}`,
].join("");

/** Step of a value among ascending bounds: of n bounds there are n + 1 steps. */
export function heatStep(value: number, bounds: readonly number[]): number {
  return bounds.filter((bound) => value >= bound).length;
}
