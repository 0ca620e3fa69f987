import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LiveProduct } from "~/availability/live-product";
import { watchAvailability } from "~/availability/watch-availability";

/** A fake of the browser's EventSource. */
class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static opened: Stream[] = [];
  readonly url: string;
  readyState = 1;

  constructor(url: string) {
    super();
    this.url = url;
    Stream.opened.push(this);
  }

  close(): void {
    this.readyState = Stream.CLOSED;
  }

  send(available: number): void {
    this.dispatchEvent(new MessageEvent("availability", { data: JSON.stringify(figures(available)) }));
  }

  /** Simulates a response that is not a stream. */
  refuse(): void {
    this.readyState = Stream.CLOSED;
    this.dispatchEvent(new Event("error"));
  }
}

class FakePage extends EventTarget {
  visibilityState: "visible" | "hidden" = "visible";

  turn(state: "visible" | "hidden"): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

function figures(available: number) {
  return { product_id: "mug", inventory: 9, available, held_by_you: 0, next_release_at: null };
}

let page: FakePage;
let frame: EventTarget;
let asked: string[];
let answer: () => Promise<Response>;
let received: LiveProduct[];
let returns: number;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  page = new FakePage();
  frame = new EventTarget();
  Stream.opened = [];
  asked = [];
  received = [];
  returns = 0;
  answer = () => Promise.resolve(Response.json({ products: [figures(7)] }));
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", frame);
  vi.stubGlobal("EventSource", Stream);
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    return answer();
  });
  stop = watchAvailability({
    productIds: ["mug", "a&b"],
    onProduct: (product) => received.push(product),
    onReturn: () => (returns += 1),
  });
});

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function streams() {
  return {
    opened: Stream.opened.length,
    open: Stream.opened.filter(({ readyState }) => readyState !== Stream.CLOSED).length,
  };
}

function newest(): Stream {
  const stream = Stream.opened.at(-1);
  if (stream === undefined) throw new Error("no stream was opened");
  return stream;
}

function showAgain(persisted: boolean): void {
  frame.dispatchEvent(Object.assign(new Event("pageshow"), { persisted }));
}

describe("watching products", () => {
  it("opens one stream for the products and passes events on", () => {
    expect(streams()).toEqual({ opened: 1, open: 1 });
    expect(newest().url).toBe("/api/availability/stream?product_id=mug&product_id=a%26b");
    newest().send(3);
    expect(received).toEqual([{ id: "mug", onHand: 9, available: 3, heldByYou: 0, nextReleaseAt: null }]);
    expect(returns).toBe(0);
  });

  it("ignores events that it cannot read", () => {
    newest().dispatchEvent(new MessageEvent("availability", { data: "<html>" }));
    newest().dispatchEvent(
      new MessageEvent("availability", { data: JSON.stringify({ product_id: "mug", inventory: "9" }) }),
    );
    expect(received).toEqual([]);
  });

  it("ends for good when it is stopped", async () => {
    newest().refuse();
    stop();
    asked = [];
    page.turn("hidden");
    page.turn("visible");
    showAgain(true);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(streams()).toEqual({ opened: 1, open: 0 });
    expect(asked).toEqual([]);
  });
});

describe("without a working stream", () => {
  it("polls when the stream is rejected, and retries the stream after a minute", async () => {
    newest().refuse();
    await vi.advanceTimersByTimeAsync(8_001);
    expect(asked).toEqual(Array.from({ length: 3 }, () => "/api/availability?product_id=mug&product_id=a%26b"));
    expect(received.at(-1)).toMatchObject({ available: 7 });
    await vi.advanceTimersByTimeAsync(52_000);
    expect(streams()).toEqual({ opened: 2, open: 1 });
    asked = [];
    newest().send(2);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked).toEqual([]);
  });

  it("polls when a new stream stays silent, but not once it has sent something", async () => {
    newest().send(5);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toEqual([]);
    page.turn("hidden");
    page.turn("visible");
    await vi.advanceTimersByTimeAsync(6_001);
    expect(asked).toHaveLength(1);
    expect(streams().open).toBe(0);
  });

  it("leaves a stream alone that reconnects by itself", async () => {
    newest().send(5);
    newest().readyState = 0;
    newest().dispatchEvent(new Event("error"));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toEqual([]);
    expect(streams()).toEqual({ opened: 1, open: 1 });
  });

  it("keeps the numbers during an outage and tries again in the next round", async () => {
    answer = () => Promise.reject(new TypeError("Failed to fetch"));
    newest().refuse();
    await vi.advanceTimersByTimeAsync(4_001);
    answer = () => Promise.resolve(new Response("busy", { status: 503 }));
    await vi.advanceTimersByTimeAsync(4_000);
    expect(received).toEqual([]);
    answer = () => Promise.resolve(Response.json({ products: [figures(1)] }));
    await vi.advanceTimersByTimeAsync(4_000);
    expect(received).toHaveLength(1);
  });
});

describe("a page that was hidden or asleep", () => {
  it("is updated only while visible, and reloaded once the server has responded", () => {
    newest().send(5);
    page.turn("hidden");
    expect(streams().open).toBe(0);
    page.turn("visible");
    expect(streams()).toEqual({ opened: 2, open: 1 });
    expect(returns).toBe(0);
    newest().send(5);
    newest().send(4);
    expect(returns).toBe(1);
  });

  it("is reloaded when it returns from the back-forward cache, but not on its first view", () => {
    showAgain(false);
    expect(streams().opened).toBe(1);
    frame.dispatchEvent(new Event("pagehide"));
    expect(streams().open).toBe(0);
    showAgain(true);
    newest().send(5);
    expect(returns).toBe(1);
  });

  it("notices that the machine was asleep, without mistaking ordinary pauses for it", async () => {
    newest().send(5);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(streams().opened).toBe(1);
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(streams()).toEqual({ opened: 2, open: 1 });
    newest().send(5);
    expect(returns).toBe(1);
  });

  it("is not updated when it wakes up hidden", async () => {
    page.turn("hidden");
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(streams().open).toBe(0);
  });
});
