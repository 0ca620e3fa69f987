import type { Catalog, Product, SwapRefusal } from "~/catalog/catalog";
import type { PriceReading, PriceSource } from "~/catalog/price-source";

export interface Row {
  name?: string;
  /** Minor units; null: not for sale. */
  price?: number | null;
  currency?: string;
  inventory: number | null;
  active?: boolean;
  stripePrice?: string | null;
  /** Rejects every swap, as a row or as the table's setup. */
  refuses?: SwapRefusal["by"] | undefined;
  /** Number of writes. */
  version?: number;
}

interface Options {
  readonly onSwap?: (productId: string, before: number, after: number) => void;
  /** Whether rows have versions, as in a table; a view has none. */
  readonly versions?: boolean;
  /** Reads the Stripe Prices that rows refer to. */
  readonly prices?: PriceSource | undefined;
}

/**
 * An in-memory table with the database's semantics: a read sees a single point in time, a swap is atomic and
 * conditional.
 */
export function createMemoryCatalog(
  rows: Map<string, Row>,
  { onSwap = () => undefined, versions = true, prices }: Options = {},
): Catalog {
  const versionOf = ({ version = 1 }: Row) => (versions ? String(version) : null);
  const namedPrices = (ids: readonly string[]) => ids.flatMap((id) => rows.get(id)?.stripePrice ?? []);
  const product = (id: string, readings: ReadonlyMap<string, PriceReading>): Product[] => {
    const row = rows.get(id);
    if (row === undefined) return [];
    const { name = id, price = 1250, currency = "usd", inventory, active = true, stripePrice = null } = row;
    const reading = readings.get(stripePrice ?? "");
    const ownPrice = price === null ? null : { amount: price, currency };
    const charged = stripePrice === null ? ownPrice : reading?.state === "usable" ? reading.price : null;
    return [
      {
        id,
        name,
        description: "",
        image: null,
        price: charged,
        stripePrice,
        active,
        onHand: Math.max(0, inventory ?? 0),
      },
    ];
  };
  const unused = () => Promise.reject(new Error("not part of checkout"));
  const read = async (ids: readonly string[]) => {
    const readings = (await prices?.read(namedPrices(ids))) ?? new Map<string, PriceReading>();
    return ids.flatMap((id) => product(id, readings));
  };
  return {
    async list({ page, pageSize }) {
      const ids = [...rows.keys()].sort();
      const products = await read(ids.slice((page - 1) * pageSize, page * pageSize));
      return { products, page, pages: Math.ceil(ids.length / pageSize), total: ids.length };
    },
    productsNamed: unused,
    products: async (ids) => new Map((await read(ids)).map((row) => [row.id, row])),
    rereadPrices: async (ids) => prices?.reread(namedPrices(ids)),
    readStock: async (ids) =>
      new Map(
        ids.flatMap((id) => {
          const row = rows.get(id);
          return row === undefined
            ? []
            : [
                [
                  id,
                  {
                    name: row.name ?? id,
                    inventory: row.inventory,
                    active: row.active ?? true,
                    version: versionOf(row),
                  },
                ] as const,
              ];
        }),
      ),
    compareAndSwap: async ({ productId, from, to, version = null }) => {
      const row = rows.get(productId);
      if (row?.refuses === "setup") return refusal("setup");
      if (row?.inventory !== from) return { outcome: "changed" };
      if (version !== null && version !== versionOf(row)) return { outcome: "changed" };
      if (row.refuses === "row") return refusal("row");
      row.inventory = to;
      row.version = (row.version ?? 1) + 1;
      onSwap(productId, from, to);
      return { outcome: "swapped" };
    },
  };
}

function refusal(by: SwapRefusal["by"]): SwapRefusal {
  return { outcome: "refused", by, code: by === "row" ? "23514" : "25006", message: "rejected by the in-memory table" };
}
