import { randomBytes } from "node:crypto";
import type { MarkStore } from "~/checkout/fulfil/line-marks";
import type { StripeGateway, StripeSession } from "./gateway";
import { decodeRecord, encodeWrite, mergeMetadata } from "./session-metadata";

export interface SessionMarksOptions {
  readonly gateway: Pick<StripeGateway, "writeMetadata">;
  readonly shopTag: string;
  readonly clock: { wall(): number };
  /** Returns an id that is unique among all writes on all servers: lower-case letters and digits. */
  readonly newWriteId?: (() => string) | undefined;
}

/** Stores marks in the metadata of the Checkout Session itself, which Stripe accepts for open, complete and expired sessions. */
export function createSessionMarks({
  gateway,
  shopTag,
  clock,
  newWriteId = () => randomBytes(5).toString("hex"),
}: SessionMarksOptions): MarkStore<StripeSession> {
  // Strictly increasing, so that two writes of one process differ however coarse its clock is.
  let last = 0;
  return {
    read: (session) => decodeRecord(shopTag, session.metadata),
    async write(checkoutId, record, change) {
      last = Math.max(last + 1, Math.floor(clock.wall()));
      const update = encodeWrite(record, change, { id: newWriteId(), at: last });
      await gateway.writeMetadata(checkoutId, update);
      const written = decodeRecord(shopTag, mergeMetadata(record.source, update));
      if (written === null) throw new Error("the written marks belong to another shop");
      return written;
    },
  };
}
