import { describe, expect, it } from "vitest";
import type { CheckoutConfig } from "~/checkout/checkout-context.server";
import { cartFingerprint, type PricedLine } from "~/checkout/page/price-lines.server";
import { sessionParameters } from "~/checkout/page/session-parameters.server";
import { holdsTag, shopTag } from "~/checkout/stripe/shop-tag.server";

const config: CheckoutConfig = {
  shopTag: "tag",
  formerTags: [],
  orderKey: (claimId) => `${claimId}.signed`,
  checkoutTtlMs: 900_000,
  paymentMethods: ["card"],
  shippingCountries: [],
  shippingRates: [],
  automaticTax: false,
  promotionCodes: false,
  language: "en",
};
const mug: PricedLine = {
  productId: "mug",
  name: "Mug",
  quantity: 2,
  unitAmount: 1250,
  currency: "usd",
  stripePrice: null,
  image: null,
};
const pot: PricedLine = { ...mug, productId: "pot", name: "Pot" };
const claim = { claimId: "claim-1", checkoutId: null, sessionHash: "hash", lines: [], claimedAt: 1_780_000_000_500 };
const parameters = (lines: readonly PricedLine[] = [mug], changes: Partial<CheckoutConfig> = {}) =>
  sessionParameters({ ...config, ...changes }, { claim, lines, currency: "usd", origin: "https://shop.test" });

describe("the parameters of a payment page", () => {
  it("are the same for the same claim and rows, whatever the order of lines", () => {
    expect(parameters([mug, pot])).toEqual(parameters([pot, mug]));
  });

  it.each([
    [900_000, 45 * 60],
    [3_600_000, 3600],
    [82_800_000, 82_800],
    [172_800_000, 82_800],
  ])("for a deadline of %d ms keep the page open for %d s, within Stripe's bounds", (checkoutTtlMs, seconds) => {
    expect(parameters([mug], { checkoutTtlMs }).expires_at).toBe(Math.floor(claim.claimedAt / 1000 + seconds));
  });

  it("leave automatic payment methods to the dashboard", () => {
    expect(parameters([mug], { paymentMethods: ["automatic"] })).not.toHaveProperty("allowed_payment_method_types");
    expect(parameters().allowed_payment_method_types).toEqual(["card"]);
  });

  it("pass shipping, tax and promotion codes through unchanged", () => {
    const handedOn = {
      shippingCountries: ["DE", "FR"],
      shippingRates: ["shr_1"],
      automaticTax: true,
      promotionCodes: true,
    };

    expect(parameters([mug], handedOn)).toMatchObject({
      shipping_address_collection: { allowed_countries: ["DE", "FR"] },
      shipping_options: [{ shipping_rate: "shr_1" }],
      automatic_tax: { enabled: true },
      allow_promotion_codes: true,
    });
    expect(Object.keys(parameters())).not.toEqual(expect.arrayContaining(["automatic_tax"]));
  });

  it.each([
    ["/images/mug.svg", undefined],
    ["https://[", undefined],
    ["https://cdn.example.com:99999/mug.jpg", undefined],
    ["https://localhost/mug.jpg", undefined],
    ["https://shop.localhost/mug.jpg", undefined],
    ["https://10.0.0.1/mug.jpg", undefined],
    ["https://[::1]/mug.jpg", undefined],
    ["https://intranet/mug.jpg", undefined],
    ["https://user:secret@cdn.example.com/mug.jpg", undefined],
    ["https://cdn.example.com:8443/m%C3%BCg.jpg?w=1", ["https://cdn.example.com:8443/m%C3%BCg.jpg?w=1"]],
    ["http://shop.test/mug.png", undefined],
    ["https://cdn.test/mug.png", ["https://cdn.test/mug.png"]],
  ])("turn the picture %s into %s", (image, sent) => {
    expect(parameters([{ ...mug, image }]).line_items?.[0]?.price_data?.product_data?.images).toEqual(sent);
  });

  it("charge the merchant's Price instead of an inline price", () => {
    expect(parameters([{ ...mug, stripePrice: "price_1" }]).line_items).toEqual([
      { price: "price_1", quantity: 2, metadata: { holdfast_product: "mug" } },
    ]);
  });

  it("ask for the payment page in the shop's language", () => {
    expect(parameters([mug], { language: "fr-CA" }).locale).toBe("fr-CA");
  });

  it("contain the session hash and the return URLs", () => {
    expect(parameters()).toMatchObject({
      success_url: "https://shop.test/orders/{CHECKOUT_SESSION_ID}?key=claim-1.signed",
      cancel_url: "https://shop.test/cart",
      metadata: { holdfast_shop: "tag", holdfast_claim: "claim-1", holdfast_session: "hash" },
      payment_intent_data: { metadata: { holdfast_shop: "tag", holdfast_claim: "claim-1" } },
    });
  });
});

describe("the fingerprint of a cart", () => {
  it("changes only with quantity, price, currency and product", () => {
    const same = cartFingerprint([mug, pot]);

    expect(cartFingerprint([pot, { ...mug, name: "Cup", image: "https://x.test/y" }])).toBe(same);
    for (const change of [
      { quantity: 3 },
      { unitAmount: 1 },
      { currency: "eur" },
      { productId: "cup" },
      { stripePrice: "price_1" },
    ]) {
      expect(cartFingerprint([pot, { ...mug, ...change }])).not.toBe(same);
    }
  });
});

describe("the tag of a shop", () => {
  const shop = { supabaseUrl: "https://a.supabase.co", table: "products", environment: "production" };

  it("differs by project, table and environment, and reveals none of them", () => {
    const tags = [
      shop,
      { ...shop, supabaseUrl: "https://b.supabase.co" },
      { ...shop, table: "goods" },
      { ...shop, environment: "staging" },
    ].map(shopTag);

    expect(new Set(tags).size).toBe(4);
    expect(shopTag({ ...shop, supabaseUrl: "https://a.supabase.co/" })).toBe(tags[0]);
    expect(tags[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it("of holds differs between live and test keys, and from that of sessions", () => {
    const tags = [holdsTag(shop, { live: true }), holdsTag(shop, { live: false }), shopTag(shop)];
    expect(new Set(tags.map((tag) => tag.slice(0, 12))).size).toBe(3);
    expect(holdsTag(shop, { live: true })).toBe(tags[0]);
  });
});
