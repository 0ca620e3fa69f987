import { expect, it } from "vitest";
import { identityOf } from "~/boot/shop-identity.server";
import { parseEnvironment } from "~/env.server";
import { CONFIGURED } from "../configured-environment";

const tagOf = (changes: Record<string, string> = {}) =>
  identityOf(
    parseEnvironment({
      ...CONFIGURED,
      ...changes,
    }),
  ).shopTag;

it("a shop's tag is the one it had before schemas, filters and orders could be set", () => {
  expect(tagOf()).toBe("29d5987a10f217adeb9bf79e19906628");
  const settings = { PRODUCTS_SCHEMA: "public", PRODUCTS_FILTER: "status=eq.active", PRODUCTS_ORDER: "sort.desc" };
  expect(tagOf({ ...settings, PRODUCTS_COLUMNS: "id,name,price,inventory=stock" })).toBe(tagOf());
});

it("tables of the same name in two schemas are two shops", () => {
  expect(tagOf({ PRODUCTS_SCHEMA: "shop" })).not.toBe(tagOf());
  expect(tagOf({ PRODUCTS_SCHEMA: "shop" })).not.toBe(tagOf({ PRODUCTS_SCHEMA: "store" }));
});
