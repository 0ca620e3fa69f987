import { load } from "./load";
import { figure, short, type Bench } from "./report";
import { openBenchStore } from "./store";

const CONNECTIONS = 64;

/** How many queries 64 connections that all want the same product cost. */
const bench: Bench = async (say) => {
  const store = await openBenchStore(say);
  try {
    const [productId] = store.productIds;
    const body = JSON.stringify({ items: [{ product_id: productId, quantity: 1 }] });
    const shot = () => ({
      method: "POST" as const,
      url: `${store.url}/api/reserve-inventory`,
      headers: { "Content-Type": "application/json" },
      body,
    });
    await load({ connections: CONNECTIONS, milliseconds: 2_000, shot });
    const before = await store.figures();
    say(`${CONNECTIONS} connections on one product`);
    const { latencies } = await load({ connections: CONNECTIONS, milliseconds: 8_000, shot });
    const after = await store.figures();
    const reads = after.reads - before.reads;
    return {
      rows: [
        {
          what: `stock queries under way at once, ${CONNECTIONS} connections on one product`,
          target: "≤ 1, shared by all who wait",
          measured: `${after.most_at_once}; ${short((reads / latencies.length) * 1_000)} queries for 1,000 reserves (${reads} for ${latencies.length})`,
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
