import { t } from "~/words/words";

/** "2 minutes", or seconds below two minutes that are not a whole one. Rounded down, so that it never promises too much. */
export function durationText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  return seconds < 120 && seconds !== 60
    ? t("duration.seconds", { count: seconds })
    : t("duration.minutes", { count: Math.floor(seconds / 60) });
}
