import type { CheckoutInspection } from "~/checkout/checkout";
import type { ReceivedEvents } from "~/checkout/stripe/received-events";

export function presentInspection(
  { checkoutId, status, paymentStatus, ours, claim, verdict, lines, refunds, charged, next }: CheckoutInspection,
  received: ReceivedEvents,
  settings: Readonly<Record<string, string>>,
) {
  return {
    checkout_id: checkoutId,
    session: { status, payment_status: paymentStatus, ours },
    hold:
      claim === null
        ? null
        : {
            claim_id: claim.claimId,
            session: claim.sessionHash,
            claimed_at: new Date(claim.claimedAt).toISOString(),
            lines: claim.lines.map(({ productId, quantity }) => ({ product_id: productId, quantity })),
          },
    verdict,
    lines: lines.map(({ productId, ...line }) => ({ product_id: productId, ...line })),
    refunds: refunds.map(({ id, amount, status }) => ({ refund_id: id, amount, status })),
    charged:
      charged?.map(({ productId, name, quantity, unitPrice }) => ({
        product_id: productId,
        name,
        quantity,
        unit_amount: unitPrice?.amount ?? null,
        currency: unitPrice?.currency ?? null,
      })) ?? null,
    webhooks: {
      received: received.about(checkoutId).map(({ id, type, receivedAt }) => ({
        event_id: id,
        type,
        received_at: new Date(receivedAt).toISOString(),
      })),
      last_rejected_at: received.lastRejectedAt === null ? null : new Date(received.lastRejectedAt).toISOString(),
    },
    settings: Object.entries(settings).map(([variable, hash]) => ({ variable, hash })),
    next,
  };
}
