import { describe, expect, it } from "vitest";
import { allowsFormTo, pageHeaders } from "~/http/page-headers.server";
import { preferredLocale } from "~/http/preferred-locale.server";

const shop = {
  isSandbox: false,
  STRIPE_API_BASE: undefined,
  STRIPE_CHECKOUT_ORIGIN: "https://checkout.stripe.com",
  IMAGE_HOSTS: undefined,
};

function directive(env: Parameters<typeof pageHeaders>[0], name: string): string | undefined {
  const policy = pageHeaders(env, "n0nce")["Content-Security-Policy"] ?? "";
  return policy.split("; ").find((part) => part.startsWith(`${name} `));
}

describe("headers of pages", () => {
  it("let forms post to the shop and to the payment page, and nowhere else", () => {
    expect(directive(shop, "form-action")).toBe("form-action 'self' https://checkout.stripe.com");
    expect(directive({ ...shop, STRIPE_API_BASE: "http://127.0.0.1:55322/v1" }, "form-action")).toBe(
      "form-action 'self' http://127.0.0.1:55322 https://checkout.stripe.com",
    );
    expect(directive({ ...shop, isSandbox: true }, "form-action")).toBe("form-action 'self'");
  });

  it("let forms post to payment pages on the merchant's own domain, and know where forms cannot lead", () => {
    const custom = { ...shop, STRIPE_CHECKOUT_ORIGIN: "https://pay.shop.test" };
    expect(directive(custom, "form-action")).toBe("form-action 'self' https://pay.shop.test");
    const leads = (address: string, env = shop) => allowsFormTo(address, "https://shop.test", env);
    expect(leads("https://pay.shop.test/c/pay/cs_1")).toBe(false);
    expect(leads("https://pay.shop.test/c/pay/cs_1", custom)).toBe(true);
    expect(leads("https://checkout.stripe.com/c/pay/cs_1")).toBe(true);
    expect(leads("/orders/cs_1")).toBe(true);
  });

  it("let pictures come from the merchant's hosts only, when those are named", () => {
    expect(directive(shop, "img-src")).toBe("img-src 'self' data: https:");
    expect(directive({ ...shop, IMAGE_HOSTS: ["cdn.test"] }, "img-src")).toBe("img-src 'self' data: cdn.test");
  });

  it("run only scripts of the shop that bear the page's nonce, and forbid frames", () => {
    expect(directive(shop, "script-src")).toBe("script-src 'self' 'nonce-n0nce'");
    expect(directive(shop, "frame-ancestors")).toBe("frame-ancestors 'none'");
  });

  it("never use no-referrer, with which Remix would refuse every form without JavaScript", () => {
    expect(pageHeaders(shop, "n0nce")["Referrer-Policy"]).toBe("strict-origin-when-cross-origin");
  });

  it("are kept by no cache", () => {
    expect(pageHeaders(shop, "n0nce")["Cache-Control"]).toContain("no-store");
  });
});

describe("the visitor's language", () => {
  const ask = (header: string | null) =>
    preferredLocale(new Request("http://shop.test", { headers: header === null ? {} : { "Accept-Language": header } }));

  it.each([
    [null, "en"],
    ["", "en"],
    ["*", "en"],
    ["not a language, x-y-z-123456789", "en"],
    ["de-AT,de;q=0.9,en;q=0.8", "de-AT"],
    ["xx-garbage-1, fr;q=0.5", "fr"],
  ])("%j is read as %j", (header, locale) => {
    expect(ask(header)).toBe(locale);
  });
});
