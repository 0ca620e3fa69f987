import { get } from "node:http";
import { fire } from "./load";
import { figure, percentile, short, type Bench } from "./report";
import { openBenchStore } from "./store";

const STREAMS = 1_000;
const HOLDS = 20;
const WAIT_MS = 30_000;

/** One hold told to a thousand open event streams, again and again. */
const bench: Bench = async (say) => {
  const store = await openBenchStore(say);
  try {
    const [productId = ""] = store.productIds;
    await fire(undefined, { method: "GET", url: `${store.url}/api/availability?product_id=${productId}` });
    const before = await store.figures();
    say(`opening ${STREAMS} streams`);
    const told = new Watchers();
    for (let i = 0; i < STREAMS; i += 1)
      told.open(`${store.url}/api/availability/stream?product_id=${productId}`, `10.0.${i >> 8}.${i & 255}`);
    await told.all(0);
    const after = await store.figures();
    const delays: number[] = [];
    for (let held = 1; held <= HOLDS; held += 1) {
      say(`hold ${held} of ${HOLDS}`);
      const body = JSON.stringify({ items: [{ product_id: productId, quantity: 1 }] });
      const start = performance.now();
      await fire(undefined, {
        method: "POST",
        url: `${store.url}/api/reserve-inventory`,
        headers: { "Content-Type": "application/json" },
        body,
      });
      delays.push(...(await told.all(held)).map((at) => at - start));
    }
    told.close();
    const bytes = (after.heap_bytes - before.heap_bytes) / STREAMS;
    const resident = (after.resident_bytes - before.resident_bytes) / STREAMS;
    return {
      rows: [
        {
          what: `a hold told to all of ${STREAMS.toLocaleString("en")} streams, p99`,
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

/** The streams, and when each of them heard that so many units are held. */
class Watchers {
  readonly #heard: Map<number, number>[] = [];
  readonly #requests: ReturnType<typeof get>[] = [];

  /** From an address of its own: one address may not take all streams. */
  open(url: string, address: string): void {
    const heard = new Map<number, number>();
    this.#heard.push(heard);
    const request = get(url, { agent: false, headers: { "X-Forwarded-For": address } }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        const events = text.split("\n\n");
        text = events.pop() ?? "";
        for (const event of events) {
          const held = /"held":(\d+)/.exec(event)?.[1];
          if (held !== undefined && !heard.has(Number(held))) heard.set(Number(held), performance.now());
        }
      });
      response.on("error", () => undefined);
    });
    request.on("error", () => undefined);
    this.#requests.push(request);
  }

  /** When each stream heard of `held` units. Throws when one never does. */
  async all(held: number): Promise<number[]> {
    const end = performance.now() + WAIT_MS;
    while (this.#heard.some((heard) => !heard.has(held))) {
      if (performance.now() > end)
        throw new Error(
          `${this.#heard.filter((heard) => !heard.has(held)).length} streams never heard of ${held} units`,
        );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.#heard.map((heard) => heard.get(held) ?? Infinity);
  }

  close(): void {
    for (const request of this.#requests) request.destroy();
  }
}
