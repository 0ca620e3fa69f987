import { describe, expect, it } from "vitest";
import { createSharedRead } from "~/catalog/shared-stock-read";

type SharedRead = ReturnType<typeof createSharedRead<number>>;

/** A database that takes its number when a read starts and responds when the test says so. */
function controllable() {
  const reads: { ids: readonly string[]; answer(): void; fail(error: Error): void }[] = [];
  const stock = { value: 1 };
  const read = (ids: readonly string[]): Promise<ReadonlyMap<string, number>> => {
    const snapshot = new Map(ids.filter((id) => id !== "gone").map((id) => [id, stock.value]));
    return new Promise((resolve, reject) => reads.push({ ids, answer: () => resolve(snapshot), fail: reject }));
  };
  const started = (index: number) => {
    const running = reads[index];
    if (running === undefined) throw new Error(`Read ${index} has not started`);
    return running;
  };
  return { reads, stock, read, started };
}

/** Runs all pending microtasks, including those they add. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The wrong way: callers that arrive while a read runs share that read. */
function sharesTheRunningRead(read: (ids: readonly string[]) => Promise<ReadonlyMap<string, number>>): SharedRead {
  let running: Promise<ReadonlyMap<string, number>> | undefined;
  return (ids) => (running ??= read(ids).finally(() => (running = undefined)));
}

/** A sale happens while a read is running, then another caller reads. Returns the stock that this caller gets. */
async function readAfterASale(
  create: (read: ReturnType<typeof controllable>["read"]) => SharedRead,
): Promise<number | undefined> {
  const database = controllable();
  const readStock = create(database.read);
  const first = readStock(["a"]);
  await settle();
  database.stock.value = 0;
  const second = readStock(["a"]);
  database.started(0).answer();
  await first;
  await settle();
  if (database.reads.length > 1) database.started(1).answer();
  return (await second).get("a");
}

describe("createSharedRead", () => {
  it("never returns a value that was read before the call", async () => {
    expect(await readAfterASale(createSharedRead)).toBe(0);
  });

  it("would return a unit that is gone if callers shared the running read (negative control)", async () => {
    expect(await readAfterASale(sharesTheRunningRead)).toBe(1);
  });

  it("runs one read at a time, and one more for all callers that arrive meanwhile", async () => {
    const database = controllable();
    const readStock = createSharedRead(database.read);
    const answers = [readStock(["a"])];
    await settle();
    for (let index = 0; index < 20; index += 1) {
      answers.push(readStock(["a", `b${index % 3}`]));
      await settle();
    }
    expect(database.reads).toHaveLength(1);
    database.started(0).answer();
    await settle();
    expect(database.reads.map((read) => read.ids)).toEqual([["a"], ["a", "b0", "b1", "b2"]]);
    database.started(1).answer();
    expect((await Promise.all(answers)).map((answer) => answer.size)).toEqual([
      1,
      ...Array.from({ length: 20 }, () => 2),
    ]);
  });

  it("rejects only the callers that shared the failed read", async () => {
    const database = controllable();
    const readStock = createSharedRead(database.read);
    const failing = [readStock(["a"]), readStock(["b"])];
    const outcomes = Promise.allSettled(failing);
    await settle();
    const next = readStock(["a"]);
    database.started(0).fail(new Error("down"));
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(["rejected", "rejected"]);
    await settle();
    database.started(1).answer();
    expect([...(await next)]).toEqual([["a", 1]]);
  });

  it("omits ids without a row, and reads each id once", async () => {
    const database = controllable();
    const answer = createSharedRead(database.read)(["a", "gone", "a"]);
    await settle();
    expect(database.started(0).ids).toEqual(["a", "gone"]);
    database.started(0).answer();
    expect([...(await answer).keys()]).toEqual(["a"]);
  });

  it("sends no query for an empty list", async () => {
    const database = controllable();
    expect((await createSharedRead(database.read)([])).size).toBe(0);
    expect(database.reads).toHaveLength(0);
  });
});
