import type { Money } from "./catalog";
import { currencyDigits } from "./price";

/** "€12.50", "¥1,250": minor units as a person of that locale writes them, with the digits that the currency is charged in. */
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

/** As schema.org writes prices. */
export interface OfferPrice {
  /** Major units with a point, "28.00". */
  readonly price: string;
  /** ISO 4217, upper case. */
  readonly priceCurrency: string;
}

export function offerPrice({ amount, currency }: Money): OfferPrice {
  const digits = currencyDigits(currency);
  return { price: (amount / 10 ** digits).toFixed(digits), priceCurrency: currency.toUpperCase() };
}

/** The sum; null when there is nothing to add or the currencies differ. */
export function sumMoney(amounts: readonly Money[]): Money | null {
  const [first] = amounts;
  if (first === undefined || amounts.some(({ currency }) => currency !== first.currency)) return null;
  return { amount: amounts.reduce((sum, { amount }) => sum + amount, 0), currency: first.currency };
}
