import type { Money } from "./catalog";
import { currencyDigits } from "./price";

/**
 * Formats minor units for a locale, with the decimal places that Stripe charges in.
 *
 * @example
 * moneyText({ amount: 1250, currency: "eur" }, "en"); // "€12.50"
 */
export function moneyText({ amount, currency }: Money, locale: string): string {
  const digits = currencyDigits(currency);
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.format(amount / 10 ** digits);
}

/** A price in schema.org's notation. */
export interface OfferPrice {
  /** Major units with a decimal point, "28.00". */
  readonly price: string;
  /** ISO 4217, upper case. */
  readonly priceCurrency: string;
}

export function offerPrice({ amount, currency }: Money): OfferPrice {
  const digits = currencyDigits(currency);
  return { price: (amount / 10 ** digits).toFixed(digits), priceCurrency: currency.toUpperCase() };
}

/** The sum; null for an empty list or different currencies. */
export function sumMoney(amounts: readonly Money[]): Money | null {
  const [first] = amounts;
  if (first === undefined || amounts.some(({ currency }) => currency !== first.currency)) return null;
  return { amount: amounts.reduce((sum, { amount }) => sum + amount, 0), currency: first.currency };
}
