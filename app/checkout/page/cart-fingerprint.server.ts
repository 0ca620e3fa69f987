import { createHash } from "node:crypto";

export interface PricedLine {
  readonly productId: string;
  readonly name: string;
  readonly quantity: number;
  /** Of one unit, in minor units. */
  readonly unitAmount: number;
  readonly currency: string;
  /** A Stripe Price that is charged instead of inline price data. */
  readonly stripePrice: string | null;
  readonly image: string | null;
}

/** Equal exactly when lines, unit prices and currency are equal; the order of lines does not matter. */
export function cartFingerprint(lines: readonly PricedLine[]): string {
  const facts = lines
    .map((line) => JSON.stringify([line.productId, line.quantity, line.unitAmount, line.currency, line.stripePrice]))
    .sort();
  return createHash("sha256").update(facts.join("\n")).digest("hex").slice(0, 32);
}
