import { get } from "node:http";
import { send } from "./load";
import { figure, percentile, short, type Bench } from "./report";
import { openBenchStore } from "./store";

const STREAMS = 1_000;
const HOLDS = 20;
const WAIT_MS = 30_000;

/** Measures how long it takes until a hold is announced on 1,000 open event streams. */
const bench: Bench = async (report) => {
  const store = await openBenchStore(report);
  try {
    const [productId = ""] = store.productIds;
    await send(undefined, { method: "GET", url: `${store.url}/api/availability?product_id=${productId}` });
    const before = await store.figures();
    report(`opening ${STREAMS} streams`);
    const watchers = new Watchers();
    for (let i = 0; i < STREAMS; i += 1)
      watchers.open(`${store.url}/api/availability/stream?product_id=${productId}`, `10.0.${i >> 8}.${i & 255}`);
    await watchers.received(0);
    const after = await store.figures();
    const delays: number[] = [];
    for (let held = 1; held <= HOLDS; held += 1) {
      report(`hold ${held} of ${HOLDS}`);
      const body = JSON.stringify({ items: [{ product_id: productId, quantity: 1 }] });
      const start = performance.now();
      await send(undefined, {
        method: "POST",
        url: `${store.url}/api/reserve-inventory`,
        headers: { "Content-Type": "application/json" },
        body,
      });
      delays.push(...(await watchers.received(held)).map((at) => at - start));
    }
    watchers.close();
    const bytes = (after.heap_bytes - before.heap_bytes) / STREAMS;
    const resident = (after.resident_bytes - before.resident_bytes) / STREAMS;
    return {
      rows: [
        {
          what: `a hold announced on ${STREAMS.toLocaleString("en")} streams, p99`,
          target: "≤ 1 s",
          measured: `${short(percentile(delays, 0.99))} ms; a stream takes ${short(bytes / 1_000)} kB of heap (resident: ${short(resident / 1_000)} kB)`,
          met: percentile(delays, 0.99) <= 1_000,
        },
      ],
      figures: [figure("from sending a reserve to its event on a stream", "ms", delays)],
    };
  } finally {
    await store.close();
  }
};

export default bench;

/** Event streams, with the time at which each reported a number of held units. */
class Watchers {
  readonly #timesByHeld: Map<number, number>[] = [];
  readonly #requests: ReturnType<typeof get>[] = [];

  /** Opens a stream from its own client address, since the number of streams per address is limited. */
  open(url: string, address: string): void {
    const times = new Map<number, number>();
    this.#timesByHeld.push(times);
    const request = get(url, { agent: false, headers: { "X-Forwarded-For": address } }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        const events = text.split("\n\n");
        text = events.pop() ?? "";
        for (const event of events) {
          const held = /"held":(\d+)/.exec(event)?.[1];
          if (held !== undefined && !times.has(Number(held))) times.set(Number(held), performance.now());
        }
      });
      response.on("error", () => undefined);
    });
    request.on("error", () => undefined);
    this.#requests.push(request);
  }

  /** The time at which each stream reported `held` units. Throws if one does not within `WAIT_MS`. */
  async received(held: number): Promise<number[]> {
    const end = performance.now() + WAIT_MS;
    while (this.#timesByHeld.some((times) => !times.has(held))) {
      if (performance.now() > end)
        throw new Error(
          `${this.#timesByHeld.filter((times) => !times.has(held)).length} streams never reported ${held} held units`,
        );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.#timesByHeld.map((times) => times.get(held) ?? Infinity);
  }

  close(): void {
    for (const request of this.#requests) request.destroy();
  }
}
