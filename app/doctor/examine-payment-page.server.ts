import type Stripe from "stripe";
import type { CheckoutConfig } from "~/checkout/checkout-context.server";
import type { PricedLine } from "~/checkout/page/price-lines.server";
import { sessionParameters } from "~/checkout/page/session-parameters.server";
import { failed, messageOf, note, ok, type Finding } from "./finding";
import { AMOUNT, DOCTOR_METADATA, type StripeAccount } from "./stripe-account";

interface Page {
  readonly config: CheckoutConfig;
  readonly line: PricedLine;
  readonly withPictures: boolean;
}

/** A part of the page that Stripe may reject. `without`: the same page without it; null if it isn't on the page. */
interface Suspect {
  readonly without: (page: Page) => Page | null;
  readonly describe: (reason: string, page: Page) => Finding;
}

const setting = (name: string, without: (config: CheckoutConfig) => Partial<CheckoutConfig> | null): Suspect => ({
  without(page) {
    const changes = without(page.config);
    return changes === null ? null : { ...page, config: { ...page.config, ...changes } };
  },
  describe: (reason) => failed(`${name}: Stripe would reject every checkout: ${reason}`),
});

const SUSPECTS: readonly Suspect[] = [
  {
    without: (page) => (page.withPictures && page.line.image !== null ? { ...page, withPictures: false } : null),
    describe: (reason, { line }) => note(`Stripe rejects the picture of "${line.name}" and shows none: ${reason}`),
  },
  setting("STRIPE_PAYMENT_METHODS", ({ paymentMethods }) =>
    paymentMethods.length === 1 && paymentMethods[0] === "card" ? null : { paymentMethods: ["card"] },
  ),
  setting("STRIPE_SHIPPING_COUNTRIES", ({ shippingCountries }) =>
    shippingCountries.length === 0 ? null : { shippingCountries: [] },
  ),
  setting("STRIPE_SHIPPING_RATES", ({ shippingRates }) => (shippingRates.length === 0 ? null : { shippingRates: [] })),
  setting("STRIPE_AUTOMATIC_TAX", ({ automaticTax }) => (automaticTax ? { automaticTax: false } : null)),
  setting("STRIPE_PROMOTION_CODES", ({ promotionCodes }) => (promotionCodes ? { promotionCodes: false } : null)),
  {
    without: (page) => (page.line.productId === "" ? null : { ...page, line: plainLine(page.line.currency) }),
    describe: (reason, { line }) => failed(`Stripe would reject every checkout of "${line.name}": ${reason}`),
  },
  {
    without: (page) => (page.line.currency === "usd" ? null : { ...page, line: plainLine("usd") }),
    describe: (reason, { line }) => failed(`CURRENCY: Stripe rejects ${line.currency}: ${reason}`),
  },
];

/**
 * Opens a payment page with the parameters that a checkout of the shop would have, and returns it open. What Stripe rejects is found by
 * leaving one setting out at a time: with the cause gone, Stripe accepts the page or complains about something else. Stripe's own
 * `param` is not enough, since some rejections name none.
 */
export async function* openOwnPage(
  account: StripeAccount,
): AsyncGenerator<Finding, Stripe.Checkout.Session | null, undefined> {
  const { stripe, currency } = account;
  let page: Page = { config: account.config, line: account.line ?? plainLine(currency), withPictures: true };
  for (;;) {
    const opened = await open(account, page);
    if (typeof opened !== "string") return opened;
    let fixed: Page | null = null;
    for (const suspect of SUSPECTS) {
      const other = suspect.without(page);
      if (other === null) continue;
      const result = await open(account, other);
      if (typeof result !== "string") await stripe.checkout.sessions.expire(result.id);
      if (result === opened) continue;
      yield suspect.describe(opened, page);
      fixed = other;
      break;
    }
    if (fixed === null) {
      yield failed(`Stripe would reject every checkout: ${opened}`);
      return null;
    }
    page = fixed;
  }
}

export async function closePage({ stripe, line }: StripeAccount, id: string): Promise<Finding> {
  const what = line === null ? "with the shop's settings" : `for "${line.name}", with the shop's settings`;
  try {
    const closed = await stripe.checkout.sessions.expire(id);
    if (closed.status === "expired") return ok(`A payment page opened and closed ${what}.`);
    return failed(`A payment page opened ${what}, but did not close: its status is ${String(closed.status)}.`);
  } catch (error) {
    return failed(`A payment page opened ${what}, but could not be closed: ${messageOf(error)}`);
  }
}

export function compareOrigin({ url }: Stripe.Checkout.Session, expected: string): Finding {
  const origin = url === null ? null : new URL(url).origin;
  if (origin === null || origin === expected) return ok(`Payment pages are on ${expected}.`);
  return failed(
    `Payment pages are on ${origin}, but the shop only redirects browsers to ${expected}. Set STRIPE_CHECKOUT_ORIGIN=${origin}.`,
  );
}

/** Stripe's reason if it rejects the page. */
async function open(
  { stripe, publicUrl }: StripeAccount,
  { config, line, withPictures }: Page,
): Promise<Stripe.Checkout.Session | string> {
  const claim = { claimId: "doctor", checkoutId: null, sessionHash: "doctor", lines: [], claimedAt: Date.now() };
  const { payment_intent_data: _tagged, ...parameters } = sessionParameters(config, {
    claim,
    lines: [line],
    currency: line.currency,
    origin: publicUrl,
    withPictures,
  });
  try {
    return await stripe.checkout.sessions.create({ ...parameters, metadata: DOCTOR_METADATA });
  } catch (error) {
    return messageOf(error);
  }
}

function plainLine(currency: string): PricedLine {
  return {
    productId: "",
    name: "Holdfast check",
    quantity: 1,
    unitAmount: AMOUNT,
    currency,
    stripePrice: null,
    image: null,
  };
}
