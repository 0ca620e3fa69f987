import { describe, expect, it } from "vitest";
import { nameProblem, parseProductColumns } from "~/catalog/product-columns";
import { createSupabaseCatalog } from "~/catalog/supabase-catalog.server";
import { DEFAULT_COLUMNS } from "../sandbox/test-database";

describe("parseProductColumns", () => {
  it.each([
    ["name,price,inventory", /no column is mapped to id/],
    ["id,price,inventory", /no column is mapped to name/],
    ["id,name,price", /no column is mapped to inventory/],
    ["id,name,inventory", /no column is mapped to price or stripe_price/],
    [`${DEFAULT_COLUMNS},colour`, /"colour" is not a field \(fields: id, name/],
    [`${DEFAULT_COLUMNS},id=uuid`, /"id" is mapped twice/],
    [`${DEFAULT_COLUMNS},`, /no field before its column/],
    ["id,name=,price,inventory", /"name=" is not a field=column pair/],
    ["id,name=a=b,price,inventory", /not a field=column pair/],
    ["id,name=product.name,price,inventory", /"product.name" is not a plain name/],
    ['id,name="name",price,inventory', /is not a plain name/],
    ["id,name,price,inventory=order", /"order" is reserved by Supabase's REST API/],
  ])("rejects %s", (text, message) => {
    expect(() => parseProductColumns(text)).toThrow(message);
  });

  it("lists every problem at once", () => {
    expect(() => parseProductColumns("colour,name")).toThrow(/colour.*id.*inventory.*price/s);
  });

  it("maps pairs and bare words, with spaces around them", () => {
    expect(parseProductColumns(" id , name = title,inventory=on hand ,stripe_price")).toEqual({
      id: "id",
      name: "title",
      inventory: "on hand",
      price: null,
      stripePrice: "stripe_price",
      description: null,
      image: null,
      currency: null,
      active: null,
      created: null,
    });
  });
});

describe("a table name", () => {
  it.each(["a/b", "products?select=*", "x#y", "", "public.products", 'pro"ducts', " products"])(
    "%s is rejected before any query",
    (table) => {
      expect(nameProblem(table)).not.toBeNull();
      const columns = parseProductColumns(DEFAULT_COLUMNS);
      expect(() =>
        createSupabaseCatalog({
          url: "http://127.0.0.1:9",
          key: "k",
          table,
          columns,
          priceUnit: "major",
          currency: "usd",
        }),
      ).toThrow(/products table/);
    },
  );
});
