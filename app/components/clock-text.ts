/** Formats epoch milliseconds as a time of day. */
export type ClockText = (epochMs: number, precision?: "minute" | "second") => string;

/** "14:32 UTC", or "14:32:10 UTC" with seconds. Names the zone, because the server does not know the visitor's. */
export const clockText: ClockText = (epochMs, precision = "minute") => {
  const iso = new Date(epochMs).toISOString();
  return `${iso.slice(11, precision === "minute" ? 16 : 19)} UTC`;
};

/** "14:32" in the browser's time zone. */
export const localClockText: ClockText = (epochMs, precision = "minute") => {
  const time = new Date(epochMs);
  const parts = [time.getHours(), time.getMinutes(), ...(precision === "minute" ? [] : [time.getSeconds()])];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
};

/** Formats epoch milliseconds as date and time in the visitor's language (BCP 47 tag). */
export type DateText = (epochMs: number, locale: string) => string;

/** "23 November 2026, 14:32 UTC" */
export const dateText: DateText = (epochMs, locale) => {
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(epochMs);
  return `${day}, ${clockText(epochMs)}`;
};

/** "23 November 2026, 15:32" in the browser's time zone. */
export const localDateText: DateText = (epochMs, locale) => {
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(epochMs);
  return `${day}, ${localClockText(epochMs)}`;
};

/** "1:42", minutes and seconds, rounded up to full seconds. */
export function countdownText(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
