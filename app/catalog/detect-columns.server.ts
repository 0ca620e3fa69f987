import { listNames, readColumnNames, type ColumnNames } from "./column-names.server";
import { columnsText, type ProductColumns } from "./product-columns";
import type { ProductsTable } from "./products-table.server";
import { proposeColumns } from "./propose-columns";

/** Whether the table can be read as it is mapped. */
export type MappingReport =
  | {
      readonly outcome: "usable";
      readonly columns: ProductColumns;
      /** What was chosen, for the person who set the shop up; empty if `PRODUCTS_COLUMNS` is set. */
      readonly notes: readonly string[];
    }
  /** `message` says what to set instead. */
  | { readonly outcome: "impossible"; readonly message: string };

const REQUIRED = ["id", "name", "price"] as const;
/** Preferred to the others, which may count something else beside it. */
const INVENTORY = "inventory_count";
const OTHER_INVENTORIES = ["inventory", "stock", "stock_quantity", "quantity"];
/** The first that exists is taken. */
const OPTIONAL = {
  description: ["description", "body", "details"],
  image: [
    "image_url",
    "image",
    "images",
    "image_urls",
    "image_path",
    "picture",
    "picture_url",
    "photo",
    "photo_url",
    "photos",
    "thumbnail",
    "thumbnail_url",
  ],
};
const CANDIDATES = [...REQUIRED, INVENTORY, ...OTHER_INVENTORIES, ...OPTIONAL.description, ...OPTIONAL.image];

/** Chooses the columns of a table for which `PRODUCTS_COLUMNS` is not set. Throws `UnavailableError` if the database does not respond. */
export async function detectColumns(table: ProductsTable): Promise<MappingReport> {
  const known = await readColumnNames(table, CANDIDATES);
  const has = (column: string): boolean => known.names.has(column);
  const stocks = OTHER_INVENTORIES.filter(has);
  const [description = null, ...otherDescriptions] = OPTIONAL.description.filter(has);
  const [image = null, ...otherImages] = OPTIONAL.image.filter(has);
  const mappedWith = (inventory: string): ProductColumns => ({
    id: "id",
    name: "name",
    price: "price",
    inventory,
    description,
    image,
    currency: null,
    stripePrice: null,
    active: null,
    created: null,
  });

  const inventory = has(INVENTORY) ? INVENTORY : stocks.length === 1 ? stocks[0] : undefined;
  const missing = REQUIRED.filter((column) => !has(column));
  if (inventory === undefined && stocks.length > 1 && missing.length === 0)
    return refuse(
      `the table "${table.table}" has several columns that may be the stock: ${stocks.map((name) => `"${name}"`).join(" and ")}. Set ${stocks
        .map((name) => `PRODUCTS_COLUMNS=${columnsText(mappedWith(name))}`)
        .join(" or ")}.`,
    );
  if (inventory === undefined || missing.length > 0)
    return refuse(
      describeMissing(table, known, { missing, hasInventory: inventory !== undefined || stocks.length > 1 }),
    );

  const columns = mappedWith(inventory);
  const others = inventory === INVENTORY ? stocks : [];
  return {
    outcome: "usable",
    columns,
    notes: [
      `PRODUCTS_COLUMNS is not set: the table "${table.table}" is read as ${columnsText(columns)}. Set that before going live, so that a column added later changes nothing.`,
      ...alternatives("stock", inventory, others),
      ...alternatives("description", description, otherDescriptions),
      ...alternatives("image", image, otherImages),
    ],
  };
}

function refuse(reason: string): MappingReport {
  return { outcome: "impossible", message: `PRODUCTS_COLUMNS: not set, and ${reason}` };
}

function describeMissing(
  table: ProductsTable,
  known: ColumnNames,
  { missing, hasInventory }: { readonly missing: readonly string[]; readonly hasInventory: boolean },
): string {
  const absent = [
    ...missing.map((column) => `no column "${column}"`),
    ...(hasInventory ? [] : [`no column for the stock (${[INVENTORY, ...OTHER_INVENTORIES].join(", ")})`]),
  ];
  const { text, isComplete, hasMinorPrice } = proposeColumns(known.names);
  const advice = isComplete
    ? `If these are right, set PRODUCTS_COLUMNS=${text}${hasMinorPrice ? " and PRICE_UNIT=minor" : ""}.`
    : `Set PRODUCTS_COLUMNS=${text} with the table's own names for COLUMN; description and image may be left out.`;
  return `the table "${table.table}" has ${new Intl.ListFormat("en").format(absent)}.${listNames(known)} ${advice}`;
}

function alternatives(what: string, chosen: string | null, others: readonly string[]): string[] {
  if (chosen === null || others.length === 0) return [];
  const named = others.map((name) => `"${name}"`).join(", ");
  return [`The ${what} is read from "${chosen}", not from ${named}; to change that, set PRODUCTS_COLUMNS.`];
}
