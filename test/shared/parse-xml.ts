/** An element of a document, as far as tests look at it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string; // of its own, without that of its children
}

const NAME = "[A-Za-z_][\\w.-]*";
const TAG = new RegExp(`^<(/?)(${NAME})((?:\\s+${NAME}="[^"<]*")*)\\s*(/?)>`);
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Reads the XML that our own charts need, strictly: elements, attributes in double quotes, text, the five entities.
 * @throws Error where the document is not well formed, or has what this does not know.
 */
export function parseXml(document: string): XmlElement {
  const root: XmlElement = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  for (let rest = document.trim(); rest !== "";) {
    const current = open[open.length - 1];
    if (!rest.startsWith("<")) {
      const end = rest.indexOf("<");
      if (end < 0 || open.length === 1) throw new Error(`text outside the root: ${rest.slice(0, 40)}`);
      current.text += unescape(rest.slice(0, end));
      rest = rest.slice(end);
      continue;
    }
    const tag = TAG.exec(rest);
    if (tag === null) throw new Error(`no tag: ${rest.slice(0, 40)}`);
    const [whole, closing, name, written, empty] = tag;
    rest = rest.slice(whole.length);
    if (closing !== "") {
      if (current.name !== name || written !== "" || empty !== "") throw new Error(`${whole} closes <${current.name}>`);
      open.pop();
      continue;
    }
    if (open.length === 1 && root.children.length > 0) throw new Error(`a second root: ${whole}`);
    const element: XmlElement = { name, attributes: readAttributes(written), children: [], text: "" };
    current.children.push(element);
    if (empty === "") open.push(element);
  }
  if (open.length !== 1) throw new Error(`<${open[open.length - 1].name}> is not closed`);
  if (root.children.length === 0) throw new Error("no root");
  return root.children[0];
}

/** The element and all below it, in the order of the document. */
export function descendants(element: XmlElement): XmlElement[] {
  return [element, ...element.children.flatMap(descendants)];
}

function readAttributes(written: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name, value] of written.matchAll(new RegExp(`(${NAME})="([^"]*)"`, "g"))) {
    if (name in attributes) throw new Error(`attribute ${name} twice`);
    attributes[name] = unescape(value);
  }
  return attributes;
}

function unescape(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what XML forbids
  if (/[\x00-\x08\x0b\x0c\x0e-\x1f]/.test(text)) throw new Error(`a control character in ${JSON.stringify(text)}`);
  if (text.includes("]]>")) throw new Error("]]> in text");
  return text.replaceAll(/&([^;]*;?)/g, (_, entity: string) => {
    const character = ENTITIES[entity.replace(/;$/, "")];
    if (character === undefined || !entity.endsWith(";")) throw new Error(`no such entity: &${entity}`);
    return character;
  });
}
