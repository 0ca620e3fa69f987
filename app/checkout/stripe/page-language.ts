import type Stripe from "stripe";
import type { Literals } from "./sdk-literals";

/** A language of Stripe's payment page. */
export type PageLanguage = Literals<Stripe.Checkout.SessionCreateParams.Locale>;

/** Values that `locale` accepts. Complete: the compiler compares it with the SDK's own list. */
// prettier-ignore
const LANGUAGES: Readonly<Record<PageLanguage, true>> = {
  auto: true, bg: true, cs: true, da: true, de: true, el: true, en: true, "en-GB": true, es: true, "es-419": true,
  et: true, fi: true, fil: true, fr: true, "fr-CA": true, "hi-IN": true, hr: true, hu: true, id: true, it: true,
  ja: true, ko: true, lt: true, lv: true, ms: true, mt: true, nb: true, nl: true, pl: true, "pt-BR": true, pt: true,
  ro: true, ru: true, sk: true, sl: true, sv: true, th: true, tr: true, vi: true, zh: true, "zh-HK": true,
  "zh-TW": true,
};

/**
 * The language of a payment page that fits a shop best: with its region if Stripe has that, else without; `auto`, the browser's
 * language, if Stripe has neither.
 *
 * @example
 * pageLanguage("fr-CA"); // "fr-CA"
 * pageLanguage("de-AT"); // "de"
 */
export function pageLanguage(locale: string): PageLanguage {
  const { language, region } = new Intl.Locale(locale);
  return [`${language}-${region ?? ""}`, language].find(isPageLanguage) ?? "auto";
}

function isPageLanguage(tag: string): tag is PageLanguage {
  return Object.hasOwn(LANGUAGES, tag);
}
