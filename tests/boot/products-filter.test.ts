/** PRODUCTS_FILTER over an assembled shop with the real catalog: what is listed, shown and held, and what is sold all the same. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSitemap } from "~/cart/sitemap.server";
import { parseRowFilter } from "~/catalog/row-filter";
import { parseRowOrder } from "~/catalog/row-order";
import type { SupabaseCatalog } from "~/catalog/supabase-catalog-contract.server";
import { createWorld, ORIGIN } from "../checkout/world";
import { openTestDatabase, type TestDatabase } from "../sandbox/test-database";
import { assembleWorldShop } from "./assembled-shop";
import { install } from "./installed-shop";

const listRoute = await import("~/routes/_index");
const productRoute = await import("~/routes/products.$productId");
const reserveRoute = await import("~/routes/api.reserve-inventory");
const availabilityRoute = await import("~/routes/api.availability");

const [MUG, DRAFT, GONE] = ["1", "2", "3"];
const ROWS = [
  { id: 1, name: "Mug", price: 12.5, stock: 5, status: "active", sort: 3 },
  { id: 2, name: "Draft jug", price: 1, stock: 5, status: "draft", sort: 2 },
  { id: 3, name: "Gone cup", price: 1, stock: 5, status: "active", deleted_at: "2026-01-01", sort: 1 },
];

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({
    schema: `
      create type listing as enum ('draft', 'active');
      create table listings (id integer, name text, price numeric, stock integer, status listing,
                             deleted_at timestamptz, sort integer);`,
  });
});
afterAll(() => database.close());
beforeEach(() => database.setRows(ROWS, "listings"));

const FILTER = "status=eq.active&deleted_at=is.null";
const catalogOf = ({ filter = FILTER, order = "name" } = {}) =>
  database.catalogWith({
    table: "listings",
    columns: "id,name,price,inventory=stock",
    filter: parseRowFilter(filter),
    order: parseRowOrder(order),
  });

async function openShop(catalog: SupabaseCatalog = catalogOf()) {
  const world = createWorld();
  const process = world.boot();
  const { shop } = assembleWorldShop(process, { drivers: { catalog }, env: { ADMIN_TOKEN: "t".repeat(16) } });
  await shop.checkout.rebuild();
  install(shop);
  return { world, shop };
}

async function stockOf(id: string): Promise<number | undefined> {
  const [row] = (await database.exec("select stock from listings where id = $1", [id])) as { stock: number }[];
  return row?.stock;
}

const args = (request: Request, params: Record<string, string> = {}) => ({ request, params, context: {} });
const get = (path: string, headers: Record<string, string> = {}) => new Request(`${ORIGIN}${path}`, { headers });
const reserve = async (item: Record<string, unknown>) => {
  const response = await reserveRoute.action(
    args(
      new Request(`${ORIGIN}/api/reserve-inventory`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ items: [{ quantity: 1, ...item }] }),
      }),
    ),
  );
  return [response.status, ((await response.json()) as { error?: { code: string } }).error?.code];
};

describe("a row that the filter hides", () => {
  it("is neither listed nor found nor on the sitemap", async () => {
    const { shop } = await openShop();
    const listed = async (path: string) => JSON.stringify(await listRoute.loader(args(get(path))));
    expect(await listed("/")).toContain("Mug");
    expect(await listed("/")).not.toMatch(/Draft|Gone/);
    expect(await listed("/?q=jug")).not.toContain("Draft");
    const sitemap = await createSitemap({ offers: shop.offers, siteUrl: ORIGIN, now: Date.now }).read(null);
    expect(sitemap?.match(/products\/\d/g)).toEqual(["products/1"]);
  });

  it("has no page, no availability and no price to check, and cannot be held by id or name", async () => {
    const { shop } = await openShop();
    await expect(productRoute.loader(args(get(`/products/${MUG}`), { productId: MUG }))).resolves.toBeDefined();
    for (const [id, name] of [
      [DRAFT, "Draft jug"],
      [GONE, "Gone cup"],
    ] as const) {
      await expect(productRoute.loader(args(get(`/products/${id}`), { productId: id }))).rejects.toMatchObject({
        init: { status: 404 },
      });
      expect((await availabilityRoute.loader(args(get(`/api/availability?product_id=${id}`)))).status).toBe(404);
      expect(await reserve({ product_id: id })).toEqual([404, "unknown_product"]);
      expect(await reserve({ name })).toEqual([404, "unknown_product"]);
      const started = await shop.checkout.start({
        sessionHash: "s",
        lines: [{ productId: id, quantity: 1 }],
        origin: ORIGIN,
      });
      expect(started).toEqual({ outcome: "unknown_product", productIds: [id] });
    }
    expect(await reserve({ product_id: MUG })).toEqual([200, undefined]);
    expect((await shop.store.totals()).units).toBe(1);
  });

  it("is not paid for by a cart that holds it from before", async () => {
    const { shop } = await openShop();
    const lines = [{ productId: MUG, quantity: 1 }];
    await shop.checkout.changeCart({ sessionHash: "s", lines });
    await database.exec("update listings set status = 'draft' where id = 1");
    const started = await shop.checkout.start({ sessionHash: "s", lines, origin: ORIGIN });
    expect(started).toEqual({ outcome: "unknown_product", productIds: [MUG] });
  });

  it("is seen and edited by operators", async () => {
    const { shop } = await openShop();
    const overview = await shop.desk.overview();
    expect(overview.holds?.products.map(({ name }) => name).sort()).toEqual(["Draft jug", "Gone cup", "Mug"]);
    expect(await shop.desk.restock({ productId: DRAFT, delta: 2 })).toMatchObject({ outcome: "moved", after: 7 });
  });
});

describe("a product that is hidden after its payment page was opened", () => {
  async function payHidden(catalog: SupabaseCatalog, { isLate = false } = {}) {
    const { world, shop } = await openShop(catalog);
    const lines = [{ productId: MUG, quantity: 2 }];
    const started = await shop.checkout.start({ sessionHash: "s", lines, origin: ORIGIN });
    if (started.outcome !== "redirect") throw new Error(`no payment page: ${JSON.stringify(started)}`);
    const { checkoutId } = started;
    await database.exec("update listings set status = 'draft' where id = 1");
    const { claim } = await shop.store.view("s");
    if (isLate) await shop.store.unclaim({ claimId: claim?.claimId ?? "", checkoutId, to: "stock" });
    world.stripe.pay(checkoutId);
    const outcomes = [await shop.checkout.fulfil(checkoutId), await shop.checkout.fulfil(checkoutId)];
    return { outcomes: outcomes.map(({ outcome }) => outcome), refunds: await world.refunds() };
  }

  it.each([{ isLate: false }, { isLate: true }])("is sold, once (%j)", async (payment) => {
    expect(await payHidden(catalogOf(), payment)).toEqual({ outcomes: ["done", "done"], refunds: [] });
    expect(await stockOf(MUG)).toBe(3);
  });

  it.each([{ isLate: false }, { isLate: true }])(
    "would be refunded if whatever follows a payment read only what is for sale (negative control, %j)",
    async (payment) => {
      const catalog = catalogOf();
      const { outcomes, refunds } = await payHidden({ ...catalog, ...catalog.offers }, payment);
      expect([outcomes, refunds]).toEqual([["refunded", "refunded"], [2500]]);
      expect(await stockOf(MUG)).toBe(5);
    },
  );
});

describe("the filter", () => {
  it("a row that shares its id with a hidden row has nothing to sell", async () => {
    await database.setRows([...ROWS, { ...ROWS[1], id: 1 }], "listings");
    await openShop();
    expect(await reserve({ product_id: MUG })).toEqual([409, "insufficient_inventory"]);
  });

  it("shares all reads with operators if there is none", () => {
    const sharesReads = (catalog: SupabaseCatalog) =>
      Reflect.get(catalog, "readStock") === Reflect.get(catalog.offers, "readStock");
    expect([sharesReads(catalogOf({ filter: "" })), sharesReads(catalogOf())]).toEqual([true, false]);
  });

  it.each([
    ["status=eq.activ", /^PRODUCTS_FILTER does not fit the table "listings": .*"activ"/],
    ["hidden=is.false", /^PRODUCTS_FILTER does not fit the table "listings": .*hidden/],
    ["stock=is.true", /^PRODUCTS_FILTER does not fit the table "listings"/],
  ])("%s is reported by the check at startup, and never reads as an unknown product", async (filter, message) => {
    const catalog = catalogOf({ filter });
    expect(await catalog.probe()).toMatchObject({ ok: false, problems: [expect.stringMatching(message)] });
    await expect(catalog.offers.products([MUG])).rejects.toThrow();
    await expect(catalog.offers.readStock([MUG])).rejects.toThrow();
    expect((await catalog.readStock([MUG])).size).toBe(1);
  });

  it("that no row passes is a warning", async () => {
    const report = await catalogOf({ filter: "stock=gt.100" }).probe();
    expect(report).toMatchObject({ ok: true, warnings: [expect.stringContaining("passes PRODUCTS_FILTER")] });
  });
});

describe("the order", () => {
  const names = async (order: string, search?: string) =>
    (await catalogOf({ filter: "", order }).list({ page: 1, pageSize: 9, search })).products.map(({ name }) => name);

  it("applies to the list and to the search", async () => {
    expect(await names("sort")).toEqual(["Gone cup", "Draft jug", "Mug"]);
    expect(await names("status.desc,name.desc")).toEqual(["Mug", "Gone cup", "Draft jug"]);
    expect(await names("sort", "u")).toEqual(["Gone cup", "Draft jug", "Mug"]);
    expect(await names("deleted_at.nullsfirst")).toEqual(["Mug", "Draft jug", "Gone cup"]);
  });

  it("by a missing column is reported by the check at startup", async () => {
    const report = await catalogOf({ order: "rank" }).probe();
    expect(report).toMatchObject({ ok: false, problems: [expect.stringMatching(/^PRODUCTS_ORDER .*rank/)] });
  });
});
