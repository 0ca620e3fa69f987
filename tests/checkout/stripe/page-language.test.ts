import { describe, expect, it } from "vitest";
import { checkoutConfig } from "~/boot/settings.server";
import { pageLanguage } from "~/checkout/stripe/page-language";
import { parseEnvironment } from "~/env.server";
import { LANGUAGE_CODES } from "~/words/languages.server";
import { cart, startSandbox } from "../../sandbox/stripe-sandbox-fixture";

describe("the language of Stripe's payment page", () => {
  it.each([
    ["en", "en"],
    ["en-GB", "en-GB"],
    ["en-US", "en"],
    ["de-AT", "de"],
    ["de-u-nu-latn", "de"],
    ["fr-CA", "fr-CA"],
    ["FR-ca", "fr-CA"],
    ["fr-Latn-CA", "fr-CA"],
    ["fr-CH", "fr"],
    ["ga-IE", "auto"],
  ])("of a shop in %s is %s, which the stand-in takes from the SDK", async (locale, language) => {
    expect(pageLanguage(locale)).toBe(language);
    const session = await startSandbox().stripe.checkout.sessions.create(cart({ locale: pageLanguage(locale) }));
    expect(session.locale).toBe(language);
  });

  it("is known for every language of the shop", () => {
    for (const code of LANGUAGE_CODES) expect(pageLanguage(code)).toBe(code);
  });

  it("comes from SHOP_LOCALE", () => {
    const parts = { shopTag: "tag", orderKey: (claimId: string) => claimId };
    expect(checkoutConfig(parseEnvironment({ SHOP_LOCALE: "fr-ca" }), parts).language).toBe("fr-CA");
  });
});
