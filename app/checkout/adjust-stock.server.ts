import type { z } from "zod";
import type { inventoryUpdate } from "~/api/schemas";
import type { Catalog, SwapRefusal } from "~/catalog/catalog";
import { Problem } from "~/http/problem.server";
import type { CheckoutService } from "./checkout";

/** Sales that come in between are no reason to give up; that many in a row are. */
const TRIES = 20;

interface Shop {
  readonly catalog: Pick<Catalog, "readStock" | "compareAndSwap">;
  readonly checkout: Pick<CheckoutService, "editStock">;
}

type InventoryUpdate = z.output<typeof inventoryUpdate>;

/** Sets or moves a row's inventory, without undoing a sale that happens meanwhile: `before` is what was really replaced. */
export async function updateInventory(
  { catalog, checkout }: Shop,
  update: InventoryUpdate,
): Promise<{ before: number; after: number }> {
  return checkout.editStock(update.product_id, () => swapRow(catalog, update));
}

async function swapRow(catalog: Shop["catalog"], update: InventoryUpdate): Promise<{ before: number; after: number }> {
  const { product_id: productId, inventory, delta } = update;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const row = (await catalog.readStock([productId])).get(productId);
    if (row === undefined)
      throw new Problem(404, "unknown_product", "There is no such product.", {
        fields: [{ field: "product_id", message: productId }],
      });
    const before = row.inventory;
    if (before === null)
      throw new Problem(422, "invalid_request", "The row's inventory is not a whole number: mend it in the table.", {
        fields: [{ field: "product_id", message: productId }],
      });
    const after = inventory ?? before + (delta ?? 0);
    if (after < 0)
      throw new Problem(422, "limit_exceeded", `The stock is ${before}; it cannot go below 0.`, {
        fields: [{ field: "delta", message: "too low" }],
      });
    const swapped = await catalog.compareAndSwap({
      productId,
      from: before,
      to: after,
      version: row.version ?? undefined,
    });
    if (swapped.outcome === "swapped") return { before, after };
    if (swapped.outcome === "refused") throw refused(swapped);
  }
  throw new Problem(503, "unavailable", "The row changes too often at the moment. Try again.", {
    headers: { "Retry-After": "1" },
  });
}

/** Nothing was changed. The row's refusal is about this change (409); the set-up's ends when somebody sees to it (503). */
function refused({ by, message }: SwapRefusal): Problem {
  return by === "row"
    ? new Problem(409, "row_refused", message)
    : new Problem(503, "unavailable", message, { headers: { "Retry-After": "30" } });
}
