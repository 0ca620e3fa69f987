import { describe, expect, it } from "vitest";
import { allowsPictureFrom } from "~/http/page-headers.server";

const SHOP = "https://shop.test";
const env = { isSandbox: false, STRIPE_CHECKOUT_ORIGIN: "https://checkout.stripe.com" };

describe("pictures that the Content-Security-Policy allows", () => {
  it.each([
    ["https://cdn.test/a.png", undefined, true],
    ["http://cdn.test/a.png", undefined, false],
    ["https://shop.test/a.png", ["cdn.test"], true],
    ["https://cdn.test/a.png", ["cdn.test"], true],
    ["https://cdn.test/a.png", ["https://cdn.test"], true],
    ["http://cdn.test/a.png", ["cdn.test"], false],
    ["https://a.cdn.test/a.png", ["cdn.test"], false],
    ["https://a.cdn.test/a.png", ["*.cdn.test"], true],
    ["https://evilcdn.test/a.png", ["*.cdn.test"], false],
    ["https://cdn.test:8443/a.png", ["cdn.test:8443"], true],
  ])("%s with IMAGE_HOSTS %j: %j", (address, hosts, isAllowed) => {
    expect(allowsPictureFrom(new URL(address), SHOP, { ...env, IMAGE_HOSTS: hosts })).toBe(isAllowed);
  });

  it("include those of IMAGE_BASE_URL", () => {
    const base = { ...env, IMAGE_HOSTS: ["cdn.test"], IMAGE_BASE_URL: "http://127.0.0.1:54321/storage" };
    expect(allowsPictureFrom(new URL("http://127.0.0.1:54321/storage/a.png"), SHOP, base)).toBe(true);
  });
});
