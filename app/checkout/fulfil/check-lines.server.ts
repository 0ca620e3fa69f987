import type { CheckoutContext } from "~/checkout/checkout-context.server";
import type { ChargedLine, StripeSession } from "~/checkout/stripe/gateway";
import { compareLines, wasCompared } from "./compare-lines";
import type { Leases } from "./lease-work.server";
import type { CheckoutRecord } from "./line-marks";

/**
 * Compares what Stripe charged for with our record, before a paid checkout takes any stock. If a line of ours is
 * missing, the order waits for an operator at once. If Stripe charged for more, that is noted, and the order waits
 * after our lines are taken. Idempotent: the lines of a complete session don't change, so a retry after a crash finds
 * the same.
 */
export async function checkLines(
  context: CheckoutContext,
  { session, record, held }: { session: StripeSession; record: CheckoutRecord; held: Leases },
): Promise<CheckoutRecord> {
  if (wasCompared(record)) return record;
  const charged = await context.gateway.lines(session.id);
  const comparison = compareLines(record, charged);
  if (comparison === "same") return record;
  held.check();
  const found = comparison === "missing" ? ({ review: "lines_differ" } as const) : ({ extraLines: true } as const);
  const note = `Stripe charged for ${describe(charged)}`;
  const marked = await context.marks.write(session.id, record, { ...found, note });
  context.log({ type: "lines_differ", checkoutId: session.id, comparison, note });
  return marked;
}

function describe(charged: readonly ChargedLine[]): string {
  return charged.length === 0 ? "nothing" : charged.map(({ name, quantity }) => `${quantity} × ${name}`).join(", ");
}
