import { load } from "./load";
import { figure, short, type Bench } from "./report";
import { openBenchStore } from "./store";

const CONNECTIONS = 64;

/** Counts stock queries while 64 connections reserve the same product. */
const bench: Bench = async (report) => {
  const store = await openBenchStore(report);
  try {
    const [productId] = store.productIds;
    const body = JSON.stringify({ items: [{ product_id: productId, quantity: 1 }] });
    const request = () => ({
      method: "POST" as const,
      url: `${store.url}/api/reserve-inventory`,
      headers: { "Content-Type": "application/json" },
      body,
    });
    await load({ connections: CONNECTIONS, milliseconds: 2_000, request });
    const before = await store.figures();
    report(`${CONNECTIONS} connections on one product`);
    const { latencies } = await load({ connections: CONNECTIONS, milliseconds: 8_000, request });
    const after = await store.figures();
    const reads = after.reads - before.reads;
    return {
      rows: [
        {
          what: `concurrent stock queries, ${CONNECTIONS} connections on one product`,
          target: "≤ 1, shared by all waiting requests",
          measured: `${after.most_at_once}; ${short((reads / latencies.length) * 1_000)} queries per 1,000 reserves (${reads} for ${latencies.length})`,
          met: after.most_at_once <= 1,
        },
      ],
      figures: [figure(`reserve of one product, ${CONNECTIONS} connections`, "ms", latencies)],
    };
  } finally {
    await store.close();
  }
};

export default bench;
