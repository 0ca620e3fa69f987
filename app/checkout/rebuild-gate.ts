import { notRebuilt } from "~/reservations/not-rebuilt";

/**
 * Blocks changes from boot until the holds of payments in progress are in the store, and again while this server
 * rebuilds them after a data loss. An empty store would report reserved stock as free.
 */
export interface RebuildGate {
  readonly isOpen: boolean;
  /** Whether it was ever open; it may have closed again since. */
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
