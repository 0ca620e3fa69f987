import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSideBySide, type Page, type Slice } from "~/checkout/stripe/read-side-by-side";
import { createVirtualTime } from "../virtual-time";

interface Order {
  readonly id: string;
  readonly createdAt: number;
}

const DAY_S = 86_400;
const NOW_S = 1_780_000_000;
const SINCE_S = NOW_S - 4 * DAY_S;

/** Stripe's list, newest first, of orders created at these epoch seconds. */
function stripeWith(seconds: readonly number[], pageSize = 100) {
  const all: Order[] = seconds
    .map((second, n) => ({ id: `cs_${n}`, createdAt: second * 1000 }))
    .sort((one, other) => other.createdAt - one.createdAt);
  let requests = 0;
  return {
    all,
    requests: () => requests,
    read: async ({ since, until, after }: Slice): Promise<Page<Order>> => {
      requests += 1;
      const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
      const rest = all
        .slice(start)
        .filter(({ createdAt }) => createdAt >= since * 1000 && createdAt <= (until ?? Infinity) * 1000);
      return { items: rest.slice(0, pageSize), hasMore: rest.length > pageSize };
    },
  };
}

async function readAll(
  stripe: ReturnType<typeof stripeWith>,
  since: number,
  lanes: number,
  read = stripe.read,
): Promise<string[]> {
  const visited: string[] = [];
  await readSideBySide({ since, lanes }, read, ({ id }) => visited.push(id));
  return visited.sort();
}

const idsOf = (orders: readonly Order[]) => orders.map(({ id }) => id).sort();

describe("reading a list in parallel", () => {
  const orders = fc.array(fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 2_000, max: 2_020 })), {
    maxLength: 120,
  });
  const lanes = fc.integer({ min: 1, max: 9 });
  const pageSize = fc.integer({ min: 1, max: 7 });

  it("visits each item once, however the items are distributed", async () => {
    await fc.assert(
      fc.asyncProperty(orders, lanes, pageSize, async (seconds, many, size) => {
        const stripe = stripeWith(seconds, size);
        expect(await readAll(stripe, 0, many)).toEqual(idsOf(stripe.all));
      }),
      { numRuns: 300 },
    );
  });

  it("would miss items if slices did not share a second (negative control)", async () => {
    const check = fc.asyncProperty(orders, lanes, pageSize, async (seconds, many, size) => {
      const stripe = stripeWith(seconds, size);
      const apart = (slice: Slice) => stripe.read({ ...slice, until: slice.until === null ? null : slice.until - 2 });
      expect(await readAll(stripe, 0, many, apart)).toEqual(idsOf(stripe.all));
    });
    // About one run in fifty misses an item; this seed always does.
    await expect(fc.assert(check, { numRuns: 300, seed: 35 })).rejects.toThrow();
  });

  it("fails with the first page that cannot be read, and requests no other", async () => {
    const stripe = stripeWith(Array.from({ length: 5_000 }, (_, n) => SINCE_S + n * 60));
    const read = (slice: Slice) =>
      stripe.requests() === 5 ? Promise.reject(new Error("no answer")) : stripe.read(slice);
    await expect(readAll(stripe, SINCE_S, 4, read)).rejects.toThrow("no answer");
    expect(stripe.requests()).toBe(5);
  });

  const steady = Array.from({ length: 10_000 }, (_, n) => SINCE_S + Math.floor((n * 4 * DAY_S) / 10_000));
  const rush = Array.from({ length: 10_000 }, (_, n) => NOW_S - 2 * DAY_S + Math.floor((n * 3_600) / 10_000));

  it.each([
    ["steadily over four days", steady, 5_000],
    ["in one hour two days ago", rush, 5_500],
  ])(
    "is five times as fast for 10,000 orders placed %s, at 250 ms per page and 25 pages per second",
    async (_name, seconds, atMostMs) => {
      const time = createVirtualTime();
      const stripe = stripeWith(seconds);
      const read = async (slice: Slice) => {
        await time.turn(25);
        await time.wait(250);
        return stripe.read(slice);
      };

      const tookMs = await time.run(readAll(stripe, SINCE_S, 8, read).then((ids) => expect(ids).toHaveLength(10_000)));
      expect(tookMs).toBeLessThan(atMostMs);
      expect(stripe.requests()).toBeLessThan(125);

      const oneByOne = createVirtualTime();
      const slow = async (slice: Slice) => {
        await oneByOne.wait(250);
        return stripe.read(slice);
      };
      expect(await oneByOne.run(readAll(stripe, SINCE_S, 1, slow))).toBeGreaterThan(24_000);
    },
  );
});
