import type { ReservationStore } from "~/reservations/reservation-store";

/** The store with some operations replaced. */
export function storeWith(store: ReservationStore, operations: Partial<ReservationStore>): ReservationStore {
  return {
    place: (request) => store.place(request),
    confirm: (operation) => store.confirm(operation),
    abort: (operation) => store.abort(operation),
    renew: (sessionHash) => store.renew(sessionHash),
    release: (request) => store.release(request),
    claim: (request) => store.claim(request),
    stamp: (ref) => store.stamp(ref),
    complete: (ref) => store.complete(ref),
    unclaim: (ref) => store.unclaim(ref),
    lower: (request) => store.lower(request),
    restore: (claim) => store.restore(claim),
    findClaim: (claimId) => store.findClaim(claimId),
    claims: (query) => store.claims(query),
    view: (sessionHash) => store.view(sessionHash),
    held: (request) => store.held(request),
    snapshot: (query) => store.snapshot(query),
    totals: () => store.totals(),
    subscribe: (listener) => store.subscribe(listener),
    ...operations,
  };
}
