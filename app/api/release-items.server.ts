import type { Shop } from "~/boot/assemble-shop.server";
import type { Cart } from "~/cart/cart-session.server";
import { json } from "~/http/problem.server";
import { withSet } from "~/reservations/cart-lines";
import { checkoutOpen, paidMeanwhile } from "./checkout-problems.server";

type ReleasingShop = Pick<Shop, "checkout" | "store" | "carts">;

/** DELETE /api/reserve-inventory: releases this cart's holds, all or those on the given products. Idempotent; nothing held: `released: 0`. */
export async function releaseItems(
  shop: ReleasingShop,
  cart: Cart | null,
  productIds: readonly string[] | "all",
): Promise<Response> {
  const result =
    cart === null
      ? { outcome: "released" as const, lines: [] }
      : await shop.checkout.release({ sessionHash: cart.sessionHash, productIds });
  switch (result.outcome) {
    case "released": {
      const { shopping, checkout } = await shop.store.totals();
      let headers: Record<string, string> = {};
      if (cart !== null) {
        const dropped = productIds === "all" ? cart.lines.map((line) => line.productId) : productIds;
        const lines = withSet(
          cart.lines,
          dropped.map((productId) => ({ productId, quantity: 0 })),
        );
        headers = await shop.carts.headers({ ...cart, lines });
      }
      return json(
        { success: true, released: result.lines.length, total_active_reservations: shopping + checkout },
        { headers },
      );
    }
    case "checkout_open":
      throw checkoutOpen();
    case "paid":
      throw paidMeanwhile();
    default:
      return result satisfies never;
  }
}
