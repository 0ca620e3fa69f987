import { fill, newKey, openStore, productOf } from "./memory-calls";
import { heapBytes, short, type Bench } from "./report";

const HOLDS = 1_000_000;

/** Measures the heap bytes per hold, including all indexes and key strings. */
const bench: Bench = async (report) => {
  report(`placing ${HOLDS} holds`);
  const before = heapBytes();
  const store = openStore();
  await fill(store, HOLDS);
  const engine = (heapBytes() - before) / HOLDS;

  report("filling a plain Map of objects");
  const beforeNaive = heapBytes();
  const naive = new Map<string, object>();
  for (let i = 0; i < HOLDS; i += 1) {
    const sessionHash = newKey();
    naive.set(`${sessionHash}:${productOf(i)}`, {
      session: sessionHash,
      productId: productOf(i),
      quantity: 1,
      operationId: newKey(),
      expiresAt: Date.now() + 0.5,
    });
  }
  const objects = (heapBytes() - beforeNaive) / HOLDS;
  // Read last, so that the store is not collected before it is measured.
  const { bytes } = await store.totals();
  return {
    rows: [
      {
        what: "memory per one-line hold, with a million holds",
        target: "≤ 300 bytes",
        measured: `${short(engine)} bytes (own estimate: ${short(bytes / HOLDS)}; ${naive.size.toLocaleString("en")} objects in a Map: ${short(objects)} each)`,
        met: engine <= 300,
      },
    ],
    figures: [],
  };
};

export default bench;
