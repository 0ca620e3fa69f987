import type { ChargedLine } from "~/checkout/stripe/gateway";
import type { CheckoutRecord } from "./line-marks";

/** `missing`: of ours, or fewer of them, or at another price. `extra`: all of ours are there, and more. */
export type Comparison = "same" | "missing" | "extra";

/**
 * What Stripe charged for against our record: quantities and unit prices, before discounts and taxes. Totals are not compared, since
 * shipping, taxes and discounts are Stripe's. Lines are told apart by the product that they name. Where none names one, the page was
 * opened by the version before, and lines are told apart by their unit prices alone.
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

/** Whether what is written about an order of which nothing is taken was written after the comparison. A refund by hand can fail at any time. */
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
