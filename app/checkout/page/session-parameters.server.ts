import type Stripe from "stripe";
import type { CheckoutConfig } from "~/checkout/checkout-context.server";
import type { NewRecord } from "~/checkout/fulfil/line-marks";
import { encodeRecord, LINE_PRODUCT } from "~/checkout/stripe/session-metadata";
import type { Claim } from "~/reservations/reservation-store";
import { cartFingerprint, type PricedLine } from "./price-lines.server";

/**
 * Bounds for the life of a page. Stripe accepts 30 minutes to 24 hours by its own clock when it processes the request. The margins allow
 * for our clock being up to 15 minutes behind or an hour ahead, and for retries, which repeat the same time.
 */
const SHORTEST_LIFE_MS = 45 * 60_000;
const LONGEST_LIFE_MS = 23 * 3_600_000;

/** How long a page can be open, from its claim. */
export function pageLifeMs({ checkoutTtlMs }: Pick<CheckoutConfig, "checkoutTtlMs">): number {
  return Math.min(LONGEST_LIFE_MS, Math.max(SHORTEST_LIFE_MS, checkoutTtlMs));
}

/** Returns the parameters of a new session. Pure: a retry with the same claim, rows and configuration gets the same parameters. */
export function sessionParameters(
  config: CheckoutConfig,
  request: { claim: Claim; lines: readonly PricedLine[]; currency: string; origin: string; withPictures?: boolean },
): Stripe.Checkout.SessionCreateParams {
  const { claim, currency, origin } = request;
  const lines = [...request.lines].sort((one, other) => (one.productId < other.productId ? -1 : 1));
  const record: NewRecord = {
    claimId: claim.claimId,
    sessionHash: claim.sessionHash,
    fingerprint: cartFingerprint(lines),
    currency,
    epoch: claim.epoch,
    lines: lines.map(({ productId, name, quantity, unitAmount }) => ({
      productId,
      name,
      quantity,
      unitAmount,
      state: { mark: "claimed" },
    })),
  };
  const metadata = encodeRecord(config.shopTag, record);
  const isAutomatic = config.paymentMethods.length === 1 && config.paymentMethods[0] === "automatic";
  return {
    mode: "payment",
    line_items: lines.map((line) => lineItem(line, request.withPictures ?? true)),
    // A Price may have amounts in several currencies, and Stripe would choose one by the shopper's location. The cart showed this one.
    ...(lines.some((line) => line.stripePrice !== null) ? { currency } : {}),
    success_url: `${origin}/orders/{CHECKOUT_SESSION_ID}?key=${encodeURIComponent(config.orderKey(claim.claimId))}`,
    cancel_url: `${origin}/cart`,
    expires_at: Math.floor((claim.claimedAt + pageLifeMs(config)) / 1000),
    locale: config.language,
    metadata,
    // For merchants who inspect a payment; the shop never reads it.
    payment_intent_data: { metadata: { holdfast_shop: config.shopTag, holdfast_claim: claim.claimId } },
    ...(isAutomatic ? {} : { allowed_payment_method_types: [...config.paymentMethods] }),
    ...(config.shippingCountries.length === 0
      ? {}
      : { shipping_address_collection: { allowed_countries: [...config.shippingCountries] } }),
    ...(config.shippingRates.length === 0
      ? {}
      : { shipping_options: config.shippingRates.map((rate) => ({ shipping_rate: rate })) }),
    ...(config.automaticTax ? { automatic_tax: { enabled: true } } : {}),
    ...(config.promotionCodes ? { allow_promotion_codes: true } : {}),
  };
}

function lineItem(line: PricedLine, withPictures: boolean): Stripe.Checkout.SessionCreateParams.LineItem {
  const common = { quantity: line.quantity, metadata: { [LINE_PRODUCT]: line.productId } };
  if (line.stripePrice !== null) return { ...common, price: line.stripePrice };
  const images = withPictures && line.image !== null && isPublicPicture(line.image) ? { images: [line.image] } : {};
  return {
    ...common,
    price_data: {
      currency: line.currency,
      unit_amount: line.unitAmount,
      product_data: { name: line.name || line.productId, ...images },
    },
  };
}

/** Stripe fetches pictures itself, so only public URLs work. An invalid one would make Stripe refuse the page. */
function isPublicPicture(address: string): boolean {
  if (!/^https:\/\/[^\s]{1,2040}$/.test(address) || !URL.canParse(address)) return false;
  const { hostname, username } = new URL(address);
  return (
    username === "" &&
    /^(?!.*(^|\.)(localhost|local|internal|home|lan)\.?$)([a-z\d-]+\.)+[a-z][a-z\d-]+\.?$/.test(hostname)
  );
}
