import type { ProductReads } from "~/catalog/catalog";
import { Problem } from "~/http/problem.server";
import type { Line } from "~/reservations/reservation-store";
import type { ReserveItem } from "./schemas";

/** Resolves requested items, by id or name, to lines. Throws a 404 for an unknown name, a 400 for one that several rows have. */
export async function resolveItems(
  items: readonly ReserveItem[],
  offers: Pick<ProductReads, "productsNamed">,
): Promise<Line[]> {
  const names = [...new Set(items.flatMap((item) => item.name ?? []))];
  const rows = names.length === 0 ? new Map<string, readonly { id: string }[]>() : await offers.productsNamed(names);
  return items.map((item, index) => ({
    productId: item.product_id ?? idOf(item.name ?? "", rows, index),
    quantity: item.quantity,
  }));
}

function idOf(name: string, rows: ReadonlyMap<string, readonly { id: string }[]>, index: number): string {
  const [row, another] = rows.get(name) ?? [];
  const fields = [{ field: `items.${index}.name`, message: name }];
  if (row === undefined) throw new Problem(404, "unknown_product", `There is no product named “${name}”.`, { fields });
  if (another !== undefined)
    throw new Problem(400, "ambiguous_product", `Several products are named “${name}”: use a product_id.`, { fields });
  return row.id;
}
