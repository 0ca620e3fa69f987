import { columnsText, type ProductColumns } from "./product-columns";

/** How columns are often called, by field. The first pattern that a name matches counts; of its names, the first in the table. */
const OFTEN_CALLED = {
  id: [/^id$/i, /^(product|item|variant)_?id$/i, /^(slug|sku|handle)$/i, /_?id$/i],
  name: [/^name$/i, /^(title|label)$/i, /name$/i, /title$/i],
  price: [/^price$/i, /^(unit|sale|retail)_?price/i, /price/i, /^(amount|cost)/i],
  inventory: [
    /^inventory_count$/i,
    /^(inventory|stock|quantity|qty)$/i,
    /^(stock|inventory|quantity|qty|available|units|pieces)_/i,
    /(stock|quantity|qty|on_?hand|left)$/i,
  ],
  description: [/^(description|body|details)/i],
  image: [/^(image|photo|picture|thumbnail)/i],
} as const;

export interface ColumnProposal {
  /** For `PRODUCTS_COLUMNS`; a required field for which no name fits has the column `COLUMN`. */
  readonly text: string;
  readonly isComplete: boolean;
  /** Whether the price's name says that it is in cents. */
  readonly hasMinorPrice: boolean;
}

/** Guesses which column is which from their names. Only for a person to confirm: no data is looked at. */
export function proposeColumns(names: Iterable<string>): ColumnProposal {
  // Names such as in_stock and isAvailable are yes-or-no columns.
  const left = new Set([...names].filter((name) => !/^(in|is|has)(_|[A-Z])/.test(name)));
  function take(field: keyof typeof OFTEN_CALLED): string | null {
    for (const pattern of OFTEN_CALLED[field])
      for (const name of left)
        if (pattern.test(name)) {
          left.delete(name);
          return name;
        }
    return null;
  }
  const columns: ProductColumns = {
    id: take("id") ?? "COLUMN",
    name: take("name") ?? "COLUMN",
    price: take("price") ?? "COLUMN",
    inventory: take("inventory") ?? "COLUMN",
    description: take("description"),
    image: take("image"),
    currency: null,
    stripePrice: null,
    active: null,
    created: null,
  };
  return {
    text: columnsText(columns),
    isComplete: !Object.values(columns).includes("COLUMN"),
    hasMinorPrice: /cents|minor/i.test(columns.price ?? ""),
  };
}
