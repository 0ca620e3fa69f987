import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_TOKEN } from "./demo-shop";
import { fuzzedCall } from "./fuzzed-calls";
import { FuzzedShop, type Lie } from "./fuzzed-shop";
import { startStore, type StoreProcess } from "./store-process";

/**
 * Whatever is sent to the API: never a 500, never an answer beside its document, and never a unit held or moved that was not
 * answered so. `FUZZ_RUNS=5000 npx vitest run tests/api/fuzz.test.ts` runs for as long as it takes, `FUZZ_SEED` repeats a run.
 */
const { FUZZ_RUNS, FUZZ_SEED } = process.env;
const SEED = Number(FUZZ_SEED ?? Date.now() % 2 ** 31);
const LONGEST_MS = 15_000;

let store: StoreProcess;

beforeAll(async () => {
  // No hold may lapse meanwhile.
  store = await startStore({
    ADMIN_TOKEN,
    RESERVATION_TTL_SECONDS: "86400",
    RESERVATION_MAX_SECONDS: "604800",
    LOG_LEVEL: "warn",
  });
}, 150_000);

afterAll(() => store.stop());

/** Begins no run after `longestMs`; one that has begun is brought to its end, so that nothing stays held for whoever comes next. */
async function fuzz(
  runs: number,
  lie: Lie | undefined,
  { longestMs = Infinity, ...options }: fc.Parameters<unknown> & { longestMs?: number } = {},
): Promise<FuzzedShop> {
  const shop = new FuzzedShop(store.url, lie);
  const end = performance.now() + longestMs;
  const property = fc.asyncProperty(
    fc.array(fuzzedCall, { minLength: 1, maxLength: 40, size: "medium" }),
    async (calls) => {
      if (performance.now() > end) return;
      await shop.begin();
      try {
        for (const call of calls) await shop.call(call);
        await shop.verify();
      } finally {
        await shop.end();
      }
    },
  );
  await fc.assert(property, { seed: SEED, numRuns: runs, ...options });
  return shop;
}

describe("the API under any call", () => {
  it(
    "answers as it says it does, and holds and moves exactly what it says",
    { timeout: FUZZ_RUNS === undefined ? 120_000 : 0 },
    async () => {
      const bounds = FUZZ_RUNS === undefined ? { longestMs: LONGEST_MS } : {};
      const { seen } = await fuzz(Number(FUZZ_RUNS ?? 1_000), undefined, bounds);
      console.log(`fuzz: seed ${SEED}, answers by status ${JSON.stringify(seen)}`);
      // It gets past the first checks, or else it would show little.
      for (const status of [200, 400]) expect(seen[status], String(status)).toBeGreaterThan(0);
      expect(store.output()).not.toContain('"level":"error"');
    },
  );

  const lies: [string, RegExp, Lie][] = [
    ["a 500 now and then", /^a 500/, (answer) => (answer.status === 404 ? { ...answer, status: 500 } : answer)],
    [
      "a field that no document knows",
      /additional properties/,
      (answer) => ({ ...answer, text: answer.text.replace('"success":true', '"success":true,"more":1') }),
    ],
    [
      "more units than it holds",
      /by (its|the) answers|^oversold/,
      (answer) => ({
        ...answer,
        text: answer.text.replace(/"quantity":(\d)/, (_all, units: string) => `"quantity":${Number(units) + 1}`),
      }),
    ],
    [
      "grants beyond the stock",
      /^oversold/,
      (answer) => ({ ...answer, text: answer.text.replace(/"quantity":[1-9]/, '"quantity":11') }),
    ],
    [
      "a grant as a problem",
      /by (its|the) answers/,
      (answer) =>
        /"remaining":\d/.test(answer.text) && answer.status === 200
          ? { ...answer, status: 422, text: '{"success":false,"error":{"code":"limit_exceeded","message":"No."}}' }
          : answer,
    ],
  ];
  it.each(lies)("is found out where it answers %s", { timeout: 120_000 }, async (_name, words, lie) => {
    await expect(fuzz(1_000, lie, { endOnFailure: true })).rejects.toMatchObject({
      cause: { message: expect.stringMatching(words) as string },
    });
  });
});
