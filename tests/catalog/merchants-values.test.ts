import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Product } from "~/catalog/catalog";
import { openTestDatabase, type TestDatabase } from "../sandbox/test-database";

const BUCKET = "https://p.supabase.co/storage/v1/object/public/shop";

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase({
    schema: `
      create table imported (
        id serial primary key, name text not null, body text, price_cents integer, currency char(3), active boolean, stock integer);
      insert into imported (name, body, price_cents, currency, active, stock) values
        ('Kettle', '<p>Holds 1.5&nbsp;l.<br>Whistles.</p><script>alert(1)</script><ul><li>Steel</li><li>Wood &amp; cork</li></ul>', 1900, 'EUR', true, 4),
        ('Plain', E'First line\\nsecond line: 5 < 6 and a > b', 1250, 'USD', true, 4);

      create table stored (id serial primary key, name text, price numeric, stock integer, picture text);
      insert into stored (name, price, stock, picture) values
        ('Path', 12.5, 3, 'mugs/tide mug.jpg'), ('Address', 12.5, 3, 'https://images.test/mug.jpg'),
        ('Slash', 12.5, 3, '/mugs/mug.jpg'), ('Script', 12.5, 3, 'javascript:alert(1)'), ('None', 12.5, 3, null);

      create table listed (id serial primary key, name text, price numeric, stock integer, pictures text[], gallery jsonb, photo jsonb);
      insert into listed (name, price, stock, pictures, gallery, photo) values
        ('Mug', 12.5, 3, array['a/front.jpg', 'a/back.jpg'], '[{"url": "https://images.test/front.jpg"}]', '{"path": "a/front.jpg"}'),
        ('Bare', 12.5, 3, '{}', '[]', '{}');

      create table priced (id serial primary key, name text, cost money, label text, stock integer);
      insert into priced (name, cost, label, stock) values
        ('Lamp', 1299.00, '$1,299.00', 3), ('Cup', 12.5, '12,50', 3), ('Vase', null, 'Contact for Price', 3),
        ('Bowl', 0.99, '1,299', 3), ('Debt', -5, '-$5.00', 3);`,
  });
});
afterAll(() => database.close());

async function products(table: string, columns: string, options: Parameters<TestDatabase["catalogWith"]>[0] = {}) {
  const { products: found } = await database
    .catalogWith({ table, columns, ...options })
    .list({ page: 1, pageSize: 50 });
  return new Map(found.map((product) => [product.name, product]));
}

function each<Value>(found: ReadonlyMap<string, Product>, value: (product: Product) => Value): Record<string, Value> {
  return Object.fromEntries([...found].map(([name, product]) => [name, value(product)]));
}

describe("a row of the merchant's table", () => {
  it("shows HTML as its text and plain text with its line breaks, and prices in cents with the row's currency", async () => {
    const found = await products(
      "imported",
      "id,name,description=body,price=price_cents,currency,active,inventory=stock",
      { priceUnit: "minor" },
    );
    expect(each(found, ({ description }) => description)).toEqual({
      Kettle: "Holds 1.5\u00a0l.\nWhistles.\n\nSteel\nWood & cork",
      Plain: "First line\nsecond line: 5 < 6 and a > b",
    });
    expect(each(found, ({ price }) => price)).toEqual({
      Kettle: { amount: 1900, currency: "eur" },
      Plain: { amount: 1250, currency: "usd" },
    });
  });

  it("shows pictures from addresses, and from paths in a storage bucket", async () => {
    const columns = "id,name,price,inventory=stock,image=picture";
    expect(each(await products("stored", columns, { imageBaseUrl: BUCKET }), ({ image }) => image)).toEqual({
      Path: `${BUCKET}/mugs/tide%20mug.jpg`,
      Address: "https://images.test/mug.jpg",
      Slash: `${BUCKET}/mugs/mug.jpg`,
      Script: null,
      None: null,
    });
    expect(each(await products("stored", columns), ({ image }) => image)).toEqual({
      Path: null,
      Address: "https://images.test/mug.jpg",
      Slash: "/mugs/mug.jpg",
      Script: null,
      None: null,
    });
  });

  it.each([
    ["pictures", `${BUCKET}/a/front.jpg`],
    ["gallery", "https://images.test/front.jpg"],
    ["photo", `${BUCKET}/a/front.jpg`],
  ])("shows the first picture of the list or object in %s", async (column, address) => {
    const found = await products("listed", `id,name,price,inventory=stock,image=${column}`, { imageBaseUrl: BUCKET });
    expect(each(found, ({ image }) => image)).toEqual({ Mug: address, Bare: null });
  });

  it("sells at a price of type money, and at a price as text that means one amount", async () => {
    const amounts = async (column: string, currency = "usd") =>
      each(
        await products("priced", `id,name,price=${column},inventory=stock`, { currency }),
        ({ price }) => price?.amount,
      );
    expect(await amounts("cost")).toEqual({ Lamp: 129_900, Cup: 1250, Bowl: 99, Vase: undefined, Debt: undefined });
    expect(await amounts("label")).toEqual({
      Lamp: 129_900,
      Cup: 1250,
      Bowl: undefined,
      Vase: undefined,
      Debt: undefined,
    });
    // PostgreSQL writes its own sign, whatever the shop's currency.
    expect((await amounts("cost", "eur")).Lamp).toBeUndefined();
  });
});
