/** Colours of a mode: surface, ink, second ink, grid, then what is drawn. */
interface Palette {
  readonly surface: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly exogenous: string;
  readonly exogenousInk: string;
  readonly market: string;
  readonly oracle: string;
  readonly debt: string;
  readonly liquidated: string;
  readonly bad: string;
  readonly water: string;
}

/** Every ink has a contrast of at least 4.5 to its surface; hues differ in lightness too, for whoever sees few colours. */
const LIGHT: Palette = {
  surface: "#ffffff",
  ink: "#1b1f24",
  muted: "#59636e",
  grid: "#e4e7eb",
  exogenous: "#b9c0c8",
  exogenousInk: "#59636e",
  market: "#0b5fcc",
  oracle: "#b35900",
  debt: "#1b1f24",
  liquidated: "#0b7a5c",
  bad: "#c4242b",
  water: "#7a4fc9",
};

const DARK: Palette = {
  surface: "#0d1117",
  ink: "#e6edf3",
  muted: "#9aa4ae",
  grid: "#262d36",
  exogenous: "#59636e",
  exogenousInk: "#9aa4ae",
  market: "#62a8ff",
  oracle: "#f0a03c",
  debt: "#e6edf3",
  liquidated: "#3fc796",
  bad: "#ff7b72",
  water: "#b794f6",
};

function colours(palette: Palette): string {
  const { surface, ink, muted, grid, ...series } = palette;
  const { exogenousInk, ...lines } = series;
  return [
    `.surface{fill:${surface}}text{fill:${ink}}.muted{fill:${muted}}`,
    `.grid{stroke:${grid}}.axis,.guide{stroke:${muted}}.dot{stroke:${surface}}`,
    ...Object.entries(lines).map(
      ([name, colour]) => `.l-${name}{stroke:${colour}}.t-${name},.f-${name}{fill:${colour}}`,
    ),
    `.t-exogenous{fill:${exogenousInk}}`,
  ].join("");
}

/**
 * The style sheet of the chart. Media queries see the width at which the picture is shown, also as an `<img>`: below
 * 600 px the letters grow and what is marked `n` takes the place of what is marked `w`.
 */
export const CHART_STYLE = [
  `text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:13px}`,
  `.title{font-size:22px;font-weight:600}.value{font-size:24px;font-weight:600}.panel{font-weight:600}`,
  `.small{font-size:12px}.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}`,
  `.line{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}`,
  `.line.l-exogenous{stroke-width:6}.line.l-oracle{stroke-width:3;opacity:.8}.line.l-market{stroke-width:1.5}.leader{stroke-width:1;opacity:.6;fill:none}`,
  `.grid,.axis{stroke-width:1}.guide{stroke-width:1;stroke-dasharray:3 4;opacity:.7}.dot{stroke-width:2}.area{opacity:.22}`,
  `.dots,.crosses{fill:none;stroke-linecap:round}.dots{stroke-width:4.5}.crosses{stroke-width:1.4}`,
  `.n{display:none}`,
  `@media(max-width:600px){text{font-size:22px}.title{font-size:30px}.value{font-size:31px}.small{font-size:19px}`,
  `.w{display:none}.n{display:inline}.line{stroke-width:2.8}.line.l-exogenous{stroke-width:9}.line.l-oracle{stroke-width:4}.line.l-market{stroke-width:2}`,
  `.dots{stroke-width:7}.crosses{stroke-width:2.4}}`,
  colours(LIGHT),
  `@media(prefers-color-scheme:dark){${colours(DARK)}}`,
].join("");
