/** Numbers for people. Own code, not the locale's: a report must be the same everywhere, to the byte. */

/** With thousands separators and a true minus sign. */
export function formatNumber(value: number, places = 0): string {
  const [whole, fraction] = Math.abs(value).toFixed(places).split(".");
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  const digits = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return value < 0 && /[1-9]/.test(digits) ? `−${digits}` : digits;
}

/** Whole units; small amounts to the cent, so that they do not look like nothing. */
export function formatMoney(value: number): string {
  return formatNumber(value, value === 0 || Math.abs(value) >= 100 ? 0 : 2);
}

/** To about five digits, as many places as the size of the price needs. */
export function formatPrice(value: number): string {
  const size = Math.abs(value);
  if (size >= 10_000) return formatNumber(value);
  if (size >= 10 || size === 0) return formatNumber(value, 2);
  return formatNumber(value, size >= 0.1 ? 4 : 7);
}

/** To about three digits, with k, M or B: 1.25M. */
export function formatCompact(value: number): string {
  for (const [unit, suffix] of [
    [1e9, "B"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    const scaled = value / unit;
    if (Math.abs(scaled) >= 0.9995) return `${trimmed(scaled)}${suffix}`;
  }
  return trimmed(value);
}

/** Share as signed per cent: −55.8 %. */
export function formatChange(share: number, places = 1): string {
  const text = formatNumber(100 * share, places);
  return `${share > 0 && /[1-9]/.test(text) ? "+" : ""}${text} %`;
}

/** Time in at most two units, in days from two days on: 31 h 12 min. */
export function formatTime(seconds: number): string {
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const days = hours < 48 ? 0 : Math.floor(hours / 24);
  const parts: [number, string][] = [
    [days, "d"],
    [hours - 24 * days, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(" ");
}

function trimmed(value: number): string {
  const places = Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
  const text = formatNumber(value, places);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
