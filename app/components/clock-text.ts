/** "14:32 UTC", or "14:32:10 UTC" with seconds. The server does not know the visitor's zone, so it says which one it means. */
export function clockText(epochMs: number, precision: "minute" | "second" = "minute"): string {
  const iso = new Date(epochMs).toISOString();
  return `${iso.slice(11, precision === "minute" ? 16 : 19)} UTC`;
}

/** "23 November 2026, 14:32 UTC" in the visitor's language. */
export function dateText(epochMs: number, locale: string): string {
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(epochMs);
  return `${day}, ${clockText(epochMs)}`;
}
