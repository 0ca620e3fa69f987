import type { Shape } from "./shape";

/**
 * Tables that sell through a view. With one table in FROM and everything else in subqueries, PostgreSQL itself updates through it; where
 * the stock is not a plain column, the view has a trigger that changes the row only if its number is still the old one.
 */
export const BY_VIEW: readonly Shape[] = [
  {
    name: "04 products and prices synced from Stripe, stock in metadata",
    sql: `
      create type pricing_type as enum ('one_time', 'recurring');
      create table products (
        id text primary key, active boolean, name text, description text, image text, metadata jsonb);
      create table prices (
        id text primary key, product_id text references products, active boolean, currency text, unit_amount bigint,
        type pricing_type);
      insert into products values
        ('prod_chair', true, 'Chair', 'Beech.', 'https://images.example.com/chair.jpg', '{"stock": "6"}'),
        ('prod_plan', true, 'Care Plan', null, null, '{}'), ('prod_old', false, 'Old Chair', null, null, '{"stock": "3"}');
      insert into prices values
        ('price_chair_2024', 'prod_chair', false, 'usd', 19900, 'one_time'),
        ('price_chair', 'prod_chair', true, 'usd', 24900, 'one_time'),
        ('price_plan', 'prod_plan', true, 'usd', 500, 'recurring'), ('price_old', 'prod_old', true, 'usd', 9900, 'one_time');

      create view shop_products with (security_invoker = on) as
        select p.id, p.name, p.description, p.image as image_url, (p.metadata->>'stock')::integer as inventory_count,
               (select r.id from prices r where r.product_id = p.id and r.active and r.type = 'one_time' limit 1) as stripe_price
          from products p where p.active and p.metadata ? 'stock';
      create function sell_from_metadata() returns trigger language plpgsql as $$ begin
        update products set metadata = jsonb_set(metadata, '{stock}', to_jsonb(new.inventory_count::text))
          where id = old.id and (metadata->>'stock')::integer = old.inventory_count;
        if not found then return null; end if;
        return new; end $$;
      create trigger sell instead of update on shop_products for each row execute function sell_from_metadata();`,
    env: {
      PRODUCTS_TABLE: "shop_products",
      PRODUCTS_COLUMNS: "id,name,stripe_price,inventory=inventory_count,description,image=image_url",
    },
    prices: [{ id: "price_chair", currency: "usd", unit_amount: 24900, product_name: "Chair" }],
    expect: {
      list: ["Chair · $249.00 · 6"],
      hidden: { prod_plan: "Care Plan", prod_old: "Old Chair" },
      sale: {
        id: "prod_chair",
        quantity: 2,
        unitAmount: 24900,
        stock: "select metadata->>'stock' as stock from products where id = 'prod_chair'",
        image: "https://images.example.com/chair.jpg",
      },
    },
  },
  {
    name: '08 "Product" in camel case, images text[], "discountPrice", enum',
    sql: `
      create type "ProductStatus" as enum ('DRAFT', 'ACTIVE', 'ARCHIVED');
      create table "Product" (
        id text primary key, name text not null, description text, price double precision not null,
        "discountPrice" double precision, stock integer not null default 0, images text[],
        status "ProductStatus" not null default 'DRAFT', "createdAt" timestamp(3) not null default current_timestamp);
      insert into "Product" (id, name, price, "discountPrice", stock, images, status) values
        ('clx01', 'Headphones', 199.99, 149.5, 4, '{https://images.example.com/headphones.jpg}', 'ACTIVE'),
        ('clx02', 'Speaker', 89, null, 2, '{}', 'ACTIVE'), ('clx03', 'Prototype', 1, null, 9, '{}', 'DRAFT');

      create view shop_products with (security_invoker = on) as
        select id, name, description, coalesce("discountPrice", price) as price, stock, images
          from "Product" where status = 'ACTIVE';`,
    env: { PRODUCTS_TABLE: "shop_products" },
    expect: {
      list: ["Headphones · $149.50 · 4", "Speaker · $89.00 · 2"],
      hidden: { clx03: "Prototype" },
      sale: {
        id: "clx01",
        quantity: 1,
        unitAmount: 14950,
        stock: `select stock from "Product" where id = 'clx01'`,
        image: "https://images.example.com/headphones.jpg",
      },
    },
  },
  {
    name: "10 variants with the stock, name and picture in the product",
    sql: `
      create table products (
        id uuid primary key, name text not null, description text, images text[], is_published boolean default false);
      create table product_variants (
        id bigserial primary key, product_id uuid not null references products, size text, color text,
        price numeric(10, 2) not null, sale_price numeric(10, 2), stock integer not null default 0 check (stock >= 0),
        deleted_at timestamptz);
      insert into products values
        ('4f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01', 'Sweater', 'Merino.', '{https://images.example.com/sweater.jpg}', true),
        ('4f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a02', 'Scarf', null, '{}', false);
      insert into product_variants (product_id, size, color, price, sale_price, stock, deleted_at) values
        ('4f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01', 'M', 'Green', 90, 72, 3, null),
        ('4f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01', 'L', 'Green', 90, null, 0, null),
        ('4f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01', 'S', 'Green', 90, null, 5, '2025-01-01'),
        ('4f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a02', 'One', 'Red', 30, null, 5, null);

      create view shop_products with (security_invoker = on) as
        select v.id,
               (select p.name from products p where p.id = v.product_id) || ' · ' || v.size || ' · ' || v.color as name,
               coalesce(v.sale_price, v.price) as price,
               v.stock as inventory_count,
               (select p.description from products p where p.id = v.product_id) as description,
               (select p.images[1] from products p where p.id = v.product_id) as image_url
          from product_variants v
         where v.deleted_at is null and exists (select from products p where p.id = v.product_id and p.is_published);`,
    env: { PRODUCTS_TABLE: "shop_products" },
    expect: {
      list: ["Sweater · M · Green · $72.00 · 3", "Sweater · L · Green · $90.00 · 0"],
      hidden: { 3: "Sweater · S · Green", 4: "Scarf · One · Red" },
      sale: {
        id: "1",
        quantity: 3,
        unitAmount: 7200,
        stock: "select stock from product_variants where id = 1",
        image: "https://images.example.com/sweater.jpg",
        description: "Merino.",
      },
    },
  },
  {
    name: "22 stock by size in jsonb",
    sql: `
      create table products (
        id bigserial primary key, name text not null, price numeric not null, image_url text, stock_by_size jsonb not null);
      insert into products (name, price, stock_by_size) values
        ('Sneaker', 85, '{"40": 2, "41": 0, "42": 7}'), ('Sandal', 45, '{}');

      create view shop_products with (security_invoker = on) as
        select p.id || '-' || s.size as id, p.name || ' · ' || s.size as name, p.price, s.units::integer as inventory_count,
               p.image_url, p.id as product_id, s.size
          from products p, jsonb_each_text(p.stock_by_size) as s(size, units);
      create function sell_size() returns trigger language plpgsql as $$ begin
        update products set stock_by_size = jsonb_set(stock_by_size, array[old.size], to_jsonb(new.inventory_count))
          where id = old.product_id and (stock_by_size->>old.size)::integer = old.inventory_count;
        if not found then return null; end if;
        return new; end $$;
      create trigger sell instead of update on shop_products for each row execute function sell_size();`,
    env: { PRODUCTS_TABLE: "shop_products" },
    expect: {
      list: ["Sneaker · 40 · $85.00 · 2", "Sneaker · 42 · $85.00 · 7", "Sneaker · 41 · $85.00 · 0"],
      sale: {
        id: "1-42",
        quantity: 3,
        unitAmount: 8500,
        stock: `select stock_by_size->>'42' as stock from products where stock_by_size @> '{"40": 2, "41": 0}'`,
      },
    },
  },
  {
    name: '23 a Shopify CSV as imported: "Variant Inventory Qty", "Body (HTML)"',
    sql: `
      create table shopify_products (
        id bigserial primary key, "Handle" text, "Title" text, "Body (HTML)" text, "Option1 Value" text, "Variant Price" numeric,
        "Variant Inventory Qty" bigint, "Image Src" text, "Status" text);
      insert into shopify_products ("Handle", "Title", "Body (HTML)", "Option1 Value", "Variant Price", "Variant Inventory Qty", "Image Src", "Status") values
        ('tea', 'Green Tea', '<p>Sencha.</p>', '100 g', 9.5, 12, 'https://images.example.com/tea.jpg', 'active'),
        ('tea', null, null, '250 g', 19.5, 4, 'https://images.example.com/tea-2.jpg', null),
        ('tea', null, null, null, null, null, 'https://images.example.com/tea-3.jpg', null),
        ('pot', 'Teapot', null, 'Default Title', 39, 2, null, 'draft');

      create view shop_products with (security_invoker = on) as
        select v.id,
               (select p."Title" from shopify_products p where p."Handle" = v."Handle" and p."Title" is not null)
                 || coalesce(' · ' || nullif(v."Option1 Value", 'Default Title'), '') as name,
               v."Variant Price" as price, v."Variant Inventory Qty" as inventory_count, v."Image Src" as image_url,
               (select p."Body (HTML)" from shopify_products p where p."Handle" = v."Handle" and p."Title" is not null) as description
          from shopify_products v
         where v."Variant Price" is not null
           and exists (select from shopify_products p where p."Handle" = v."Handle" and p."Status" = 'active');`,
    env: { PRODUCTS_TABLE: "shop_products" },
    expect: {
      list: ["Green Tea · 100 g · $9.50 · 12", "Green Tea · 250 g · $19.50 · 4"],
      hidden: { 3: "Green Tea", 4: "Teapot" },
      sale: {
        id: "2",
        quantity: 4,
        unitAmount: 1950,
        stock: `select "Variant Inventory Qty" as stock from shopify_products where id = 2`,
        image: "https://images.example.com/tea-2.jpg",
        description: "Sencha.",
      },
    },
  },
  {
    name: "26 a trigger that forbids direct edits of the stock",
    sql: `
      create table products (id bigserial primary key, name text not null, price numeric not null, stock integer not null default 0);
      create table stock_movements (
        id bigserial primary key, product_id bigint not null references products, change integer not null, reason text not null);
      insert into products (name, price, stock) values ('Vinyl Record', 24, 5);
      create function guard_stock() returns trigger language plpgsql as $$ begin
        if new.stock <> old.stock and pg_trigger_depth() < 2 then
          raise exception 'Stock may only change through stock_movements'; end if;
        return new; end $$;
      create trigger guard_stock before update on products for each row execute function guard_stock();
      create function apply_movement() returns trigger language plpgsql as $$ begin
        update products set stock = stock + new.change where id = new.product_id; return null; end $$;
      create trigger apply_movement after insert on stock_movements for each row execute function apply_movement();

      create view shop_products with (security_invoker = on) as
        select id, name, price, stock as inventory_count from products;
      create function sell_by_movement() returns trigger language plpgsql as $$ begin
        perform from products where id = old.id and stock = old.inventory_count for update;
        if not found then return null; end if;
        if new.inventory_count <> old.inventory_count then
          insert into stock_movements (product_id, change, reason)
            values (old.id, new.inventory_count - old.inventory_count, 'shop');
        end if;
        return new; end $$;
      create trigger sell instead of update on shop_products for each row execute function sell_by_movement();`,
    env: { PRODUCTS_TABLE: "shop_products" },
    expect: {
      list: ["Vinyl Record · $24.00 · 5"],
      sale: {
        id: "1",
        quantity: 2,
        unitAmount: 2400,
        stock: "select stock from products where stock = 5 + (select coalesce(sum(change), 0) from stock_movements)",
      },
    },
  },
  {
    name: "29 stock as the text '5.0'",
    sql: `
      create table items (id integer primary key, name text, price numeric, stock text);
      insert into items values (1, 'Rope', 15, '5.0'), (2, 'Hook', 4, '12'), (3, 'Net', 30, 'n/a');

      create view shop_products with (security_invoker = on) as
        select id, name, price, case when stock ~ '^[0-9]+(\\.0*)?$' then stock::numeric::integer end as inventory_count
          from items;
      create function sell_text() returns trigger language plpgsql as $$ begin
        update items set stock = new.inventory_count
          where id = old.id and case when stock ~ '^[0-9]+(\\.0*)?$' then stock::numeric::integer end = old.inventory_count;
        if not found then return null; end if;
        return new; end $$;
      create trigger sell instead of update on shop_products for each row execute function sell_text();`,
    env: { PRODUCTS_TABLE: "shop_products" },
    expect: {
      list: ["Hook · $4.00 · 12", "Rope · $15.00 · 5", "Net · $30.00 · 0"],
      sale: { id: "1", quantity: 2, unitAmount: 1500, stock: "select stock from items where id = 1" },
    },
  },
];
