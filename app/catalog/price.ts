import type { Money } from "./catalog";

export type PriceUnit = "major" | "minor";

/**
 * Currencies whose minor unit at Stripe is not the one of ISO 4217.
 * Source: Stripe, "Supported currencies": ISK and UGX are charged in hundredths, MGA has no minor unit.
 */
const STRIPE_DIGITS: Readonly<Record<string, number>> = { isk: 2, ugx: 2, mga: 0 };

/** Decimal places between the major and the minor unit: 2 for usd, 0 for jpy, 3 for kwd. `currency` is an ISO 4217 code. */
export function currencyDigits(currency: string): number {
  const exception = STRIPE_DIGITS[currency];
  if (exception !== undefined) return exception;
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

const DECIMAL = /^(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/;

/**
 * A price column's value (number, or numeric as text) as money; null when it is missing, negative, not a number or too
 * large to be exact. Digits beyond the minor unit round half up. Works on the decimal digits, never on binary fractions.
 */
export function parsePrice(value: unknown, unit: PriceUnit, currency: string): Money | null {
  if (typeof value !== "number" && typeof value !== "string") return null;
  const match = DECIMAL.exec(String(value).trim());
  if (match === null) return null;
  const [, whole = "", fraction = "", exponent = "0"] = match;

  // The value is the integer `digits` with its decimal point moved `shift` places to the right.
  const digits = whole + fraction;
  const shift = Number(exponent) - fraction.length + (unit === "major" ? currencyDigits(currency) : 0);
  const kept = shift >= 0 ? digits + "0".repeat(shift) : digits.slice(0, shift) || "0";
  const firstDropped = shift >= 0 || -shift > digits.length ? "0" : digits.charAt(digits.length + shift);

  const amount = Number(kept) + (firstDropped >= "5" ? 1 : 0);
  return Number.isSafeInteger(amount) ? { amount, currency } : null;
}
