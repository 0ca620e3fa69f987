import { site } from "~/words/site";

/** Formats epoch milliseconds as a time of day. */
export type ClockText = (epochMs: number, precision?: "minute" | "second") => string;

/** "14:32 UTC" in the shop's time zone, which is named, because the server does not know the visitor's. */
export const clockText: ClockText = (epochMs, precision) => {
  const { timeZone } = site();
  const zone = formatter({ timeZone, timeZoneName: "short" })
    .formatToParts(epochMs)
    .find(({ type }) => type === "timeZoneName");
  return `${format(epochMs, { ...timeOfDay(precision), timeZone })} ${zone?.value ?? timeZone}`;
};

/** "14:32" in the browser's time zone. */
export const localClockText: ClockText = (epochMs, precision) => format(epochMs, timeOfDay(precision));

/** Formats epoch milliseconds as date and time. `locale`: the shop's by default. */
export type DateText = (epochMs: number, locale?: string) => string;

/** "23 November 2026, 14:32 UTC" in the shop's time zone. */
export const dateText: DateText = (epochMs, locale) =>
  `${format(epochMs, { dateStyle: "long", timeZone: site().timeZone }, locale)}, ${clockText(epochMs)}`;

/** "23 November 2026, 15:32" in the browser's time zone. */
export const localDateText: DateText = (epochMs, locale) =>
  `${format(epochMs, { dateStyle: "long" }, locale)}, ${localClockText(epochMs)}`;

/** "1:42", minutes and seconds, rounded up to full seconds. */
export function countdownText(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function timeOfDay(precision: "minute" | "second" = "minute"): Intl.DateTimeFormatOptions {
  return { timeStyle: precision === "minute" ? "short" : "medium" };
}

/** Servers and browsers differ in the space before AM and PM, and hydration needs the same text from both. */
function format(epochMs: number, options: Intl.DateTimeFormatOptions, locale?: string): string {
  return formatter(options, locale).format(epochMs).replaceAll("\u202F", " ");
}

/** Kept, because making one takes a hundred times longer than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(options: Intl.DateTimeFormatOptions, locale = site().locale): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const kept = formatters.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formatters.set(key, kept);
  return kept;
}
