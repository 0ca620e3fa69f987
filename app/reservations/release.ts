import type { ReleaseOutcome, ReservationStore } from "./reservation-store";
import { waitWhileBusy } from "./wait-while-busy";

export interface ReleaseDependencies {
  readonly store: ReservationStore;
  /** As in `ReserveDependencies`. */
  readonly backOff: () => Promise<void>;
}

/** Gives back granted lines, those named or all, once no other call of the session is undecided. Throws `UnavailableError`. */
export function release(
  { store, backOff }: ReleaseDependencies,
  request: { readonly sessionHash: string; readonly productIds: readonly string[] | "all" },
): Promise<Exclude<ReleaseOutcome, { outcome: "busy" }>> {
  return waitWhileBusy(backOff, () => store.release(request));
}
