import { createClient } from "@supabase/supabase-js";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { narrowed, parseRowFilter } from "~/catalog/row-filter";
import { ordered, parseRowOrder } from "~/catalog/row-order";

/** The query string of a request, as sent. */
async function sent(filter: string, order = ""): Promise<string> {
  let url = "";
  const client = createClient("http://supabase.test", "key", {
    global: {
      fetch: async (input) => {
        url = new Request(input).url;
        return Response.json([]);
      },
    },
    // @ts-expect-error The types of ws and supabase-js disagree about `this` and `null`.
    realtime: { transport: WebSocket },
  });
  const query = narrowed(client.from("products").select("id"), parseRowFilter(filter));
  await (order === "" ? query : ordered(query, parseRowOrder(order)));
  return new URL(url).search.replace(/^\?select=id&?/, "");
}

const query = (text: string) => new URLSearchParams(text).toString();

describe("PRODUCTS_FILTER", () => {
  it.each([
    "status=eq.active&deleted_at=is.null",
    "price=gte.1&price=lt.100.5",
    "or=(status.eq.active,and(stock.gt.0,name.ilike.*a*))",
    "not.and=(a.eq.1,b.not.is.null)&or=(c.is.true,d.is.false)",
    'name=in.("a,b","c.d")&tags=cs.{red,blue}',
    "status=not.in.(draft,archived)&name=like(any).{a*,b*}&text=wfts(english).old ships",
    "name=eq.",
    "on hand=gt.0&Größe=isdistinct.XL",
    "ends=gt.2026-01-01T00:00:00%2B01:00",
  ])("is sent as it is: %s", async (filter) => {
    expect(await sent(filter)).toBe(query(filter));
  });

  it("is read like a URL's query", () => {
    expect(parseRowFilter("?name=eq.old+ship%21&rate=eq.100%")).toEqual([
      { key: "name", condition: "eq.old ship!" },
      { key: "rate", condition: "eq.100%" },
    ]);
    expect(parseRowFilter(" ")).toEqual([]);
  });

  it.each([
    ["select=id", /"select" is not a condition/],
    ["a=eq.1&order=name", /"order" is not a condition/],
    ["limit=5", /"limit" is not a condition/],
    ["offset=5", /"offset" is not a condition/],
    ["columns=a", /"columns" is not a condition/],
    ["on_conflict=a", /"on_conflict" is not a condition/],
    ["status=active", /"status=active" has no operator of PostgREST; write status=eq.active/],
    ["status", /"status=" has no operator of PostgREST; write status=eq.value/],
    ["status=equals.active", /no operator/],
    ["status=eq(english).active", /no operator/],
    ["status=neq(any).{a}", /no operator/],
    ["metadata->>status=eq.active", /not a plain name/],
    ["brands.name=eq.active", /not a plain name/],
    ["or=status.eq.active", /"or=status.eq.active" is not a list of conditions/],
    ["or=()", /not a list of conditions/],
    ["not=eq.1", /"not" is reserved/],
  ])("rejects %s", (filter, message) => {
    expect(() => parseRowFilter(filter)).toThrow(message);
  });

  it("lists every problem at once", () => {
    expect(() => parseRowFilter("limit=5&status=active")).toThrow(/limit.*status=eq\.active/);
  });
});

describe("PRODUCTS_ORDER", () => {
  it.each([
    ["sort_order.asc,created_at.desc", "sort_order.asc,created_at.desc"],
    ["name", "name.asc"],
    ["price.desc.nullslast, on hand.nullsfirst", "price.desc.nullslast,on hand.asc.nullsfirst"],
  ])("%s is sent as %s", async (order, expected) => {
    expect(await sent("", order)).toBe(query(`order=${expected}`));
  });

  it.each([
    ["", /"" is not a column/],
    ["name,", /"" is not a column/],
    ["name.up", /"name.up" is not a column/],
    ["name.nullslast.desc", /is not a column/],
    ["brands(name).asc", /not a plain name/],
    ["select.asc", /"select" is reserved/],
  ])("rejects %j", (order, message) => {
    expect(() => parseRowOrder(order)).toThrow(message);
  });
});
