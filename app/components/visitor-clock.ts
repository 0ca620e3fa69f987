import { useSyncExternalStore } from "react";
import { clockText, dateText, localClockText, localDateText, type ClockText, type DateText } from "./clock-text";

const subscribeToNothing = () => () => undefined;

/** False on the server and during hydration, so that both render the same. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    subscribeToNothing,
    () => true,
    () => false,
  );
}

/** Formats times in the visitor's zone; without JavaScript in the shop's, labelled as such. */
export function useClockText(): ClockText {
  return useHydrated() ? localClockText : clockText;
}

/** Formats dates with a time, by the same rule. */
export function useDateText(): DateText {
  return useHydrated() ? localDateText : dateText;
}
