import { UnavailableError } from "~/errors";

/**
 * Closed from boot until the holds of payments in progress are rebuilt once: nothing may be held, paid or given back on
 * the word of an empty store (section 4).
 */
export interface RebuildGate {
  readonly isOpen: boolean;
  open(): void;
  /** Throws `UnavailableError` while closed. */
  check(): void;
}

export function createRebuildGate(): RebuildGate {
  let isOpen = false;
  return {
    get isOpen() {
      return isOpen;
    },
    open() {
      isOpen = true;
    },
    check() {
      if (!isOpen) throw new UnavailableError("payments in progress are still being looked up");
    },
  };
}
