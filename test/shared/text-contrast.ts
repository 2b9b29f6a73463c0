import type { Page } from "playwright-core";

export interface TextContrast {
  readonly text: string;
  readonly ink: string; // #rrggbb
  readonly ground: string;
}

/** Of every visible text of a page: its colour, and that of the nearest element behind it which has one. */
export function textContrasts(page: Page): Promise<TextContrast[]> {
  return page.evaluate(() => {
    const hex = (colour: string) => {
      const parts = (colour.match(/[\d.]+/g) ?? []).map(Number);
      const isClear = parts.length === 4 && parts[3] === 0;
      if (!isClear && parts.length === 4 && parts[3] !== 1) throw new Error(`half clear: ${colour}`);
      const rgb = parts.slice(0, 3).map((part) => Math.round(part).toString(16).padStart(2, "0"));
      return isClear ? undefined : `#${rgb.join("")}`;
    };
    const groundOf = (element: Element | null): string => {
      if (element === null) return "#ffffff";
      return hex(getComputedStyle(element).backgroundColor) ?? groundOf(element.parentElement);
    };
    const found: { text: string; ink: string; ground: string }[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node.textContent?.trim() ?? "";
      const element = node.parentElement;
      if (text === "" || element === null || element.closest("script,noscript,style") !== null) continue;
      if (!element.checkVisibility({ visibilityProperty: true })) continue;
      found.push({
        text: text.slice(0, 40),
        ink: hex(getComputedStyle(element).color) ?? "#000000",
        ground: groundOf(element),
      });
    }
    return found;
  });
}
