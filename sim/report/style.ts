/** Colours of a terminal; without them, the text as it is. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

const ESCAPE = "\x1b[";

export function createStyle(colour: boolean): Style {
  const paint = (on: number, off: number) => (text: string) =>
    colour && text !== "" ? `${ESCAPE}${on}m${text}${ESCAPE}${off}m` : text;
  return { bold: paint(1, 22), dim: paint(2, 22), good: paint(32, 39), bad: paint(31, 39) };
}

/** By the usual rules: `NO_COLOR` forbids, `FORCE_COLOR` asks, otherwise only a terminal gets colours. */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return stream.isTTY === true && TERM !== "dumb";
}
