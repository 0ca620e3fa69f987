import type { Environment } from "~/env.server";
import { accentCss } from "~/look/accent.server";
import { messagesFor } from "~/words/languages.server";
import type { Site } from "~/words/site";

/** ISO 15924 codes of scripts that run from right to left. */
const RIGHT_TO_LEFT = new Set(["Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm"]);

/** The shop as its pages show it, from its environment. */
export function siteOf(env: Environment): Site {
  const locale = new Intl.Locale(env.SHOP_LOCALE);
  return {
    name: env.shopName,
    tagline: env.shopTagline,
    accentCss: env.SHOP_ACCENT === undefined ? null : accentCss(env.SHOP_ACCENT),
    supportEmail: env.SUPPORT_EMAIL ?? null,
    links: env.SHOP_LINKS,
    locale: locale.toString(),
    direction: RIGHT_TO_LEFT.has(locale.maximize().script ?? "") ? "rtl" : "ltr",
    timeZone: env.SHOP_TIME_ZONE,
    holdMs: env.RESERVATION_TTL_SECONDS * 1000,
    isSandbox: env.isSandbox,
    messages: messagesFor(env.SHOP_LOCALE),
  };
}
