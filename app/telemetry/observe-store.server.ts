import type { Logger } from "pino";
import { decorate } from "~/decorate";
import type { Line, ReservationStore } from "~/reservations/reservation-store";
import type { Metrics } from "./metrics.server";

type EndReason = "removed" | "expired" | "completed" | "released";

/** The same store, with a log line and a figure for whatever becomes of a hold. */
export function observeStore(store: ReservationStore, log: Logger, metrics: Metrics): ReservationStore {
  const ended = (reason: EndReason, sessionHash: string, lines: readonly Line[], more: object = {}) => {
    const held = lines.filter((line) => line.quantity > 0);
    if (held.length === 0) return;
    metrics.reservationsEnded.inc({ reason }, held.length);
    log.info({ session: sessionHash, lines: held, reason, ...more }, "hold ended");
  };

  /** By undecided operation: the products that it asks to give back. Nothing of the session can change until it is decided. */
  const givingBack = new Map<string, ReadonlySet<string>>();

  store.subscribe((event) => {
    if (event.type === "expired") ended("expired", event.sessionHash, event.lines);
  });

  return decorate(store, {
    async lower(request) {
      const answer = await store.lower(request);
      log.info({ ...request, outcome: answer }, "claim lowered to what is not taken");
      return answer;
    },
    async restore(claim) {
      await store.restore(claim);
      log.info(
        { session: claim.sessionHash, claimId: claim.claimId, checkoutId: claim.checkoutId, lines: claim.lines },
        "claim restored",
      );
    },
    async place(request) {
      const answer = await store.place(request);
      const productIds = request.lines.filter((line) => line.quantity === 0).map((line) => line.productId);
      if (answer.outcome === "placed" && productIds.length > 0)
        givingBack.set(request.operationId, new Set(productIds));
      return answer;
    },
    abort(operation) {
      givingBack.delete(operation.operationId);
      return store.abort(operation);
    },
    async confirm(operation) {
      const productIds = givingBack.get(operation.operationId);
      givingBack.delete(operation.operationId);
      const before = productIds === undefined ? [] : (await store.view(operation.sessionHash)).lines;
      const answer = await store.confirm(operation);
      if (answer.outcome === "confirmed") {
        ended(
          "removed",
          operation.sessionHash,
          before.filter((line) => productIds?.has(line.productId)),
        );
        log.info(
          { session: operation.sessionHash, lines: answer.view.lines, expiresInMs: answer.view.expiresInMs },
          "held",
        );
      }
      return answer;
    },
    async renew(sessionHash) {
      const answer = await store.renew(sessionHash);
      log.info({ session: sessionHash, outcome: answer.outcome }, "renewal");
      return answer;
    },
    async release(request) {
      const answer = await store.release(request);
      if (answer.outcome === "released") ended("removed", request.sessionHash, answer.lines);
      return answer;
    },
    async claim(request) {
      const answer = await store.claim(request);
      log.info({ session: request.sessionHash, claimId: request.claimId, outcome: answer.outcome }, "claim");
      return answer;
    },
    async stamp(ref) {
      const answer = await store.stamp(ref);
      log.info({ ...ref, outcome: answer }, "claim stamped");
      return answer;
    },
    async complete(ref) {
      const answer = await store.complete(ref);
      if (answer.outcome === "ended") ended("completed", answer.claim.sessionHash, answer.claim.lines, ref);
      return answer;
    },
    async unclaim(request) {
      const answer = await store.unclaim(request);
      if (answer.outcome === "ended") {
        const { claimId, checkoutId, to } = request;
        if (to === "stock") ended("released", answer.claim.sessionHash, answer.claim.lines, { claimId, checkoutId });
        else log.info({ session: answer.claim.sessionHash, claimId, checkoutId }, "claim returned to the shopper");
      }
      return answer;
    },
  });
}
