import { describe, expect, it } from "vitest";
import type { Catalog } from "~/catalog/catalog";
import { parseProductColumns } from "~/catalog/product-columns";
import { createSupabaseCatalog } from "~/catalog/supabase-catalog.server";
import { UnavailableError } from "~/errors";
import { DEFAULT_COLUMNS } from "../sandbox/test-database";

function over(answer: (signal: AbortSignal) => Promise<Response>) {
  const requests: { method: string; signal: AbortSignal }[] = [];
  const warnings: string[] = [];
  const catalog = createSupabaseCatalog({
    url: "http://supabase.local",
    key: "sb_secret_test",
    table: "products",
    columns: parseProductColumns(DEFAULT_COLUMNS),
    priceUnit: "major",
    currency: "usd",
    timeoutMs: 25,
    log: { info: () => undefined, warn: (_fields, message) => warnings.push(message) },
    fetch: (input, init) => {
      const request = new Request(input, init);
      requests.push({ method: request.method, signal: request.signal });
      return answer(request.signal);
    },
  });
  return { catalog, requests, warnings };
}

const CALLS: [string, (catalog: Catalog) => Promise<unknown>][] = [
  ["list", (catalog) => catalog.list({ page: 1, pageSize: 10 })],
  ["products", (catalog) => catalog.products(["a"])],
  ["productsNamed", (catalog) => catalog.productsNamed(["a"])],
  ["readStock", (catalog) => catalog.readStock(["a"])],
  ["compareAndSwap", (catalog) => catalog.compareAndSwap({ productId: "a", from: 1, to: 0 })],
];

describe.each(CALLS)("%s", (_name, call) => {
  it.each<[string, () => Promise<Response>]>([
    ["refuses the connection", () => Promise.reject(new TypeError("fetch failed"))],
    [
      "returns 503",
      () =>
        Promise.resolve(new Response(JSON.stringify({ code: "PGRST002", message: "schema cache" }), { status: 503 })),
    ],
    ["returns 520 with a page", () => Promise.resolve(new Response("<html>", { status: 520 }))],
    ["returns 200 with a page", () => Promise.resolve(new Response("<html>"))],
    ["returns 200 with something else", () => Promise.resolve(Response.json({ hello: "there" }))],
    [
      "returns 500 in PostgREST's shape",
      () =>
        Promise.resolve(
          Response.json({ code: "57014", message: "statement timeout", details: null, hint: null }, { status: 500 }),
        ),
    ],
    ["returns 408 with nothing", () => Promise.resolve(new Response("", { status: 408 }))],
    ["returns 429 with a page", () => Promise.resolve(new Response("<html>", { status: 429 }))],
    ["never responds", () => new Promise(() => undefined)],
  ])("throws UnavailableError with its cause, after one try, when the database %s", async (_fault, answer) => {
    const { catalog, requests } = over(answer);
    const error: unknown = await call(catalog).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error instanceof UnavailableError && error.cause).toBeInstanceOf(Error);
    expect(requests).toHaveLength(1);
  });
});

describe.each(CALLS.filter(([name]) => name !== "compareAndSwap"))("%s", (_name, call) => {
  it.each<[string, () => Response]>([
    ["404 with nothing", () => new Response("", { status: 404 })],
    ["404 with an empty list", () => Response.json([], { status: 404 })],
    ["401 with null", () => Response.json(null, { status: 401 })],
  ])("throws UnavailableError instead of returning nothing when the response is %s", async (_answer, answer) => {
    await expect(call(over(async () => answer()).catalog)).rejects.toThrow(UnavailableError);
  });
});

describe("a query without a response", () => {
  it("is aborted, says how long it waited, and is logged", async () => {
    const { catalog, requests, warnings } = over(() => new Promise(() => undefined));
    await expect(catalog.readStock(["a"])).rejects.toThrow("within 25 ms");
    expect(requests.map((request) => request.signal.aborted)).toEqual([true]);
    expect(warnings).toHaveLength(1);
  });

  it("is aborted while its body is being read, too", async () => {
    const { catalog } = over((signal) =>
      Promise.resolve(
        new Response(
          new ReadableStream({
            start: (stream) => signal.addEventListener("abort", () => stream.error(signal.reason)),
          }),
        ),
      ),
    );
    await expect(catalog.readStock(["a"])).rejects.toThrow(UnavailableError);
  });

  it("does not stop the next read", async () => {
    let answers = 0;
    const { catalog } = over(() => {
      answers += 1;
      if (answers === 1) return new Promise(() => undefined);
      return Promise.resolve(
        Response.json([{ id: "a", name: "Mug", inventory: 2 }], { headers: { "content-range": "0-0/1" } }),
      );
    });
    await expect(catalog.readStock(["a"])).rejects.toThrow(UnavailableError);
    expect((await catalog.readStock(["a"])).get("a")?.inventory).toBe(2);
  });
});
