import { describe, expect, it } from "vitest";
import { clientAddress } from "~/limits/client-address";

const from = (forwarded: string | null, hops: number) => clientAddress(new Headers(forwarded === null ? {} : { "X-Forwarded-For": forwarded }), hops);

describe("the address of a client", () => {
  it("is unknown where no proxy is trusted, whatever the header says", () => {
    expect(from("203.0.113.7", 0)).toBeNull();
  });

  it("is unknown without the header, with rubbish in it, and with fewer entries than proxies", () => {
    expect(from(null, 1)).toBeNull();
    expect(from("unknown", 1)).toBeNull();
    expect(from("203.0.113.7", 2)).toBeNull();
  });

  it("is what the last trusted proxy saw, not what the client wrote before it", () => {
    expect(from("10.9.8.7, 203.0.113.7", 1)).toBe("203.0.113.7");
    expect(from("10.9.8.7, 203.0.113.7, 192.0.2.1", 2)).toBe("203.0.113.7");
  });

  it("is the same for all of an IPv6 /64, however it is written", () => {
    expect(from("2001:db8:0:1::5", 1)).toBe("2001:db8:0:1::/64");
    expect(from("2001:0db8:0000:0001:ffff::1", 1)).toBe("2001:db8:0:1::/64");
    expect(from("2001:db8:0:2::5", 1)).not.toBe(from("2001:db8:0:1::5", 1));
    expect(from("::1", 1)).toBe("0:0:0:0::/64");
  });

  it("takes an IPv4 address in IPv6 clothes for what it is", () => {
    expect(from("::ffff:203.0.113.7", 1)).toBe("203.0.113.7");
  });
});
