import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SupabaseCatalog } from "~/catalog/supabase-catalog-contract.server";
import { createTableState, READS_FROM_REPLICA } from "~/catalog/table-state";
import { proveWrite } from "~/doctor/prove-write";
import { openTestDatabase, type TestDatabase } from "../sandbox/test-database";

const MUG = { id: "6f1c2a54-8d0e-4b7a-9c35-1e8f0a7b4d01", name: "Mug", price: "12.50", inventory_count: 3 };
const READ_ONLY = {
  code: "25006",
  message: "cannot execute UPDATE in a read-only transaction",
  details: null,
  hint: null,
};

const refusedBy = (by: "row" | "setup", code = "25006") =>
  ({ outcome: "refused", by, code, message: `because of ${code}` }) as const;

describe("the table's state", () => {
  it("closes after two setup refusals in a row, and opens with the next successful update", () => {
    const logged: string[] = [];
    const state = createTableState({ warn: (_fields, message) => logged.push(message) });
    state.noteSwap(refusedBy("setup"));
    expect(state.closedBy()).toBeNull();
    state.noteSwap(refusedBy("setup", "PGRST301"));
    expect(state.closedBy()).toEqual({ code: "PGRST301", message: "because of PGRST301" });
    state.noteSwap({ outcome: "swapped" });
    expect(state.closedBy()).toBeNull();
    state.noteSwap(refusedBy("setup"));
    expect(state.closedBy()).toBeNull();
    expect(logged).toEqual(["selling stopped: because of PGRST301", "selling resumed: the table accepts updates"]);
  });

  it("is not closed by refusals of rows, however many", () => {
    const state = createTableState(undefined);
    for (let index = 0; index < 5; index += 1) state.noteSwap(refusedBy("row", "23514"));
    expect(state.closedBy()).toBeNull();
  });

  it("is closed at once by stale reads, and opened by a check that finds none, not by a sale", () => {
    const state = createTableState(undefined);
    state.noteReads(true);
    state.noteSwap({ outcome: "swapped" });
    expect(state.closedBy()).toEqual(READS_FROM_REPLICA);
    state.noteReads(false);
    expect(state.closedBy()).toBeNull();
  });
});

describe("a catalog", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase({ rows: [MUG] });
  });
  afterAll(() => database.close());

  /** The response to updates instead of running them; null: they run. */
  let instead: (() => Response | Promise<Response>) | null = null;
  const open = (timeoutMs = 4_000): SupabaseCatalog =>
    database.catalogWith({
      timeoutMs,
      fetch: async (input, init) =>
        init?.method === "PATCH" && instead !== null ? instead() : database.fetch(input, init),
    });
  const sell = (catalog: SupabaseCatalog, from: number) =>
    catalog.compareAndSwap({ productId: MUG.id, from, to: from - 1 });

  it("closes when read-only mode refused two sales, says why, and opens with the next sale", async () => {
    const catalog = open();
    instead = () => Response.json(READ_ONLY, { status: 405 });
    await sell(catalog, 3);
    expect(catalog.closedBy).toBeNull();
    await sell(catalog, 3);
    expect(catalog.closedBy).toMatchObject({ code: "25006" });
    expect(catalog.closedBy?.message).toContain("read-only");
    instead = null;
    expect(await sell(catalog, 3)).toEqual({ outcome: "swapped" });
    expect(catalog.closedBy).toBeNull();
  });

  it("is closed by two refused checks, and opened by one that succeeds", async () => {
    const catalog = open();
    instead = () => Response.json(READ_ONLY, { status: 405 });
    expect((await catalog.probe()).problems).toEqual([expect.stringContaining("read-only")]);
    await catalog.probe();
    expect(catalog.closedBy).toMatchObject({ code: "25006" });
    instead = null;
    expect(await catalog.probe()).toMatchObject({ ok: true });
    expect(catalog.closedBy).toBeNull();
  });

  it("proves by a real sale what the check cannot, and reports when nothing was proven", async () => {
    await database.exec("update products set inventory_count = 3");
    expect(await proveWrite(database.catalog, MUG.id)).toMatchObject({ state: "ok" });
    expect((await database.catalog.readStock([MUG.id])).get(MUG.id)?.inventory).toBe(3);
    expect(await proveWrite(database.catalog, null)).toMatchObject({
      state: "note",
      text: expect.stringContaining("Not tested") as string,
    });
    await database.exec("alter table products add constraint enough check (inventory_count >= 3)");
    expect((await database.catalog.probe()).ok).toBe(true);
    expect(await proveWrite(database.catalog, MUG.id)).toMatchObject({
      state: "failed",
      text: expect.stringContaining("23514") as string,
    });
    await database.exec("alter table products drop constraint enough");
  });

  it("is not closed by timeouts and outages", async () => {
    const catalog = open(25);
    for (const silence of [() => new Promise<never>(() => undefined), () => new Response("", { status: 503 })]) {
      instead = silence;
      for (let index = 0; index < 3; index += 1) expect((await catalog.probe()).ok).toBe(false);
      expect(catalog.closedBy).toBeNull();
    }
    instead = null;
  });

  it("is closed by a check whose reads do not show its write, and opened by one whose reads do", async () => {
    let behind: Response | null = null;
    let isBehind = true;
    const catalog = database.catalogWith({
      fetch: async (input, init) => {
        const url = input instanceof Request ? input.url : input.toString();
        if (init?.method !== "GET" || !url.includes("xmin") || !isBehind) return database.fetch(input, init);
        behind ??= await database.fetch(input, init);
        return behind.clone();
      },
    });
    expect((await catalog.probe()).problems).toEqual([READS_FROM_REPLICA.message]);
    expect(catalog.closedBy).toEqual(READS_FROM_REPLICA);
    isBehind = false;
    expect((await catalog.probe()).problems).toEqual([]);
    expect(catalog.closedBy).toBeNull();
  });
});
