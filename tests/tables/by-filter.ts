import type { Shape } from "./shape";

/** Tables with rows that are not for sale, or in other units, currencies and schemas. */
export const BY_FILTER: readonly Shape[] = [
  {
    name: "05 status text, draft by default, image_urls text[]",
    sql: `
      create table products (
        id bigint generated always as identity primary key, name text not null, price numeric(10, 2) not null default 1,
        stock integer not null default 0, status text not null default 'draft', image_urls text[]);
      insert into products (name, price, stock, status, image_urls) values
        ('Oak Shelf', 129, 4, 'active', '{https://images.example.com/shelf.jpg}'),
        ('New product', 1, 10, 'draft', null), ('Pine Shelf', 79, 9, 'archived', null);`,
    env: {
      PRODUCTS_COLUMNS: "id,name,price,inventory=stock,image=image_urls",
      PRODUCTS_FILTER: "status=eq.active",
    },
    expect: {
      list: ["Oak Shelf · $129.00 · 4"],
      hidden: { 2: "New product", 3: "Pine Shelf" },
      sale: {
        id: "1",
        quantity: 1,
        unitAmount: 12900,
        stock: "select stock from products where id = 1",
        image: "https://images.example.com/shelf.jpg",
      },
    },
  },
  {
    name: "06 serial, status enum",
    sql: `
      create type product_status as enum ('active', 'inactive', 'discontinued');
      create table products (
        id serial primary key, name varchar(255) not null, description text, price decimal(10, 2) not null,
        stock_quantity integer default 0, status product_status default 'active', category_id integer);
      insert into products (name, price, stock_quantity, status) values
        ('Kettle', 49.99, 11, 'active'), ('Old Kettle', 19.99, 5, 'inactive'), ('Toaster', 39.99, 2, 'discontinued');`,
    env: { PRODUCTS_FILTER: "status=eq.active" },
    expect: {
      list: ["Kettle · $49.99 · 11"],
      hidden: { 2: "Old Kettle", 3: "Toaster" },
      sale: {
        id: "1",
        quantity: 4,
        unitAmount: 4999,
        stock: "select stock_quantity as stock from products where id = 1",
      },
    },
  },
  {
    name: "07 text id, stock null where unlimited, is_active",
    sql: `
      create table products (
        id text primary key, name text not null, price numeric not null, stock integer, is_active boolean not null default true);
      insert into products values
        ('tee-black-m', 'Black Tee', 25, 8, true), ('ebook', 'Ebook', 9, null, true), ('tee-red-m', 'Red Tee', 25, 5, false);`,
    env: { PRODUCTS_FILTER: "is_active=is.true" },
    expect: {
      list: ["Black Tee · $25.00 · 8", "Ebook · $9.00 · 0"],
      hidden: { "tee-red-m": "Red Tee" },
      sale: {
        id: "tee-black-m",
        quantity: 2,
        unitAmount: 2500,
        stock: "select stock from products where id = 'tee-black-m'",
      },
    },
  },
  {
    name: "11 text ids, images text[], in_stock beside stock_count, row level security",
    sql: `
      create table products (
        id text primary key, name text not null, price double precision not null, images text[] default array[]::text[],
        in_stock boolean default true, stock_count integer default 0, category text);
      alter table products enable row level security;
      insert into products values
        ('ring-01', 'Silver Ring', 64.9, '{/images/ring.jpg}', true, 3, 'rings'),
        ('ring-02', 'Gold Ring', 264.9, '{}', false, 1, 'rings');`,
    env: {
      PRODUCTS_COLUMNS: "id,name,price,inventory=stock_count,image=images",
      PRODUCTS_FILTER: "in_stock=is.true",
    },
    expect: {
      list: ["Silver Ring · $64.90 · 3"],
      hidden: { "ring-02": "Gold Ring" },
      sale: {
        id: "ring-01",
        quantity: 3,
        unitAmount: 6490,
        stock: "select stock_count as stock from products where id = 'ring-01'",
        image: "/images/ring.jpg",
      },
    },
  },
  {
    name: "15 deleted_at, is_active, generated is_in_stock",
    sql: `
      create table products (
        id uuid primary key, name text not null, price numeric(10, 2) not null, stock_quantity integer not null default 0,
        is_active boolean default true, deleted_at timestamptz,
        is_in_stock boolean generated always as (stock_quantity > 0) stored);
      insert into products (id, name, price, stock_quantity, is_active, deleted_at) values
        ('1f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01', 'Blender', 59, 5, true, null),
        ('1f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a02', 'Deleted Toaster', 29, 5, true, '2025-03-01'),
        ('1f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a03', 'Waffle Iron', 45, 5, false, null);`,
    env: { PRODUCTS_FILTER: "is_active=is.true&deleted_at=is.null" },
    expect: {
      list: ["Blender · $59.00 · 5"],
      hidden: {
        "1f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a02": "Deleted Toaster",
        "1f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a03": "Waffle Iron",
      },
      sale: {
        id: "1f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01",
        quantity: 5,
        unitAmount: 5900,
        stock: "select stock_quantity as stock from products where name = 'Blender'",
      },
    },
  },
  {
    name: "17 a schema of its own",
    sql: `
      create schema inventory;
      create table inventory.products (
        id uuid primary key, name text not null, price numeric not null, quantity integer not null, discontinued boolean default false);
      insert into inventory.products values
        ('2f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01', 'Notebook', 12, 20, false),
        ('2f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a02', 'Old Notebook', 6, 20, true);`,
    env: { PRODUCTS_SCHEMA: "inventory", PRODUCTS_FILTER: "discontinued=is.false" },
    expect: {
      list: ["Notebook · $12.00 · 20"],
      hidden: { "2f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a02": "Old Notebook" },
      sale: {
        id: "2f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01",
        quantity: 10,
        unitAmount: 1200,
        stock: "select quantity as stock from inventory.products where name = 'Notebook'",
      },
    },
  },
  {
    name: "28 price_cents, currency char(3), active, descriptions in HTML",
    sql: `
      create table products (
        id bigserial primary key, name text not null, description text, price_cents integer not null,
        currency char(3) not null default 'EUR', stock integer not null, active boolean not null default true);
      insert into products (name, description, price_cents, stock, active) values
        ('Espresso Cup', '<p>Two <b>cups</b> &amp; saucers.</p><p>Dishwasher safe.</p>', 1900, 14, true),
        ('Sample', null, 100, 3, false);`,
    env: {
      PRODUCTS_COLUMNS: "id,name,price=price_cents,currency,inventory=stock,description",
      PRICE_UNIT: "minor",
      PRODUCTS_FILTER: "active=is.true",
    },
    expect: {
      list: ["Espresso Cup · €19.00 · 14"],
      hidden: { 2: "Sample" },
      sale: {
        id: "1",
        quantity: 2,
        unitAmount: 1900,
        currency: "eur",
        stock: "select stock from products where id = 1",
        description: "Two cups & saucers.\n\nDishwasher safe.",
      },
    },
  },
  {
    name: "32 product_id serial, everything nullable",
    sql: `
      create table products (
        product_id serial primary key, product_name varchar(100), price decimal(10, 2), stock_quantity integer,
        description text);
      insert into products (product_name, price, stock_quantity) values
        ('Desk Lamp', 34.99, 5), (null, 10, 5), ('Desk Fan', null, 5), ('Desk Mat', 19.99, null);`,
    env: {
      PRODUCTS_COLUMNS: "id=product_id,name=product_name,price,inventory=stock_quantity,description",
      PRODUCTS_FILTER: "product_name=not.is.null&price=not.is.null",
    },
    expect: {
      list: ["Desk Lamp · $34.99 · 5", "Desk Mat · $19.99 · 0"],
      hidden: { 3: "Desk Fan" },
      sale: {
        id: "1",
        quantity: 1,
        unitAmount: 3499,
        stock: "select stock_quantity as stock from products where product_id = 1",
      },
    },
  },
  {
    name: "35 images jsonb [{url}], status enum, kwanzas",
    sql: `
      create type estado as enum ('activo', 'rascunho', 'esgotado');
      create table produtos (
        id uuid primary key, nome text not null, preco numeric(12, 2) not null, stock integer not null,
        imagens jsonb not null default '[]', estado estado not null default 'rascunho');
      insert into produtos values
        ('6f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01', 'Pano Samakaka', 4500, 7,
         '[{"url": "https://images.example.com/pano.jpg", "alt": "Pano"}]', 'activo'),
        ('6f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a02', 'Cesto', 3000, 2, '[]', 'rascunho');`,
    env: {
      PRODUCTS_TABLE: "produtos",
      PRODUCTS_COLUMNS: "id,name=nome,price=preco,inventory=stock,image=imagens",
      PRODUCTS_FILTER: "estado=eq.activo",
      CURRENCY: "aoa",
    },
    expect: {
      list: ["Pano Samakaka · AOA 4,500.00 · 7"],
      hidden: { "6f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a02": "Cesto" },
      sale: {
        id: "6f0c7b52-6d0e-4c5c-9a55-0c6a0f1b7a01",
        quantity: 2,
        unitAmount: 450000,
        currency: "aoa",
        stock: "select stock from produtos where nome like 'Pano%'",
        image: "https://images.example.com/pano.jpg",
      },
    },
  },
];
