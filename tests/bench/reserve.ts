import { inTurns, load, type Shot } from "./load";
import { figure, median, short, type Bench, type Figure, type Row } from "./report";
import { openBenchStore } from "./store";

const ROUNDS = 6;
const ROUND_MS = 2_500;

/** `POST /api/reserve-inventory` of one line by ever new shoppers, against an action that reads the same row and holds nothing. */
const bench: Bench = async (say) => {
  const store = await openBenchStore(say);
  try {
    let next = 0;
    const shot = (path: string) => (): Shot => ({
      method: "POST",
      url: store.url + path,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        items: [{ product_id: store.productIds[next++ % store.productIds.length], quantity: 1 }],
      }),
    });
    const fire = (path: string, connections: number) => () =>
      load({ connections, milliseconds: ROUND_MS, shot: shot(path) });
    const rows: Row[] = [];
    const figures: Figure[] = [];
    say("warming up");
    await inTurns(2, fire("/api/reserve-inventory", 16), fire("/bench/read", 16));
    for (const connections of [1, 16, 64]) {
      say(`${connections} connections`);
      const { one, other } = await inTurns(
        ROUNDS,
        fire("/api/reserve-inventory", connections),
        fire("/bench/read", connections),
      );
      const reserve = one.flatMap(({ latencies }) => latencies);
      const action = other.flatMap(({ latencies }) => latencies);
      figures.push(
        figure(`reserve, ${connections} connections`, "ms", reserve),
        figure(`the bare action, ${connections} connections`, "ms", action),
      );
      if (connections === 1) {
        const took = median(reserve);
        // What such an action takes is nearly all round trip.
        const most = median(action) * 2 * 1.1;
        rows.push({
          what: "reserve over HTTP, 1 connection",
          target: "≤ the bare action + one database round trip + 10 %",
          measured: `${short(took)} ms to ${short(median(action))} ms for the action alone`,
          met: took <= most,
        });
        continue;
      }
      const ratio = median(one.map(({ perSecond }, i) => perSecond / (other[i]?.perSecond ?? Infinity)));
      const rate = median(one.map(({ perSecond }) => perSecond));
      rows.push({
        what: `reserve over HTTP, ${connections} connections, against an action that makes the same read`,
        target: "≥ 0.8 of its rate",
        measured: `${short(ratio)} (${short(rate)} a second)`,
        met: ratio >= 0.8,
      });
    }
    return { rows, figures };
  } finally {
    await store.close();
  }
};

export default bench;
