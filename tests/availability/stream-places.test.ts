import { describe, expect, it } from "vitest";
import { createStreamPlaces, type StreamPlaces } from "~/availability/stream-places";
import { clientAddress, type ClientAddress } from "~/http/client-address";

const UNKNOWN: ClientAddress = { kind: "unknown" };
const at = (address: string) => clientAddress(new Headers({ "X-Forwarded-For": address }), 1);

function takeMany(places: StreamPlaces, count: number, client: (i: number) => Parameters<StreamPlaces["take"]>[0]) {
  return Array.from({ length: count }, (_, i) => places.take(client(i))).filter((place) => place !== null);
}

describe("stream places", () => {
  it("are eight per session, from any address", () => {
    const places = createStreamPlaces();
    expect(
      takeMany(places, 20, (i) => ({ sessionHash: "me", address: i % 2 === 0 ? at("203.0.113.7") : UNKNOWN })),
    ).toHaveLength(8);
    expect(places.take({ sessionHash: "you", address: at("203.0.113.7") })).not.toBeNull();
  });

  it("are 250 per address, in any number of sessions", () => {
    const places = createStreamPlaces();
    expect(
      takeMany(places, 2_000, (i) => ({ sessionHash: i % 3 === 0 ? null : `s${i}`, address: at("203.0.113.7") })),
    ).toHaveLength(250);
    expect(places.take({ sessionHash: "you", address: at("203.0.113.8") })).not.toBeNull();
    expect(places.take({ sessionHash: "you", address: UNKNOWN })).not.toBeNull();
  });

  it("are 250 for all clients with neither session nor address, apart from shoppers", () => {
    const places = createStreamPlaces();
    expect(takeMany(places, 2_000, () => ({ sessionHash: null, address: UNKNOWN }))).toHaveLength(250);
    expect(places.take({ sessionHash: "you", address: UNKNOWN })).not.toBeNull();
  });

  it("are freed once when returned", () => {
    const places = createStreamPlaces();
    const [first, ...others] = takeMany(places, 8, () => ({ sessionHash: "me", address: at("203.0.113.7") }));
    first?.();
    first?.();
    expect(takeMany(places, 20, () => ({ sessionHash: "me", address: at("203.0.113.7") }))).toHaveLength(1);
    for (const giveBack of others) giveBack();
    expect(takeMany(places, 20, () => ({ sessionHash: "me", address: at("203.0.113.7") }))).toHaveLength(7);
  });

  it("that were refused do not count", () => {
    const places = createStreamPlaces();
    takeMany(places, 250, () => ({ sessionHash: null, address: at("203.0.113.7") }));
    expect(takeMany(places, 20, () => ({ sessionHash: "me", address: at("203.0.113.7") }))).toHaveLength(0);
    expect(takeMany(places, 20, () => ({ sessionHash: "me", address: at("203.0.113.8") }))).toHaveLength(8);
  });
});
