import type { ChargedLine } from "~/checkout/stripe/gateway";
import type { CheckoutRecord } from "./line-marks";

/** `missing`: a line of ours is missing, smaller or has another price. `extra`: all our lines are there, plus more. */
export type Comparison = "same" | "missing" | "extra";

/**
 * Compares quantities and unit prices (before discounts and taxes) that Stripe charged with our record. Ignores totals,
 * because Stripe adds shipping, taxes and discounts. Lines are matched by product. If no charged line names a product,
 * the page was opened by the previous release, and lines are matched by unit price alone.
 */
export function compareLines(
  { lines, currency }: Pick<CheckoutRecord, "lines" | "currency">,
  charged: readonly ChargedLine[],
): Comparison {
  const areNamed = charged.some((line) => line.productId !== null);
  const due = new Map<string, number>();
  const count = (productId: string | null, price: ChargedLine["unitPrice"], quantity: number) => {
    const key = JSON.stringify([areNamed ? productId : null, price?.amount, price?.currency]);
    due.set(key, (due.get(key) ?? 0) + quantity);
  };
  for (const { productId, unitAmount, quantity } of lines) count(productId, { amount: unitAmount, currency }, quantity);
  for (const { productId, unitPrice, quantity } of charged) count(productId, unitPrice, -quantity);
  const left = [...due.values()];
  if (left.some((units) => units > 0)) return "missing";
  return left.some((units) => units < 0) ? "extra" : "same";
}

/**
 * For an order with nothing taken: whether its stored state implies that lines were compared. A manual refund can fail
 * at any time, so `refund_failed` does not.
 */
export function wasCompared({
  review,
  accepted,
  extraLines,
}: Pick<CheckoutRecord, "review" | "accepted" | "extraLines">): boolean {
  return (
    review?.reason === "lines_differ" ||
    review?.reason === "row_refused" ||
    extraLines ||
    accepted.includes("lines_differ")
  );
}
