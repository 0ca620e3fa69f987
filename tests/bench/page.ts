import { alternate, load } from "./load";
import { figure, median, short, type Bench } from "./report";
import { openBenchStore, PRODUCTS } from "./store";

const ROUNDS = 8;
const ROUND_MS = 2_500;
const CONNECTIONS = 16;

/** Compares `/` with the same page whose loader runs only the catalog query. */
const bench: Bench = async (report) => {
  const store = await openBenchStore(report);
  try {
    const loadOf = (path: string) => () =>
      load({
        connections: CONNECTIONS,
        milliseconds: ROUND_MS,
        request: () => ({ method: "GET", url: store.url + path }),
      });
    report("warming up");
    await alternate(2, loadOf("/"), loadOf("/bench/products"));
    report(`${ROUNDS} rounds`);
    const { one, other } = await alternate(ROUNDS, loadOf("/"), loadOf("/bench/products"));
    const ratio = median(one.map(({ perSecond }, i) => perSecond / (other[i]?.perSecond ?? Infinity)));
    return {
      rows: [
        {
          what: `/ with ${PRODUCTS} products and live availability, ${CONNECTIONS} connections, compared with the catalog query alone`,
          target: "≥ 0.8 of its rate",
          measured: `${short(ratio)} (${short(median(one.map(({ perSecond }) => perSecond)))} per second)`,
          met: ratio >= 0.8,
        },
      ],
      figures: [
        figure(
          "/ with live availability",
          "ms",
          one.flatMap(({ latencies }) => latencies),
        ),
        figure(
          "the catalog query alone",
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
