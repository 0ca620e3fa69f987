import type { CheckoutRecord, MarkStore, RecordChange } from "~/checkout/fulfil/line-marks";
import type { StripeGateway, StripeSession } from "~/checkout/stripe/gateway";
import { decodeRecord, encodeWrite, mergeMetadata } from "~/checkout/stripe/session-metadata";
import { UnavailableError } from "~/errors";
import { SHOP_TAG, START } from "../checkout/world";

/** A gateway that takes every response without an error for the one that it asked for, as stripe-node does. */
export function trusting(gateway: StripeGateway): StripeGateway {
  return {
    ...gateway,
    expire: (checkoutId) => gateway.expire(checkoutId).catch(believed(() => "expired" as const)),
    refund: (request) =>
      gateway.refund(request).catch(
        believed(() => ({
          outcome: "refunded" as const,
          refund: {
            id: "re_of_nobody",
            createdAt: START,
            amount: Number.MAX_SAFE_INTEGER,
            status: "succeeded" as const,
          },
        })),
      ),
    refunds: (paymentIntentId) => gateway.refunds(paymentIntentId).catch(believed(() => [])),
  };
}

export function trustingMarks(marks: MarkStore<StripeSession>): MarkStore<StripeSession> {
  return {
    read: (session) => marks.read(session),
    write: (checkoutId, record, change) =>
      marks.write(checkoutId, record, change).catch(believed(() => asIfWritten(record, change))),
  };
}

function asIfWritten(record: CheckoutRecord, change: RecordChange): CheckoutRecord {
  return (
    decodeRecord(SHOP_TAG, mergeMetadata(record.source, encodeWrite(record, change, { id: "believed", at: START }))) ??
    record
  );
}

function believed<T>(yes: () => T): (error: unknown) => T {
  return (error) => {
    const isBogus =
      error instanceof UnavailableError &&
      error.cause instanceof Error &&
      error.cause.message.startsWith("the response is not Stripe's");
    if (isBogus) return yes();
    throw error;
  };
}
