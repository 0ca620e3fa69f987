/** Translates the environment into each module's own options. */

import type { CheckoutConfig } from "~/checkout/checkout-context.server";
import { pageLanguage } from "~/checkout/stripe/page-language";
import type { Environment } from "~/env.server";
import type { OperatorRule } from "~/http/operator.server";
import type { LimitOptions } from "~/limits/limits.server";
import type { ReserveDependencies } from "~/reservations/reserve";
import type { Drivers } from "./choose-drivers.server";
import { identityOf, usesRealStripe } from "./shop-identity.server";

/**
 * Payment pages opened per second, by mode. Stripe allows 100 calls a second in live mode and 25 in test mode; opening a page
 * takes two calls, or five if an older page is closed first; each sale and each expiry takes three or four.
 */
const PAGES_PER_SECOND = { live: 16, test: 8 };

export function cartLimits(env: Environment): ReserveDependencies["limits"] {
  return { maxUnitsPerLine: env.MAX_UNITS_PER_LINE, maxLinesPerCart: env.MAX_LINES_PER_CART };
}

export function checkoutConfig(
  env: Environment,
  { shopTag, orderKey }: Pick<CheckoutConfig, "shopTag" | "orderKey">,
): CheckoutConfig {
  return {
    shopTag,
    orderKey,
    formerTags: env.FORMER_SHOP_TAGS,
    checkoutTtlMs: env.CHECKOUT_TTL_SECONDS * 1000,
    paymentMethods: env.STRIPE_PAYMENT_METHODS,
    shippingCountries: env.STRIPE_SHIPPING_COUNTRIES ?? [],
    shippingRates: env.STRIPE_SHIPPING_RATES ?? [],
    automaticTax: env.STRIPE_AUTOMATIC_TAX,
    promotionCodes: env.STRIPE_PROMOTION_CODES,
    language: pageLanguage(env.SHOP_LOCALE),
  };
}

/** `hints`: the last known stock, which limits how long an unpaid page may hold it. */
export function limitOptions(
  env: Environment,
  { clock, limitStore, log }: Pick<Drivers, "clock" | "limitStore" | "log">,
  hints: { get(productId: string): number | null },
): LimitOptions {
  return {
    perMinute: env.RATE_LIMIT_PER_MINUTE,
    unitsPerClient: env.MAX_UNITS_PER_CLIENT,
    trustedProxyHops: env.TRUSTED_PROXY_HOPS,
    secret: env.sessionSecrets[0] ?? "",
    pagesPerSecond: usesRealStripe(env) ? PAGES_PER_SECOND[identityOf(env).live ? "live" : "test"] : null,
    unpaidTime: {
      ttlMs: env.CHECKOUT_TTL_SECONDS * 1000,
      ofSessionMs: env.RESERVATION_MAX_SECONDS * 1000,
      stockOf: (productId) => hints.get(productId),
    },
    redis: limitStore,
    now: () => clock.now(),
    log,
  };
}

export function operatorRule(env: Environment): OperatorRule {
  return {
    token: env.ADMIN_TOKEN ?? null,
    isSandbox: env.isSandbox,
    secrets: env.sessionSecrets,
    secure: usesHttps(env),
  };
}

export function usesHttps(env: Environment): boolean {
  return env.publicUrl.startsWith("https:");
}
