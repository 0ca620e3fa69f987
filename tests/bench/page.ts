import { inTurns, load } from "./load";
import { figure, median, short, type Bench } from "./report";
import { openBenchStore, PRODUCTS } from "./store";

const ROUNDS = 8;
const ROUND_MS = 2_500;
const CONNECTIONS = 16;

/** `/` with live numbers, against the same page whose loader makes only the query of the catalogue. */
const bench: Bench = async (say) => {
  const store = await openBenchStore(say);
  try {
    const fire = (path: string) => () =>
      load({
        connections: CONNECTIONS,
        milliseconds: ROUND_MS,
        shot: () => ({ method: "GET", url: store.url + path }),
      });
    say("warming up");
    await inTurns(2, fire("/"), fire("/bench/products"));
    say(`${ROUNDS} rounds`);
    const { one, other } = await inTurns(ROUNDS, fire("/"), fire("/bench/products"));
    const ratio = median(one.map(({ perSecond }, i) => perSecond / (other[i]?.perSecond ?? Infinity)));
    return {
      rows: [
        {
          what: `/ with ${PRODUCTS} products and live numbers, ${CONNECTIONS} connections, against the catalogue's query alone`,
          target: "≥ 0.8 of its rate",
          measured: `${short(ratio)} (${short(median(one.map(({ perSecond }) => perSecond)))} a second)`,
          met: ratio >= 0.8,
        },
      ],
      figures: [
        figure(
          "/ with live numbers",
          "ms",
          one.flatMap(({ latencies }) => latencies),
        ),
        figure(
          "the page of the catalogue alone",
          "ms",
          other.flatMap(({ latencies }) => latencies),
        ),
      ],
    };
  } finally {
    await store.close();
  }
};

export default bench;
