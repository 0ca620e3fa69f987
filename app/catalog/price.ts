import type { Money } from "./catalog";
import { plainPrice } from "./price-text";

export type PriceUnit = "major" | "minor";

/**
 * Currencies without a minor unit at Stripe. Source: Stripe, "Supported currencies". Not from Intl: its digits are for display, differ
 * between Node versions, and are 0 for idr, huf and others that Stripe charges in hundredths.
 */
const ZERO_DECIMAL = new Set("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split(" "));
const THREE_DECIMAL = new Set("bhd jod kwd omr tnd".split(" "));
/** Counted in hundredths but charged in whole units. huf and twd are whole only in payouts. Source: the same page, "Special cases". */
const CHARGED_WHOLE = new Set(["isk", "ugx"]);

/** Decimal places between the major and the minor unit: 2 for usd, 0 for jpy, 3 for kwd. `currency` is a lower-case ISO 4217 code. */
export function currencyDigits(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** How many trailing digits of an amount in minor units must be 0 for Stripe to charge it. */
function zeroDigits(currency: string): number {
  if (CHARGED_WHOLE.has(currency)) return 2;
  return THREE_DECIMAL.has(currency) ? 1 : 0;
}

/** Whether Stripe can charge this amount: 1,230 fils (KWD 1.230), but not 1,234. */
export function isChargeable({ amount, currency }: Money): boolean {
  return Number.isSafeInteger(amount) && amount >= 0 && amount % 10 ** zeroDigits(currency) === 0;
}

const DECIMAL = /^(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/;

/**
 * A price column's value (a number, or its text) as an amount that Stripe can charge; null if it is missing, negative, not a number
 * or too large to be exact. In major units the text may be written as people do ("$1,299.00"), where only one amount can be meant.
 * Rounds half up to the nearest such amount; a price above 0 that would round to 0 gives null.
 * Works on decimal digits, never on binary fractions.
 *
 * @example
 * parsePrice("12.505", "major", "usd"); // { amount: 1251, currency: "usd" }
 * parsePrice("€ 12,50", "major", "eur"); // { amount: 1250, currency: "eur" }
 * parsePrice(1.234, "major", "kwd"); // { amount: 1230, currency: "kwd" }
 */
export function parsePrice(value: unknown, unit: PriceUnit, currency: string): Money | null {
  if (typeof value !== "number" && typeof value !== "string") return null;
  const text = String(value).trim();
  const match = DECIMAL.exec(text) ?? (unit === "major" ? DECIMAL.exec(plainPriceIn(text, currency) ?? "") : null);
  if (match === null) return null;
  const [, whole = "", fraction = "", exponent = "0"] = match;

  // The value is the integer `digits` with its decimal point moved `shift` places to the right, counted in chargeable steps.
  const digits = whole + fraction;
  const zeros = zeroDigits(currency);
  const shift = Number(exponent) - fraction.length + (unit === "major" ? currencyDigits(currency) : 0) - zeros;
  const kept = shift >= 0 ? digits + "0".repeat(shift) : digits.slice(0, shift) || "0";
  const firstDropped = shift >= 0 || -shift > digits.length ? "0" : digits.charAt(digits.length + shift);

  const amount = (Number(kept) + (firstDropped >= "5" ? 1 : 0)) * 10 ** zeros;
  const isFree = /^0*$/.test(digits);
  return Number.isSafeInteger(amount) && (amount > 0 || isFree) ? { amount, currency } : null;
}

function plainPriceIn(text: string, currency: string): string | null {
  return plainPrice(text, { currency, wholeOnly: ZERO_DECIMAL.has(currency) || CHARGED_WHOLE.has(currency) });
}
