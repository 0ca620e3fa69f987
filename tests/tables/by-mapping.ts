import type { Shape } from "./shape";

/** Tables that need their columns named, or nothing. */
export const BY_MAPPING: readonly Shape[] = [
  {
    name: "01 bigserial id, stock, image_url",
    sql: `
      create table products (
        id bigserial primary key, name text not null, description text, price numeric(10, 2) not null,
        stock integer not null default 0, image_url text, created_at timestamptz default now());
      insert into products (name, description, price, stock, image_url) values
        ('Walnut Tray', 'Oiled walnut.', 42.00, 7, 'https://images.example.com/tray.jpg'),
        ('Linen Apron', 'Washed linen.', 38.50, 3, 'https://images.example.com/apron.jpg'),
        ('Candle', 'Burns for forty hours.', 12.00, 0, null);`,
    env: {},
    expect: {
      list: ["Linen Apron · $38.50 · 3", "Walnut Tray · $42.00 · 7", "Candle · $12.00 · 0"],
      sale: {
        id: "2",
        quantity: 2,
        unitAmount: 3850,
        stock: "select stock from products where id = 2",
        image: "https://images.example.com/apron.jpg",
        description: "Washed linen.",
      },
    },
  },
  {
    name: "02 uuid, stripe_price_id beside price, stock_quantity with a check, row level security",
    sql: `
      create table products (
        id uuid primary key default gen_random_uuid(), name text not null, description text, price numeric(10, 2) not null,
        stripe_product_id text, stripe_price_id text, stock_quantity integer not null default 0 check (stock_quantity >= 0),
        image_url text);
      alter table products enable row level security;
      create policy "everybody reads" on products for select using (true);
      insert into products values
        ('3f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01', 'Poster', null, 29.00, 'prod_poster', 'price_poster', 5, null),
        ('3f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a02', 'Postcard', null, 2.50, null, null, 100, null),
        ('3f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a03', 'Print', null, 55.00, 'prod_print', 'price_gone', 2, null);`,
    env: {
      PRODUCTS_COLUMNS:
        "id,name,price,stripe_price=stripe_price_id,inventory=stock_quantity,description,image=image_url",
    },
    prices: [{ id: "price_poster", currency: "usd", unit_amount: 3100, product_name: "Poster" }],
    expect: {
      list: ["Postcard · $2.50 · 100", "Poster · $31.00 · 5", "Print · no price"],
      sale: {
        id: "3f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01",
        quantity: 1,
        unitAmount: 3100,
        stock: "select stock_quantity as stock from products where name = 'Poster'",
      },
    },
  },
  {
    name: "03 title, image_urls text[], jsonb attributes",
    sql: `
      create table products (
        id uuid primary key, title varchar(200) not null, description text, price numeric not null, stock integer not null,
        image_urls text[] not null default '{}', attributes jsonb not null default '{}');
      insert into products values
        ('9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb61', 'Rain Jacket', 'Keeps dry.', 119.9, 4,
         '{https://images.example.com/front.jpg,https://images.example.com/back.jpg}', '{"colour": "navy"}'),
        ('9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb62', 'Wool Hat', null, 24, 9, '{}', '{}');`,
    env: { PRODUCTS_COLUMNS: "id,name=title,price,inventory=stock,description,image=image_urls" },
    expect: {
      list: ["Rain Jacket · $119.90 · 4", "Wool Hat · $24.00 · 9"],
      sale: {
        id: "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb61",
        quantity: 3,
        unitAmount: 11990,
        stock: "select stock from products where title = 'Rain Jacket'",
        image: "https://images.example.com/front.jpg",
      },
    },
  },
  {
    name: "19 price and stock as text",
    sql: `
      create table items (id integer primary key, item_name text, price text, stock text);
      insert into items values
        (1, 'Anvil', '1,299.00', '2'), (2, 'Bolt', '12.50', '40'), (3, 'Chisel', '$12.50', '8'),
        (4, 'Drill', '12,50', '1'), (5, 'Engine', 'Contact for Price', '3');`,
    env: { PRODUCTS_TABLE: "items", PRODUCTS_COLUMNS: "id,name=item_name,price,inventory=stock" },
    expect: {
      list: [
        "Anvil · $1,299.00 · 2",
        "Bolt · $12.50 · 40",
        "Chisel · $12.50 · 8",
        "Drill · $12.50 · 1",
        "Engine · no price",
      ],
      sale: { id: "1", quantity: 2, unitAmount: 129900, stock: "select stock from items where id = 1" },
    },
  },
  {
    name: "20 price money",
    sql: `
      create table products (id serial primary key, name text, price money, quantity integer);
      insert into products (name, price, quantity) values ('Armchair', 1299, 2), ('Stool', 89.5, 6);`,
    env: {},
    expect: {
      list: ["Armchair · $1,299.00 · 2", "Stool · $89.50 · 6"],
      sale: { id: "1", quantity: 1, unitAmount: 129900, stock: "select quantity as stock from products where id = 1" },
    },
  },
  {
    name: "25 triggers for updated_at and a log of movements, pictures by path and by address",
    sql: `
      create table products (
        id uuid primary key default gen_random_uuid(), name text not null, price numeric(10, 2), stock integer not null,
        image_path text, updated_at timestamptz not null default '2025-01-01');
      create table stock_movements (
        id bigserial primary key, product_id uuid references products, change integer, at timestamptz default now());
      insert into products (id, name, price, stock, image_path) values
        ('5f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01', 'Tide Mug', 28, 6, 'mugs/tide mug.jpg'),
        ('5f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a02', 'Reef Mug', 26, 6, 'https://images.example.com/reef.jpg');
      create function touch() returns trigger language plpgsql as 'begin new.updated_at = now(); return new; end';
      create trigger touch before update on products for each row execute function touch();
      create function log_movement() returns trigger language plpgsql as $$ begin
        insert into stock_movements (product_id, change) values (new.id, new.stock - old.stock); return null; end $$;
      create trigger log_movement after update of stock on products for each row
        when (new.stock <> old.stock) execute function log_movement();`,
    env: {
      PRODUCTS_COLUMNS: "id,name,price,inventory=stock,image=image_path",
      IMAGE_BASE_URL: "https://project.supabase.co/storage/v1/object/public/products",
    },
    expect: {
      list: ["Reef Mug · $26.00 · 6", "Tide Mug · $28.00 · 6"],
      sale: {
        id: "5f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01",
        quantity: 2,
        unitAmount: 2800,
        // What the log adds up to, as long as the row agrees.
        stock: `select stock from products where name = 'Tide Mug' and stock = 6 + (select coalesce(sum(change), 0) from stock_movements)`,
        image: "https://project.supabase.co/storage/v1/object/public/products/mugs/tide%20mug.jpg",
      },
    },
  },
  {
    name: "27 slug as the id, sort_order, created_at",
    sql: `
      create table products (
        id bigserial primary key, slug text unique not null, name text not null, price numeric not null, stock integer not null,
        sort_order integer, created_at timestamptz not null default now());
      insert into products (slug, name, price, stock, sort_order, created_at) values
        ('zine-no-1', 'Zine No. 1', 8, 12, 1, '2025-01-01'), ('tote-bag', 'Tote Bag', 15, 3, 2, '2025-02-01'),
        ('badge', 'Badge', 3, 30, 2, '2025-03-01');`,
    env: {
      PRODUCTS_COLUMNS: "id=slug,name,price,inventory=stock",
      PRODUCTS_ORDER: "sort_order.asc,created_at.desc",
    },
    expect: {
      list: ["Zine No. 1 · $8.00 · 12", "Badge · $3.00 · 30", "Tote Bag · $15.00 · 3"],
      sale: {
        id: "tote-bag",
        quantity: 3,
        unitAmount: 1500,
        stock: "select stock from products where slug = 'tote-bag'",
      },
    },
  },
  {
    name: "31 an empty table",
    sql: `
      create table products (
        id uuid primary key default gen_random_uuid(), name text, price numeric, inventory_count integer, description text,
        image_url text);`,
    env: {},
    later: "insert into products values ('7f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01', 'First', 5, 2, null, null);",
    expect: {
      list: ["First · $5.00 · 2"],
      sale: {
        id: "7f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01",
        quantity: 1,
        unitAmount: 500,
        stock: "select inventory_count as stock from products",
      },
    },
  },
  {
    name: "34 marketplace_inventory, product_name",
    sql: `
      create table marketplace_inventory (
        id uuid primary key, seller_id uuid, product_name text not null, unit_price numeric(12, 2) not null,
        available_quantity integer not null, min_order_quantity integer default 1, description text);
      insert into marketplace_inventory values
        ('8f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01', gen_random_uuid(), 'Basmati Rice 5 kg', 14.75, 60, 3, 'Aged.'),
        ('8f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a02', gen_random_uuid(), 'Red Lentils 1 kg', 3.2, 0, 1, null);`,
    env: {
      PRODUCTS_TABLE: "marketplace_inventory",
      PRODUCTS_COLUMNS: "id,name=product_name,price=unit_price,inventory=available_quantity,description",
    },
    expect: {
      list: ["Basmati Rice 5 kg · $14.75 · 60", "Red Lentils 1 kg · $3.20 · 0"],
      sale: {
        id: "8f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01",
        quantity: 3,
        unitAmount: 1475,
        stock: "select available_quantity as stock from marketplace_inventory where product_name like 'Basmati%'",
      },
    },
  },
];
