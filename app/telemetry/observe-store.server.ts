import type { Logger } from "pino";
import { decorate } from "~/decorate";
import type { Line, ReservationStore } from "~/reservations/reservation-store";
import type { Metrics } from "./metrics.server";

type EndReason = "removed" | "expired" | "completed" | "released";

/** Decorates the store with log lines and metrics for every hold. */
export function observeStore(store: ReservationStore, log: Logger, metrics: Metrics): ReservationStore {
  const ended = (reason: EndReason, sessionHash: string, lines: readonly Line[], more: object = {}) => {
    const held = lines.filter((line) => line.quantity > 0);
    if (held.length === 0) return;
    metrics.reservationsEnded.inc({ reason }, held.length);
    log.info({ session: sessionHash, lines: held, reason, ...more }, "hold ended");
  };

  /** Products released by each pending operation, by operation id. The session cannot change until the operation is decided. */
  const pendingReleases = new Map<string, ReadonlySet<string>>();

  store.subscribe((event) => {
    if (event.type === "expired") ended("expired", event.sessionHash, event.lines);
  });

  return decorate(store, {
    async lower(request) {
      const result = await store.lower(request);
      log.info({ ...request, outcome: result }, "claim lowered to what is not taken");
      return result;
    },
    async restore(claim) {
      await store.restore(claim);
      log.info(
        { session: claim.sessionHash, claimId: claim.claimId, checkoutId: claim.checkoutId, lines: claim.lines },
        "claim restored",
      );
    },
    async place(request) {
      const result = await store.place(request);
      const productIds = request.lines.filter((line) => line.quantity === 0).map((line) => line.productId);
      if (result.outcome === "placed" && productIds.length > 0)
        pendingReleases.set(request.operationId, new Set(productIds));
      return result;
    },
    abort(operation) {
      pendingReleases.delete(operation.operationId);
      return store.abort(operation);
    },
    async confirm(operation) {
      const productIds = pendingReleases.get(operation.operationId);
      pendingReleases.delete(operation.operationId);
      const before = productIds === undefined ? [] : (await store.view(operation.sessionHash)).lines;
      const result = await store.confirm(operation);
      if (result.outcome === "confirmed") {
        ended(
          "removed",
          operation.sessionHash,
          before.filter((line) => productIds?.has(line.productId)),
        );
        log.info(
          { session: operation.sessionHash, lines: result.view.lines, expiresInMs: result.view.expiresInMs },
          "held",
        );
      }
      return result;
    },
    async renew(sessionHash) {
      const result = await store.renew(sessionHash);
      log.info({ session: sessionHash, outcome: result.outcome }, "renewal");
      return result;
    },
    async release(request) {
      const result = await store.release(request);
      if (result.outcome === "released") ended("removed", request.sessionHash, result.lines);
      return result;
    },
    async claim(request) {
      const result = await store.claim(request);
      log.info({ session: request.sessionHash, claimId: request.claimId, outcome: result.outcome }, "claim");
      return result;
    },
    async stamp(ref) {
      const result = await store.stamp(ref);
      log.info({ ...ref, outcome: result }, "claim stamped");
      return result;
    },
    async complete(ref) {
      const result = await store.complete(ref);
      if (result.outcome === "ended") ended("completed", result.claim.sessionHash, result.claim.lines, ref);
      return result;
    },
    async unclaim(request) {
      const result = await store.unclaim(request);
      if (result.outcome === "ended") {
        const { claimId, checkoutId, to } = request;
        if (to === "stock") ended("released", result.claim.sessionHash, result.claim.lines, { claimId, checkoutId });
        else log.info({ session: result.claim.sessionHash, claimId, checkoutId }, "claim returned to the shopper");
      }
      return result;
    },
  });
}
