import type { CheckoutContext } from "~/checkout/checkout-context.server";
import type { ChargedLine, StripeSession } from "~/checkout/stripe/gateway";
import { compareLines, wasCompared } from "./compare-lines";
import type { Leases } from "./lease-work.server";
import type { CheckoutRecord } from "./line-marks";

/**
 * Compares what Stripe charged for with our record, before anything is taken for a paid checkout. Something of ours missing: the order
 * waits for a person at once. More than ours: that is noted, so that the order waits when ours are taken. The lines of a complete page do
 * not change, so a second look, after a crash, sees the same.
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
