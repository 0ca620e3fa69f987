import { randomBytes } from "node:crypto";
import type { MarkStore } from "~/checkout/fulfil/line-marks";
import type { StripeGateway, StripeSession } from "./gateway";
import { decodeRecord, encodeWrite, mergeMetadata } from "./session-metadata";

export interface SessionMarksOptions {
  readonly gateway: Pick<StripeGateway, "writeMetadata">;
  readonly shopTag: string;
  readonly clock: { wall(): number };
  /** An id that no other write has, on any server: letters and digits. */
  readonly newWriteId?: (() => string) | undefined;
}

/** Marks on the metadata of the Checkout Session itself: Stripe takes it whether the session is open, complete or expired. */
export function createSessionMarks({
  gateway,
  shopTag,
  clock,
  newWriteId = () => randomBytes(5).toString("hex"),
}: SessionMarksOptions): MarkStore<StripeSession> {
  // Two writes of one process are told apart however coarse its clock is.
  let last = 0;
  return {
    read: (session) => decodeRecord(shopTag, session.metadata),
    async write(checkoutId, record, change) {
      last = Math.max(last + 1, Math.floor(clock.wall()));
      const update = encodeWrite(record, change, { id: newWriteId(), at: last });
      await gateway.writeMetadata(checkoutId, update);
      const written = decodeRecord(shopTag, mergeMetadata(record.source, update));
      if (written === null) throw new Error("marks were written for another shop");
      return written;
    },
  };
}
