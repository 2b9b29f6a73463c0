import { formatChange, formatCompact, formatMoney, formatNumber, formatPrice, formatTime } from "../format.ts";

/** How a number is written, in charts, tooltips and tables alike. */
export interface Format {
  /** `percent` takes shares: 0.05 is 5 %. `duration` takes seconds. */
  readonly as: "number" | "compact" | "money" | "price" | "percent" | "duration" | "hours";
  /** Of `number` and `percent`; default: 0, and 1. */
  readonly places?: number;
  /** Behind the number: "×", "gwei". */
  readonly unit?: string;
  /** Writes the plus of what is above zero. */
  readonly isSigned?: boolean;
}

/** What stands for a value that is not there. */
export const NOTHING = "–";

const HOUR = 3_600;

export function formatValue(value: number | null, format: Format): string {
  if (value === null) return NOTHING;
  const text = plain(value, format);
  const signed = format.isSigned === true && value > 0 && /[1-9]/.test(text) && !text.startsWith("+");
  return `${signed ? "+" : ""}${text}${format.unit === undefined ? "" : ` ${format.unit}`}`;
}

function plain(value: number, { as, places, isSigned }: Format): string {
  switch (as) {
    case "number":
      return formatNumber(value, places ?? 0);
    case "compact":
      return formatCompact(value);
    case "money":
      return formatMoney(value);
    case "price":
      return formatPrice(value);
    case "percent":
      return isSigned === true ? formatChange(value, places ?? 1) : `${formatNumber(100 * value, places ?? 1)} %`;
    case "duration":
      return formatTime(value);
    case "hours":
      return formatNumber(value / HOUR, places ?? 1);
  }
}
