/**
 * Stripe's currencies, minimum charges and amount formats.
 * Source: https://docs.stripe.com/currencies (presentment currencies, zero- and three-decimal, minimum charge amounts)
 */
export const SUPPORTED_CURRENCIES: ReadonlySet<string> = new Set(
  (
    "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny " +
    "cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd " +
    "jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad " +
    "ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl " +
    "thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw"
  ).split(" "),
);

const ZERO_DECIMAL = new Set("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split(" "));
const THREE_DECIMAL = new Set("bhd jod kwd omr tnd".split(" "));

const MINIMUM_CHARGE: Readonly<Record<string, number>> = {
  usd: 50,
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
};

/** Eight digits, in minor units. */
export const MAXIMUM_CHARGE = 99_999_999;

export function isSupportedCurrency(currency: string): boolean {
  return SUPPORTED_CURRENCIES.has(currency);
}

/** In minor units; 1 if Stripe lists no minimum for the currency. */
export function minimumCharge(currency: string): number {
  return MINIMUM_CHARGE[currency] ?? 1;
}

/**
 * Step of chargeable amounts, in minor units: 10 for three-decimal currencies; 100 for the Icelandic króna and the
 * Ugandan shilling, whose amounts have two decimals but must be whole.
 */
export function chargeStep(currency: string): 1 | 10 | 100 {
  if (currency === "isk" || currency === "ugx") return 100;
  return THREE_DECIMAL.has(currency) ? 10 : 1;
}

/** Formats an amount: `$12.50`, `¥500`. Stripe's error messages are in English whatever the page's language. */
export function formatAmount(amount: number, currency: string, locale = "en-US"): string {
  const digits = ZERO_DECIMAL.has(currency) ? 0 : THREE_DECIMAL.has(currency) ? 3 : 2;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount / 10 ** digits);
}
