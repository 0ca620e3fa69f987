import { changed, type MarkStore } from "./line-marks";
import { decodeRecord, encodeChange } from "./session-metadata";
import type { StripeGateway, StripeSession } from "./stripe-gateway.server";

/** Marks on the metadata of the Checkout Session itself: Stripe takes it whether the session is open, complete or expired. */
export function createSessionMarks(gateway: StripeGateway, shopTag: string): MarkStore<StripeSession> {
  return {
    read: (session) => decodeRecord(shopTag, session.metadata),
    async write(checkoutId, record, change) {
      await gateway.writeMetadata(checkoutId, encodeChange(record, change));
      return changed(record, change);
    },
  };
}
