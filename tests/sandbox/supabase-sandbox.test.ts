import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { createClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import { DEMO_PRODUCTS } from "~/sandbox/demo-products";
import {
  createSupabaseSandbox,
  SANDBOX_SUPABASE_KEY,
  type SupabaseSandbox,
} from "~/sandbox/supabase/supabase-sandbox.server";
import { openTestDatabase } from "./test-database";

const URL = "http://sandbox.supabase.local/rest/v1/products";

describe("the sandbox's database", () => {
  let sandbox: SupabaseSandbox;
  beforeAll(async () => {
    sandbox = await openTestDatabase();
  });
  afterAll(() => sandbox.close());

  it.each([undefined, "", "sb_secret_other", "sb_publishable_sandbox"])("rejects the key %s", async (key) => {
    expect((await sandbox.fetch(URL, { headers: key === undefined ? {} : { apikey: key } })).status).toBe(401);
  });

  it("serves only the REST API", async () => {
    for (const other of ["/", "/auth/v1/settings", "/_system", "/rest/v2/products"]) {
      expect(
        (await sandbox.fetch(`http://localhost${other}`, { headers: { apikey: SANDBOX_SUPABASE_KEY } })).status,
      ).toBe(404);
    }
  });

  it("works with the real supabase-js, and contains the demo products", async () => {
    const client = createClient("http://sandbox.supabase.local", SANDBOX_SUPABASE_KEY, {
      global: { fetch: sandbox.fetch },
      // @ts-expect-error The types of ws and supabase-js disagree about `this` and `null`.
      realtime: { transport: WebSocket },
    });
    const { data, error } = await client.from("products").select("id,name,price,inventory_count,description,image_url");
    expect(error).toBeNull();
    const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
    const rows = z.array(z.object({ id: z.string() }).loose()).parse(data);
    expect(rows.sort(byId)).toEqual(
      DEMO_PRODUCTS.map((product) => ({ ...product, price: Number(product.price) })).sort(byId),
    );
  });

  it("runs SQL directly", async () => {
    expect(await sandbox.exec("select 1 as one; select 2 as two")).toEqual([{ two: 2 }]);
    expect(await sandbox.exec("select $1::int + 1 as next", [2])).toEqual([{ next: 3 }]);
    await expect(sandbox.exec("select nonsense")).rejects.toThrow("nonsense");
  });
});

describe("console.error", () => {
  it("is silent about queries that the database rejects, but still prints the shop's errors meanwhile", async () => {
    const print = vi.spyOn(console, "error").mockReturnValue(undefined);
    const sandbox = await openTestDatabase();
    const request = sandbox.fetch(`${URL}?id=eq.abc`, { headers: { apikey: SANDBOX_SUPABASE_KEY } });
    console.error("a shop's own error");
    const response = await request;
    await sandbox.close();

    const lines = print.mock.calls.map(([line]: unknown[]) => line);
    expect(console.error).toBe(print);
    print.mockRestore();
    expect(z.object({ code: z.string() }).parse(await response.json()).code).toBe("22P02");
    expect(lines).toEqual(["a shop's own error"]);
  });
});

describe("a sandbox without a dump", () => {
  it("creates the demo shop itself", async () => {
    const sandbox = await createSupabaseSandbox({ dumpFile: "does/not/exist.tar" });
    expect(await sandbox.exec("select count(*)::int as rows from products")).toEqual([{ rows: DEMO_PRODUCTS.length }]);
    await sandbox.close();
  }, 60_000);
});

describe("the demo shop", () => {
  it("has an image of less than 6 KB for each product, and products in every stock state", () => {
    for (const product of DEMO_PRODUCTS) {
      const file = path.join("public", product.image_url);
      expect(existsSync(file), file).toBe(true);
      expect(statSync(file).size).toBeLessThan(6_000);
    }
    expect(DEMO_PRODUCTS.map((product) => product.inventory_count)).toEqual(expect.arrayContaining([0, 1, 2, 100]));
    expect(new Set(DEMO_PRODUCTS.flatMap((product) => [product.id, product.name])).size).toBe(DEMO_PRODUCTS.length * 2);
  });
});
