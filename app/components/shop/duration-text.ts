import { t } from "~/words/words";

/** "2 minutes" that are promised: rounded down. In seconds below two minutes, but for a whole one. */
export function durationText(milliseconds: number): string {
  return text(Math.floor(milliseconds / 1000), Math.floor);
}

/** "2 minutes" to wait: rounded up, so that a retry after it is not too early. */
export function waitText(seconds: number): string {
  return text(Math.ceil(seconds), Math.ceil);
}

function text(seconds: number, round: (minutes: number) => number): string {
  return seconds < 120 && seconds !== 60
    ? t("duration.seconds", { count: seconds })
    : t("duration.minutes", { count: round(seconds / 60) });
}
