import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientAddress } from "~/http/client-address";

const from = (forwarded: string | null, hops: number) =>
  clientAddress(new Headers(forwarded === null ? {} : { "X-Forwarded-For": forwarded }), hops);
const known = (...networks: [string, number][]) => ({
  kind: "known",
  networks: networks.map(([id, share]) => ({ id, share })),
});
const smallest = (forwarded: string, hops = 1) => {
  const address = from(forwarded, hops);
  return address.kind === "known" ? address.networks[0]?.id : address.kind;
};

describe("the address of a client", () => {
  it("is unknown if no proxy is trusted, whatever the header says", () => {
    expect(from("203.0.113.7", 0)).toEqual({ kind: "unknown" });
    expect(from(null, 0)).toEqual({ kind: "unknown" });
  });

  it.each([
    null,
    "",
    " ",
    ",",
    "unknown",
    "_hidden",
    "203.0.113.7, unknown",
    "203.0.113.7, ",
    "[2001:db8::7",
    "2001:db8::7]:443",
    "1.2.3.4:",
    "1.2.3:80",
    "0x7f.1",
    "2130706433",
    "010.1.1.1",
    "[1.2.3.4]x",
    "::1::2",
  ])("is unreadable behind a proxy that writes %j", (forwarded) => {
    expect(from(forwarded, 1)).toEqual({ kind: "unreadable" });
  });

  it("is unreadable if the header has fewer entries than there are proxies", () => {
    expect(from("203.0.113.7", 2)).toEqual({ kind: "unreadable" });
  });

  it("is the one that the last trusted proxy saw, not one that the client added", () => {
    expect(smallest("10.9.8.7, 203.0.113.7")).toBe("203.0.113.7");
    expect(smallest("10.9.8.7, 203.0.113.7, 192.0.2.1", 2)).toBe("203.0.113.7");
  });

  it("is read without the port and brackets that some proxies include", () => {
    expect(from("203.0.113.7:5678", 1)).toEqual(from("203.0.113.7", 1));
    for (const written of ["[2001:db8::7]:443", "[2001:db8::7]", "2001:DB8:0::7", "[2001:db8::7%eth0]:443"])
      expect(from(written, 1)).toEqual(from("2001:db8::7", 1));
  });

  it("in IPv6 belongs to a /64, and to a /56 and a /48 with two and eight times the limits, in any notation", () => {
    expect(from("2001:db8:a:1b2c::5", 1)).toEqual(
      known(["20010db8000a1b2c::/64", 1], ["20010db8000a1b::/56", 2], ["20010db8000a::/48", 8]),
    );
    expect(from("2001:0db8:000a:1b2c:ffff::1", 1)).toEqual(from("2001:db8:a:1b2c::5", 1));
    expect(smallest("2001:db8:a:1b2d::5")).not.toBe(smallest("2001:db8:a:1b2c::5"));
  });

  it("is the IPv4 address if that is embedded in an IPv6 one", () => {
    for (const written of ["::ffff:203.0.113.7", "::ffff:cb00:7107", "[::FFFF:203.0.113.7]:80", "64:ff9b::203.0.113.7"])
      expect(from(written, 1)).toEqual(known(["203.0.113.7", 1]));
  });

  it("is known for every valid address", () => {
    const sevens = fc
      .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 })
      .map((groups) => groups.map((group) => group.toString(16)).join(":"));
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), sevens), (address) => {
        expect(isIP(address)).not.toBe(0);
        expect(from(address, 1).kind).toBe("known");
      }),
      { numRuns: 500 },
    );
  });
});
