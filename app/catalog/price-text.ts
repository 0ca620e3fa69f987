/** One number with text around it. */
const AROUND_NUMBER = /^(\D*)(\d(?:[\d.,'’\p{Zs}]*\d)?)(\D*)$/u;

/** Thousands in groups of three (1,299,000), or as in India (12,99,000). */
const GROUPED = /^[1-9]\d{0,2}([.,'’ ])\d{3}(?:\1\d{3})*$|^[1-9]\d?(?:,\d{2})+,\d{3}$/;

/** Together they write the common currencies in every way that merchants type: $, US$, kr, kr., Kč, ￥. */
const SIGN_LOCALES = ["en", "de", "fr", "es", "pt", "ja", "zh", "sv", "da", "pl"];
const SIGN_STYLES = ["symbol", "narrowSymbol", "code"] as const;
const signs = new Map<string, ReadonlySet<string>>();

/**
 * A price as people and PostgreSQL's `money` write it ("$1,299.00", "1.299,00 €"), as a plain decimal number; null if the text has more
 * than one meaning, or anything but signs and codes of this currency next to the number. "$" counts for every dollar.
 * `wholeOnly`: the currency has no fractions, so "¥1,299" can only mean thousands.
 *
 * @example
 * plainPrice("€ 1.299,00", { currency: "eur", wholeOnly: false }); // "1299.00"
 * plainPrice("1,299", { currency: "eur", wholeOnly: false }); // null: 1.299 or 1299
 */
export function plainPrice(
  text: string,
  { currency, wholeOnly }: { readonly currency: string; readonly wholeOnly: boolean },
): string | null {
  const [, before, number, after] = AROUND_NUMBER.exec(text.trim()) ?? [];
  if (number === undefined) return null;
  const words = `${before} ${after}`
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return words.every((word) => signsOf(currency).has(word))
    ? plainNumber(number.replace(/\p{Zs}/gu, " "), wholeOnly)
    : null;
}

function plainNumber(number: string, wholeOnly: boolean): string | null {
  if (/^\d+$/.test(number)) return number;
  const [, whole = "", fraction] = /^([^.]*)\.(\d+)$/.exec(number) ?? /^([^,]*),(\d+)$/.exec(number) ?? [];
  const decimal =
    fraction !== undefined && (/^\d+$/.test(whole) || GROUPED.test(whole)) ? `${digitsOf(whole)}.${fraction}` : null;
  const thousands = GROUPED.test(number) ? digitsOf(number) : null;
  if (decimal !== null && thousands !== null) return wholeOnly ? thousands : null;
  return decimal ?? thousands;
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, "");
}

/** Lower-case signs and codes of a currency. */
function signsOf(currency: string): ReadonlySet<string> {
  let known = signs.get(currency);
  if (known === undefined) {
    known = new Set(
      SIGN_LOCALES.flatMap((locale) =>
        SIGN_STYLES.flatMap((currencyDisplay) => {
          const parts = new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay }).formatToParts(
            1,
          );
          return parts.filter(({ type }) => type === "currency").map(({ value }) => value.toLowerCase());
        }),
      ),
    );
    signs.set(currency, known);
  }
  return known;
}
