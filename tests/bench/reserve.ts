import { alternate, load, type LoadRequest } from "./load";
import { figure, median, short, type Bench, type Figure, type Row } from "./report";
import { openBenchStore } from "./store";

const ROUNDS = 6;
const ROUND_MS = 2_500;

/** Compares reserving one line over HTTP, each by a new shopper, with an action that only reads the same row. */
const bench: Bench = async (report) => {
  const store = await openBenchStore(report);
  try {
    let next = 0;
    const request = (path: string) => (): LoadRequest => ({
      method: "POST",
      url: store.url + path,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        items: [{ product_id: store.productIds[next++ % store.productIds.length], quantity: 1 }],
      }),
    });
    const loadOf = (path: string, connections: number) => () =>
      load({ connections, milliseconds: ROUND_MS, request: request(path) });
    const rows: Row[] = [];
    const figures: Figure[] = [];
    report("warming up");
    await alternate(2, loadOf("/api/reserve-inventory", 16), loadOf("/bench/read", 16));
    for (const connections of [1, 16, 64]) {
      report(`${connections} connections`);
      const { one, other } = await alternate(
        ROUNDS,
        loadOf("/api/reserve-inventory", connections),
        loadOf("/bench/read", connections),
      );
      const reserve = one.flatMap(({ latencies }) => latencies);
      const action = other.flatMap(({ latencies }) => latencies);
      figures.push(
        figure(`reserve, ${connections} connections`, "ms", reserve),
        figure(`the bare action, ${connections} connections`, "ms", action),
      );
      if (connections === 1) {
        const duration = median(reserve);
        // The bare action's time is almost entirely one database round trip.
        const limit = median(action) * 2 * 1.1;
        rows.push({
          what: "reserve over HTTP, 1 connection",
          target: "≤ bare action + one database round trip + 10%",
          measured: `${short(duration)} ms vs. ${short(median(action))} ms for the bare action`,
          met: duration <= limit,
        });
        continue;
      }
      const ratio = median(one.map(({ perSecond }, i) => perSecond / (other[i]?.perSecond ?? Infinity)));
      const rate = median(one.map(({ perSecond }) => perSecond));
      rows.push({
        what: `reserve over HTTP, ${connections} connections, compared with an action that makes the same read`,
        target: "≥ 0.8 of its rate",
        measured: `${short(ratio)} (${short(rate)} per second)`,
        met: ratio >= 0.8,
      });
    }
    return { rows, figures };
  } finally {
    await store.close();
  }
};

export default bench;
