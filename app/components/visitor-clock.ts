import { useSyncExternalStore } from "react";
import { clockText, dateText, localClockText, localDateText, type ClockText, type DateText } from "./clock-text";

const never = () => () => undefined;

/** False on the server and while the page takes over what the server sent, so that both say the same. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}

/** Clock times in the visitor's own zone; labelled UTC where that is not known, which is without JavaScript. */
export function useClockText(): ClockText {
  return useHydrated() ? localClockText : clockText;
}

/** Days with a time, by the same rule. */
export function useDateText(): DateText {
  return useHydrated() ? localDateText : dateText;
}
