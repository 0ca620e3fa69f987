import type { ReleaseOutcome, ReleaseRequest, ReservationStore } from "./reservation-store";
import { waitWhileBusy } from "./wait-while-busy";

export interface ReleaseDependencies {
  readonly store: ReservationStore;
  /** As in `ReserveDependencies`. */
  readonly backOff: () => Promise<void>;
}

/**
 * Releases the named granted lines, or all, once no other call of the session is pending. Throws `UnavailableError`.
 */
export function release(
  { store, backOff }: ReleaseDependencies,
  request: ReleaseRequest,
): Promise<Exclude<ReleaseOutcome, { outcome: "busy" }>> {
  return waitWhileBusy(backOff, () => store.release(request));
}
