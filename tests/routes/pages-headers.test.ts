import { describe, expect, it } from "vitest";
import { allowsFormTo, pageHeaders } from "~/http/page-headers.server";

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

describe("page headers", () => {
  it("let forms post only to the shop and the payment page", () => {
    expect(directive(shop, "form-action")).toBe("form-action 'self' https://checkout.stripe.com");
    expect(directive({ ...shop, STRIPE_API_BASE: "http://127.0.0.1:55322/v1" }, "form-action")).toBe(
      "form-action 'self' http://127.0.0.1:55322 https://checkout.stripe.com",
    );
    expect(directive({ ...shop, isSandbox: true }, "form-action")).toBe("form-action 'self'");
  });

  it("let forms post to payment pages on the merchant's own domain, and know where forms may not lead", () => {
    const custom = { ...shop, STRIPE_CHECKOUT_ORIGIN: "https://pay.shop.test" };
    expect(directive(custom, "form-action")).toBe("form-action 'self' https://pay.shop.test");
    const leads = (address: string, env = shop) => allowsFormTo(address, "https://shop.test", env);
    expect(leads("https://pay.shop.test/c/pay/cs_1")).toBe(false);
    expect(leads("https://pay.shop.test/c/pay/cs_1", custom)).toBe(true);
    expect(leads("https://checkout.stripe.com/c/pay/cs_1")).toBe(true);
    expect(leads("/orders/cs_1")).toBe(true);
  });

  it("allow images only from the merchant's hosts if those are set", () => {
    expect(directive(shop, "img-src")).toBe("img-src 'self' data: https:");
    expect(directive({ ...shop, IMAGE_HOSTS: ["cdn.test"] }, "img-src")).toBe("img-src 'self' data: cdn.test");
  });

  it("allow images from the address that comes before paths, http on this machine included", () => {
    const bucket = { ...shop, IMAGE_BASE_URL: "https://p.supabase.co/storage/v1/object/public/shop" };
    expect(directive({ ...bucket, IMAGE_HOSTS: ["cdn.test"] }, "img-src")).toBe(
      "img-src 'self' data: cdn.test https://p.supabase.co",
    );
    expect(directive({ ...shop, IMAGE_BASE_URL: "http://127.0.0.1:54321/storage" }, "img-src")).toBe(
      "img-src 'self' data: https: http://127.0.0.1:54321",
    );
  });

  it("allow the shop's logo, wherever other images come from", () => {
    const logo = { ...shop, IMAGE_HOSTS: ["cdn.test"], SHOP_LOGO_URL: "https://brand.test/logo.svg?v=2" };
    expect(directive(logo, "img-src")).toBe("img-src 'self' data: cdn.test https://brand.test");
    const both = { ...logo, IMAGE_BASE_URL: "https://brand.test/products" };
    expect(directive(both, "img-src")).toBe("img-src 'self' data: cdn.test https://brand.test");
  });

  it("allow only the shop's scripts with the page's nonce, and forbid frames", () => {
    expect(directive(shop, "script-src")).toBe("script-src 'self' 'nonce-n0nce'");
    expect(directive(shop, "frame-ancestors")).toBe("frame-ancestors 'none'");
  });

  it("never use no-referrer, which would make Remix reject every form without JavaScript", () => {
    expect(pageHeaders(shop, "n0nce")["Referrer-Policy"]).toBe("strict-origin-when-cross-origin");
  });

  it("prevent caching", () => {
    expect(pageHeaders(shop, "n0nce")["Cache-Control"]).toContain("no-store");
  });
});
