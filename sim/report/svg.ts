/** Attributes of an element; numbers are rounded to a tenth, so that equal results give equal bytes. */
export type Attributes = Readonly<Record<string, string | number>>;

/** Writes an element; children are markup already. */
export function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? coordinate(value) : escapeXml(value)}"`)
    .join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}

/** Text at a point; `className` carries size, colour and for which width it is. */
export function text(x: number, y: number, content: string, className: string, anchor = "start"): string {
  const attributes = { x, y, class: className, ...(anchor === "start" ? {} : { "text-anchor": anchor }) };
  return element("text", attributes, [escapeXml(content)]);
}

/** `d` of a line through points; repeated steps in the same direction are what they are, no curve is invented. */
export function linePath(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${coordinate(x)} ${coordinate(y)}`).join("");
}

/** Characters that XML gives a meaning are escaped, those that it forbids become spaces. */
export function escapeXml(content: string): string {
  return content
    .replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Breaks a text at spaces into lines of at most `width` characters; what exceeds `lines` is cut with an ellipsis. */
export function wrap(content: string, width: number, lines: number): string[] {
  const wrapped: string[] = [];
  let line = "";
  for (const word of content.split(" ").flatMap((part) => part.match(new RegExp(`.{1,${width}}`, "gu")) ?? [])) {
    if (line !== "" && line.length + 1 + word.length > width) {
      wrapped.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  wrapped.push(line);
  if (wrapped.length <= lines) return wrapped;
  return [...wrapped.slice(0, lines - 1), `${wrapped[lines - 1].slice(0, width - 1)}…`];
}

function coordinate(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`no coordinate: ${value}`);
  return String(Number(value.toFixed(1)) + 0); // + 0: no "-0"
}
