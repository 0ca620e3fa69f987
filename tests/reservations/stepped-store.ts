import type { ReservationStore } from "~/reservations/reservation-store";

/** Runs `act` when the scheduler allows it. */
export type Step = <Result>(label: string, act: () => Promise<Result>) => Promise<Result>;

/** The store with each changing operation as one step. Reads are not steps. */
export function steppedStore(store: ReservationStore, step: Step): ReservationStore {
  return {
    place: (request) =>
      step(`places ${request.lines.map((line) => `${line.quantity} ${line.productId}`).join(", ")}`, () =>
        store.place(request),
      ),
    confirm: (operation) => step("confirms", () => store.confirm(operation)),
    abort: (operation) => step("aborts", () => store.abort(operation)),
    renew: (sessionHash) => step("renews", () => store.renew(sessionHash)),
    release: (request) => step("releases", () => store.release(request)),
    claim: (request) => step("claims", () => store.claim(request)),
    stamp: (ref) => step("stamps", () => store.stamp(ref)),
    complete: (ref) => step("completes", () => store.complete(ref)),
    unclaim: (ref) => step(`unclaims to ${ref.to}`, () => store.unclaim(ref)),
    lower: (request) => step("lowers", () => store.lower(request)),
    restore: (claim) => step("restores", () => store.restore(claim)),
    findClaim: (claimId) => store.findClaim(claimId),
    claims: (query) => store.claims(query),
    view: (sessionHash) => store.view(sessionHash),
    held: (query) => store.held(query),
    snapshot: (query) => store.snapshot(query),
    totals: () => store.totals(),
    subscribe: (listener) => store.subscribe(listener),
  };
}
