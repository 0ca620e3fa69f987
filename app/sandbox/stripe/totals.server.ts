import type { CheckoutRecord } from "./stripe-objects.server";

/** Shipping and tax rates, for sessions that have shipping options or automatic tax. */
export interface Tariff {
  /** Price of every shipping rate, in minor units. */
  shippingAmount: number;
  taxPercent: number;
  /** True if prices include tax. */
  taxIsInclusive: boolean;
}

export const DEFAULT_TARIFF: Readonly<Tariff> = { shippingAmount: 500, taxPercent: 10, taxIsInclusive: false };

interface Charge {
  amount_discount: number;
  amount_subtotal: number;
  amount_tax: number;
  amount_total: number;
}

/**
 * Updates all amounts of a checkout. The page preselects the first shipping rate. Tax is known once the shopper has
 * entered an address, which here is on payment.
 * Source: https://docs.stripe.com/api/checkout/sessions/object (total_details, shipping_cost)
 */
export function applyTotals({ session, lineItems, discountPercent }: CheckoutRecord, tariff: Tariff): void {
  const taxed = session.automatic_tax.status === "complete" ? tariff : { ...tariff, taxPercent: 0 };
  for (const line of lineItems)
    Object.assign(line, charge(line.price.unit_amount * line.quantity, discountPercent, taxed));
  const [rate] = session.shipping_options;
  const shipping = rate === undefined ? null : charge(tariff.shippingAmount, 0, taxed);
  if (rate !== undefined) rate.shipping_amount = tariff.shippingAmount;
  if (rate !== undefined && shipping !== null && session.status === "complete") {
    const { amount_subtotal, amount_tax, amount_total } = shipping;
    session.shipping_cost = { amount_subtotal, amount_tax, amount_total, shipping_rate: rate.shipping_rate };
  }
  const sum = (charges: readonly Charge[], field: keyof Charge) =>
    charges.reduce((total, one) => total + one[field], 0);
  const all = shipping === null ? lineItems : [...lineItems, shipping];
  session.amount_subtotal = sum(lineItems, "amount_subtotal");
  session.amount_total = sum(all, "amount_total");
  session.total_details = {
    amount_discount: sum(lineItems, "amount_discount"),
    amount_shipping: shipping?.amount_subtotal ?? 0,
    amount_tax: sum(all, "amount_tax"),
  };
}

function charge(subtotal: number, discountPercent: number, { taxPercent, taxIsInclusive }: Tariff): Charge {
  const discount = Math.round((subtotal * discountPercent) / 100);
  const left = subtotal - discount;
  const tax = taxIsInclusive ? left - Math.round(left / (1 + taxPercent / 100)) : Math.round((left * taxPercent) / 100);
  return {
    amount_discount: discount,
    amount_subtotal: subtotal,
    amount_tax: tax,
    amount_total: taxIsInclusive ? left : left + tax,
  };
}
