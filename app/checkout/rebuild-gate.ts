import { notRebuilt } from "~/reservations/not-rebuilt";

/**
 * Closed from boot until the holds of payments in progress are known to be in the store, and again while this server
 * rebuilds them after a loss: nothing may be held, paid or given back on the word of an empty store, which would report reserved stock as free.
 */
export interface RebuildGate {
  readonly isOpen: boolean;
  /** It may have been closed again since. */
  readonly wasOpen: boolean;
  open(): void;
  close(): void;
  /** Throws `UnavailableError` while closed. */
  check(): void;
}

export function createRebuildGate(): RebuildGate {
  let isOpen = false;
  let wasOpen = false;
  return {
    get isOpen() {
      return isOpen;
    },
    get wasOpen() {
      return wasOpen;
    },
    open() {
      isOpen = true;
      wasOpen = true;
    },
    close() {
      isOpen = false;
    },
    check() {
      if (!isOpen) throw notRebuilt();
    },
  };
}
