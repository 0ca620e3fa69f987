import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Stock } from "~/catalog/catalog";
import { createDisplayRead } from "~/catalog/display-read";
import { createSharedRead } from "~/catalog/shared-stock-read";
import { UnavailableError } from "~/errors";

const MUG = { name: "Mug", inventory: 5, active: true, version: null };
/** Like the catalog's queries: lists of 100 ids, four at a time, 30 ms each. */
const LIST_MS = 30;

let asked: string[] = [];
async function read(ids: readonly string[]): Promise<Stock> {
  asked.push(...ids);
  await new Promise((resolve) => setTimeout(resolve, Math.ceil(ids.length / 400) * LIST_MS));
  return new Map(ids.filter((id) => id === "mug").map((id) => [id, MUG]));
}
const displayRead = (maxPending?: number) =>
  createDisplayRead({ read, now: () => Date.now(), ...(maxPending === undefined ? {} : { maxPending }) });

beforeEach(() => {
  asked = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

/** The longest of five waits of an add for its stock, in ms, while 20 concurrent calls look up 100 made-up ids each. */
async function slowestAdd(readers: {
  readonly add: (ids: readonly string[]) => Promise<Stock>;
  readonly look: (ids: readonly string[]) => Promise<Stock>;
}): Promise<number> {
  let flooding = true;
  let made = 0;
  const flood = Array.from({ length: 20 }, async () => {
    while (flooding) {
      await readers
        .look(Array.from({ length: 100 }, () => `made-up-${(made += 1)}`))
        .catch(() => new Promise((resolve) => setTimeout(resolve, 50)));
    }
  });
  let slowest = 0;
  for (let add = 0; add < 5; add += 1) {
    await vi.advanceTimersByTimeAsync(7);
    const since = Date.now();
    const answered = readers.add(["mug"]).then(() => Date.now() - since);
    await vi.advanceTimersByTimeAsync(500);
    slowest = Math.max(slowest, await answered);
  }
  flooding = false;
  await vi.advanceTimersByTimeAsync(1_000);
  await Promise.all(flood);
  return slowest;
}

describe("an add during a flood of lookups", () => {
  it("waits only for its own read", async () => {
    expect(await slowestAdd({ add: createSharedRead(read), look: displayRead() })).toBeLessThanOrEqual(2 * LIST_MS);
  });

  it("waits for other people's lookups if both share one read (negative control)", async () => {
    const shared = createSharedRead(read);
    expect(await slowestAdd({ add: shared, look: shared })).toBeGreaterThan(5 * LIST_MS);
  });
});

describe("a display read", () => {
  it("looks up an id without a row once in five seconds", async () => {
    const look = displayRead();
    const lookAt = async () => {
      const answer = look(["mug", "gone"]);
      await vi.advanceTimersByTimeAsync(LIST_MS);
      return [...(await answer).keys()];
    };
    expect(await lookAt()).toEqual(["mug"]);
    expect(await lookAt()).toEqual(["mug"]);
    expect(asked).toEqual(["mug", "gone", "mug"]);
    await vi.advanceTimersByTimeAsync(5_000);
    await lookAt();
    expect(asked.filter((id) => id === "gone")).toHaveLength(2);
  });

  it("does not remember failures", async () => {
    let isDown = true;
    const look = createDisplayRead({
      now: () => 0,
      read: async (ids) =>
        isDown ? Promise.reject(new UnavailableError("down")) : new Map(ids.map((id) => [id, MUG])),
    });
    await expect(look(["mug"])).rejects.toThrow("down");
    isDown = false;
    expect((await look(["mug"])).has("mug")).toBe(true);
  });

  it("rejects calls beyond the most pending ids, and accepts more once those are answered", async () => {
    const look = displayRead(3);
    const first = look(["a", "b"]);
    await expect(look(["c", "d"])).rejects.toThrow(UnavailableError);
    const second = look(["c"]);
    await vi.advanceTimersByTimeAsync(2 * LIST_MS);
    await Promise.all([first, second]);
    const third = look(["x", "y", "z"]);
    await vi.advanceTimersByTimeAsync(2 * LIST_MS);
    expect((await third).size).toBe(0);
  });
});
