import { BY_FILTER } from "./by-filter";
import type { RefusedShape } from "./shape";

const IN_STOCK = `
  create table products (
    id serial primary key, name text not null, price numeric not null, in_stock boolean not null default true);
  insert into products (name, price) values ('Lamp', 40);`;

/** Tables without a number of units, and settings that would sell what is not for sale or not there. */
export const REFUSED: readonly RefusedShape[] = [
  {
    name: "12 in_stock boolean and no number",
    sql: IN_STOCK,
    env: {},
    expect: {
      refuses: /"products" has no column for the stock .*Its columns are id, name, price, in_stock/,
      atBoot: true,
    },
  },
  {
    name: "12 with in_stock mapped to inventory",
    sql: IN_STOCK,
    env: { PRODUCTS_COLUMNS: "id,name,price,inventory=in_stock" },
    expect: { refuses: /The column "in_stock" has true where a whole number should be/ },
  },
  {
    name: "04 with a view that joins, and has no trigger",
    sql: `
      create table products (id text primary key, name text, metadata jsonb);
      create table prices (id text primary key, product_id text references products, unit_amount bigint);
      insert into products values ('prod_chair', 'Chair', '{"stock": "6"}');
      insert into prices values ('price_chair', 'prod_chair', 24900);
      create view shop_products with (security_invoker = on) as
        select p.id, p.name, (p.metadata->>'stock')::integer as inventory_count, r.unit_amount / 100.0 as price
          from products p join prices r on r.product_id = p.id;`,
    env: { PRODUCTS_TABLE: "shop_products" },
    expect: { refuses: /Selling is closed: PRODUCTS_TABLE is a view that cannot be updated: build it from one table/ },
  },
  {
    name: "06 with active=status",
    sql: BY_FILTER.find(({ name }) => name.startsWith("06"))?.sql ?? "",
    env: { PRODUCTS_COLUMNS: "id,name,price,inventory=stock_quantity,active=status" },
    expect: { refuses: /"status".*PRODUCTS_FILTER=status=eq\.active/, atBoot: true },
  },
  {
    name: "15 with active=deleted_at",
    sql: BY_FILTER.find(({ name }) => name.startsWith("15"))?.sql ?? "",
    env: { PRODUCTS_COLUMNS: "id,name,price,inventory=stock_quantity,active=deleted_at" },
    expect: { refuses: /"deleted_at".*PRODUCTS_FILTER=deleted_at=is\.null/, atBoot: true },
  },
  {
    name: "22 with the sizes mapped to inventory",
    sql: `
      create table products (id bigserial primary key, name text, price numeric, stock_by_size jsonb not null);
      insert into products (name, price, stock_by_size) values ('Sneaker', 85, '{"40": 2, "42": 7}');`,
    env: { PRODUCTS_COLUMNS: "id,name,price,inventory=stock_by_size" },
    expect: { refuses: /The column "stock_by_size" has \{"40":2,"42":7\} where a whole number should be/ },
  },
  {
    name: "29 with the text '5.0' mapped to inventory",
    sql: `
      create table items (id integer primary key, name text, price numeric, stock text);
      insert into items values (1, 'Rope', 15, '5.0');`,
    env: { PRODUCTS_TABLE: "items" },
    expect: { refuses: /The inventory of 1 is the text "5\.0", not a whole number/ },
  },
  {
    name: "26 with a trigger that forbids every edit of the stock",
    sql: `
      create table products (id serial primary key, name text, price numeric, stock integer);
      insert into products (name, price, stock) values ('Crate', 12, 4);
      create function forbid() returns trigger language plpgsql as $$ begin raise exception 'record a movement instead'; end $$;
      create trigger forbid before update of stock on products for each row execute function forbid();`,
    env: {},
    expect: { refuses: /Selling is closed: A trigger of the table rejects the change/ },
  },
];
