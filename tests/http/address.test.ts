import { describe, expect, it } from "vitest";
import { readAddress } from "~/http/address.server";

describe("the path of a route for programs or operators", () => {
  it.each([
    "/metrics/",
    "/METRICS",
    "/metrics/.",
    "/./metrics",
    "//metrics",
    "/\\metrics",
    "/x/../metrics",
    "/%6detrics",
    "/metrics%2f",
    "/healthz/",
    "/Readyz",
  ])("has one spelling, which is not %s", (target) =>
    expect(readAddress(target)).toEqual({
      outcome: "misspelled",
      exact: expect.stringMatching(/^\/(metrics|healthz|readyz)$/) as string,
    }),
  );

  it.each([
    "/admin/",
    "/ADMIN",
    "/admin/.data",
    "/Admin.data",
    "/api/webhooks/stripe/",
    "/api/Debug-Checkout",
    "/API/openapi.json",
    "/api//availability",
    "/api/",
  ])("has one spelling in the API and the admin page, too, which is not %s", (target) =>
    expect(readAddress(target).outcome).toBe("misspelled"),
  );

  it.each([
    "/metrics",
    "/metrics?a=/b//c",
    "/admin",
    "/admin.data?_routes=routes%2Fadmin",
    "/api/debug-checkout?checkout_id=cs_A",
    "/api/openapi.json",
  ])("is readable in its exact spelling: %s", (target) => expect(readAddress(target).outcome).toBe("readable"));
});

describe("the path of a page", () => {
  it.each([
    "/",
    "/cart/",
    "/products/Tide%20Mug",
    "/metricsystem",
    "/products/metrics",
    `/products/${"%F0%9F%98%80".repeat(100)}`,
    "/Cart",
  ])("is readable in any spelling: %s", (target) => expect(readAddress(target).outcome).toBe("readable"));

  it("is rejected unread if it is longer, or has more segments, than any page's", () => {
    expect(readAddress(`/${"a".repeat(3_000)}`)).toEqual({ outcome: "too_long" });
    expect(readAddress("/a".repeat(16)).outcome).toBe("readable");
    expect(readAddress("/a".repeat(17))).toEqual({ outcome: "too_long" });
    expect(readAddress("/".repeat(18))).toEqual({ outcome: "too_long" });
    expect(readAddress("\\a".repeat(17))).toEqual({ outcome: "too_long" });
  });

  it("is unreadable if its escapes are not valid UTF-8", () => {
    expect(readAddress("/%E0%A4%A")).toEqual({ outcome: "unreadable" });
  });
});
