import { describe, expect, it } from "vitest";
import type { AvailabilityFeed, Viewer } from "~/availability/availability-feed.server";
import { availabilityEvents } from "~/availability/event-stream.server";
import { readProduct, readProducts } from "~/availability/live-product";

const MUG = {
  product_id: "mug",
  inventory: 5,
  held: 2,
  available: 3,
  held_by_you: 0,
  next_release_at: "2026-01-01T14:32:10.000Z",
};

function open() {
  const state: { viewer: Viewer | null; stopped: number } = { viewer: null, stopped: 0 };
  const feed: AvailabilityFeed = {
    watch(viewer) {
      state.viewer = viewer;
      return () => void (state.stopped += 1);
    },
    end: () => undefined,
  };
  const connection = { close: () => {} };
  const response = availabilityEvents(
    feed,
    { sessionHash: null, productIds: ["mug"] },
    (then) => void (connection.close = then),
  );
  if (response === null || response.body === null || state.viewer === null) throw new Error("no stream");
  const reader = response.body.getReader();
  const next = async () => new TextDecoder().decode((await reader.read()).value);
  return { viewer: state.viewer, response, reader, next, state, connection };
}

describe("the event stream", () => {
  it("is neither cached nor compressed", () => {
    const { response } = open();
    expect(response.headers.get("Content-Type")).toMatch(/^text\/event-stream/);
    expect(response.headers.get("Cache-Control")).toBe("no-store, no-transform");
  });

  it("writes events that the page's parser reads, and comments that it ignores", async () => {
    const { viewer, next } = open();
    viewer.send(MUG);
    viewer.beat();
    expect(await next()).toMatch(/^retry: \d+\n/);
    const event = await next();
    expect(event).toMatch(/^event: availability\ndata: .*\n\n$/);
    const product = {
      id: "mug",
      onHand: 5,
      available: 3,
      heldByYou: 0,
      nextReleaseAt: Date.parse(MUG.next_release_at),
    };
    expect(readProduct(event.split("data: ")[1])).toEqual(product);
    expect(readProducts(JSON.stringify({ products: [MUG] }))).toEqual([product]);
    expect(await next()).toMatch(/^: .*\n\n$/);
  });

  it.each(["", "{", "null", "7", '{"products":[{}]}', '{"product_id":"mug"}'])("ignores %j", (text) => {
    expect(readProduct(text)).toBeNull();
    expect(readProducts(text)).toEqual([]);
  });

  it("ends when the server shuts down", async () => {
    const { viewer, reader } = open();
    viewer.end();
    await reader.read();
    expect((await reader.read()).done).toBe(true);
  });

  it.each(["closes the connection", "cancels"])("stops watching once when the reader %s", async (how) => {
    const { reader, connection, state } = open();
    if (how === "cancels") await reader.cancel();
    connection.close();
    expect(state.stopped).toBe(1);
  });

  it("stops for a reader that does not read", () => {
    const { viewer, state } = open();
    for (let sent = 0; sent < 2_000; sent += 1) viewer.send(MUG);
    expect(state.stopped).toBe(1);
  });

  it("does not start if the feed accepts no viewer", () => {
    const full: AvailabilityFeed = { watch: () => null, end: () => undefined };
    expect(availabilityEvents(full, { sessionHash: null, productIds: ["mug"] }, () => undefined)).toBeNull();
  });
});
