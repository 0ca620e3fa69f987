import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_TOKEN } from "./demo-shop";
import { fuzzedCall } from "./fuzzed-calls";
import { FuzzedShop, type Tamper } from "./fuzzed-shop";
import { startStore, type StoreProcess } from "./store-process";

/**
 * Fuzzes the API. There must be no 500, no undocumented response, and no unit held or moved other than reported.
 * Long run without a time limit: `FUZZ_RUNS=5000 npx vitest run tests/api/fuzz.test.ts`. `FUZZ_SEED` repeats a run.
 */
const { FUZZ_RUNS, FUZZ_SEED } = process.env;
const SEED = Number(FUZZ_SEED ?? Date.now() % 2 ** 31);
const LONGEST_MS = 15_000;

let store: StoreProcess;

beforeAll(async () => {
  // No hold may expire during the test.
  store = await startStore({
    ADMIN_TOKEN,
    RESERVATION_TTL_SECONDS: "86400",
    RESERVATION_MAX_SECONDS: "604800",
    LOG_LEVEL: "warn",
  });
}, 300_000);

afterAll(() => store.stop());

/** Starts no run after `longestMs`. Every started run is finished, so that nothing stays held for the next test. */
async function fuzz(
  runs: number,
  tamper: Tamper | undefined,
  { longestMs = Infinity, ...options }: fc.Parameters<unknown> & { longestMs?: number } = {},
): Promise<FuzzedShop> {
  const shop = new FuzzedShop(store.url, tamper);
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

describe("the fuzzed API", () => {
  it(
    "responds as documented, and holds and moves exactly what it reports",
    { timeout: FUZZ_RUNS === undefined ? 120_000 : 0 },
    async () => {
      const bounds = FUZZ_RUNS === undefined ? { longestMs: LONGEST_MS } : {};
      const { seen } = await fuzz(Number(FUZZ_RUNS ?? 1_000), undefined, bounds);
      console.log(`fuzz: seed ${SEED}, responses by status ${JSON.stringify(seen)}`);
      // Proves that calls get past the first checks.
      for (const status of [200, 400]) expect(seen[status], String(status)).toBeGreaterThan(0);
      expect(store.output()).not.toContain('"level":"error"');
    },
  );

  const tamperings: [string, RegExp, Tamper][] = [
    ["an occasional 500", /^a 500/, (response) => (response.status === 404 ? { ...response, status: 500 } : response)],
    [
      "an undocumented field",
      /additional properties/,
      (response) => ({ ...response, text: response.text.replace('"success":true', '"success":true,"more":1') }),
    ],
    [
      "more units than are held",
      /by the responses|^oversold/,
      (response) => ({
        ...response,
        text: response.text.replace(/"quantity":(\d)/, (_all, units: string) => `"quantity":${Number(units) + 1}`),
      }),
    ],
    [
      "a grant beyond the stock",
      /^oversold/,
      (response) => ({ ...response, text: response.text.replace(/"quantity":[1-9]/, '"quantity":11') }),
    ],
    [
      "an error instead of a grant",
      /by the responses/,
      (response) =>
        /"remaining":\d/.test(response.text) && response.status === 200
          ? { ...response, status: 422, text: '{"success":false,"error":{"code":"limit_exceeded","message":"No."}}' }
          : response,
    ],
  ];
  it.each(tamperings)(
    "is caught reporting %s (negative control)",
    { timeout: 120_000 },
    async (_name, message, tamper) => {
      await expect(fuzz(1_000, tamper, { endOnFailure: true })).rejects.toMatchObject({
        cause: { message: expect.stringMatching(message) as string },
      });
    },
  );
});
