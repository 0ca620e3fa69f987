import type { ReservationStore } from "~/reservations/reservation-store";
import { fill, hold, newKey, newKeys, openStore, productOf } from "./memory-calls";
import { NaiveHolds } from "./naive-holds";
import { figure, median, processorMs, short, type Bench, type ReportProgress } from "./report";

const FEW = 1_000;
const MANY = 1_000_000;
const BATCH = 1_000;
const WARM_UP = 50;
const BATCHES = 200;

/**
 * Measures place, confirm and release of one line, compared with a plain Map, and with many live holds.
 * In microseconds of processor time per round.
 */
const bench: Bench = async (report) => {
  // One after another, because live data of one would add to the garbage collection of the other.
  const few = await measure(FEW, report);
  const many = await measure(MANY, report);
  const naive = { few: naiveCalls(FEW, 200), many: naiveCalls(MANY, 5) };

  const speed = median(few.bare) / median(few.engine);
  const growth = median(many.engine) / median(few.engine);
  return {
    rows: [
      {
        what: "place + confirm + release of one line, compared with a plain Map set + delete",
        target: "≥ 0.1 of its speed",
        measured: `${short(speed)} (${short(median(few.engine))} µs vs. ${short(median(few.bare))} µs; three awaited calls that only read the clock: ${short(median(few.floor))} µs)`,
        met: speed >= 0.1,
      },
      {
        what: "the same with 1,000,000 live holds, compared with 1,000",
        target: "≤ 1.5 times as long",
        measured: `${short(growth)} times (plain Map: ${short(median(many.bare) / median(few.bare))}; scanning all holds: ${short(median(naive.many) / median(naive.few))}, ${short(median(naive.many) / 1000)} ms a call)`,
        met: growth <= 1.5,
      },
    ],
    figures: [
      figure("place + confirm + release, 1,000 live holds", "µs", few.engine, BATCH * BATCHES),
      figure("plain Map set + delete, 1,000 entries", "µs", few.bare, BATCH * BATCHES),
      figure("three awaited calls that only read the clock", "µs", few.floor, BATCH * BATCHES),
      figure("place + confirm + release, 1,000,000 live holds", "µs", many.engine, BATCH * BATCHES),
      figure("plain Map set + delete, 1,000,000 entries", "µs", many.bare, BATCH * BATCHES),
      figure("scanning all holds, 1,000 live holds", "µs", naive.few),
      figure("scanning all holds, 1,000,000 live holds", "µs", naive.many),
    ],
  };
};

export default bench;

async function measure(
  live: number,
  report: ReportProgress,
): Promise<{ engine: number[]; bare: number[]; floor: number[] }> {
  report(`placing ${live} holds`);
  // The clock is slowed down a thousand times, so that no hold expires.
  const store = openStore({ now: () => performance.now() / 1_000, wall: () => Date.now() });
  await fill(store, live);
  const map = new Map<string, number>();
  for (let i = 0; i < live; i += 1) map.set(newKey(), i);
  const figures = { engine: [] as number[], bare: [] as number[], floor: [] as number[] };
  for (let batch = 0; batch < WARM_UP + BATCHES; batch += 1) {
    if (batch % 50 === 0) report(`batch ${batch} of ${WARM_UP + BATCHES} at ${live} holds`);
    const engine = await holdAndRelease(store);
    const bare = setAndDelete(map);
    const floor = await threeEmptyCalls();
    if (batch < WARM_UP) continue;
    figures.engine.push(engine);
    figures.bare.push(bare);
    figures.floor.push(floor);
  }
  return figures;
}

async function holdAndRelease(store: ReservationStore): Promise<number> {
  const sessions = newKeys(BATCH);
  const operations = newKeys(BATCH);
  const start = processorMs();
  for (const [i, sessionHash] of sessions.entries()) {
    await hold(store, sessionHash, operations[i] ?? "", productOf(i));
    await store.release({ sessionHash, productIds: "all" });
  }
  return ((processorMs() - start) * 1_000) / BATCH;
}

function setAndDelete(map: Map<string, number>): number {
  const keys = newKeys(BATCH);
  const start = processorMs();
  for (const [i, key] of keys.entries()) {
    map.set(key, i);
    map.delete(key);
  }
  return ((processorMs() - start) * 1_000) / BATCH;
}

/** The minimum cost of three calls of any asynchronous contract with a clock. */
async function threeEmptyCalls(): Promise<number> {
  const call = async (at: number) => ({ at, now: performance.now() });
  const start = processorMs();
  for (let i = 0; i < BATCH; i += 1) {
    await call(i);
    await call(i);
    await call(i);
  }
  return ((processorMs() - start) * 1_000) / BATCH;
}

function naiveCalls(live: number, calls: number): number[] {
  const naive = new NaiveHolds();
  for (let i = 0; i < live; i += 1) {
    const sessionHash = newKey();
    naive.holds.set(sessionHash, { sessionHash, productId: productOf(i), quantity: 1, expiresAt: 1_000 });
  }
  return Array.from({ length: calls }, (_, i) => {
    const sessionHash = newKey();
    const start = performance.now();
    naive.reserve(sessionHash, productOf(i), 1, live, 0);
    naive.release(sessionHash, productOf(i));
    return (performance.now() - start) * 1_000;
  });
}
