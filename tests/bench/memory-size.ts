import { fill, newKey, openStore, productOf } from "./memory-calls";
import { heapBytes, short, type Bench } from "./report";

const HOLDS = 1_000_000;

/** Bytes of heap that one hold takes, every index and key string included. */
const bench: Bench = async (say) => {
  say(`filling ${HOLDS} holds`);
  const before = heapBytes();
  const store = openStore();
  await fill(store, HOLDS);
  const engine = (heapBytes() - before) / HOLDS;

  say("filling a bare map of objects");
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
  // Asked last, so that nothing is collected before it was weighed.
  const { bytes } = await store.totals();
  return {
    rows: [
      {
        what: "memory of a one-line hold, at a million",
        target: "≤ 300 bytes",
        measured: `${short(engine)} bytes (it estimates itself at ${short(bytes / HOLDS)}; ${naive.size.toLocaleString("en")} objects in a Map: ${short(objects)} each)`,
        met: engine <= 300,
      },
    ],
    figures: [],
  };
};

export default bench;
