import type { Environment } from "~/env.server";
import { accentCss } from "~/look/accent.server";
import { createIcons, type Icons } from "~/look/icons.server";
import { iconColors, themeColors } from "~/look/theme-colors.server";
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
    logoUrl: env.SHOP_LOGO_URL ?? null,
    themeColors: themeColors(env.SHOP_ACCENT ?? null),
    supportEmail: env.SUPPORT_EMAIL ?? null,
    links: env.SHOP_LINKS,
    locale: locale.toString(),
    direction: directionOf(locale),
    timeZone: env.SHOP_TIME_ZONE,
    holdMs: Math.min(env.RESERVATION_TTL_SECONDS, env.RESERVATION_MAX_SECONDS) * 1000,
    isSandbox: env.isSandbox,
    messages: messagesFor(env.SHOP_LOCALE),
  };
}

/** Icons of the shop, from its environment. */
export function iconsOf(env: Environment): Icons {
  return createIcons({
    name: env.shopName,
    locale: env.SHOP_LOCALE,
    colors: iconColors(env.SHOP_ACCENT ?? null),
    isDemo: env.isSandbox && env.SHOP_NAME === undefined && env.SHOP_ACCENT === undefined,
  });
}

function directionOf(locale: Intl.Locale): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(locale.maximize().script ?? "") ? "rtl" : "ltr";
}
