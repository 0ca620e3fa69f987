import type { Cart, CartSessions } from "~/cart/cart-session.server";
import type { CartShop } from "~/cart/cart-shop";
import { presentCart } from "~/cart/present-cart.server";
import type { ProductReads } from "~/catalog/catalog";
import { UnavailableError } from "~/errors";
import { json, Problem } from "~/http/problem.server";
import { summed, withSet } from "~/reservations/cart-lines";
import { heldIfKnown } from "~/reservations/held-if-known";
import type { ReservationStore } from "~/reservations/reservation-store";
import type { DecidedLine, ExceededLimit } from "~/reservations/reserve";
import { available, onHandOf } from "~/reservations/stock";
import { checkoutOpen, paidMeanwhile, sellingPaused } from "./checkout-problems.server";
import { resolveItems } from "./resolve-items.server";
import type { ReserveItem } from "./schemas";
import { momentIn } from "./times";

type Shop = CartShop & {
  readonly offers: Pick<ProductReads, "productsNamed" | "readStock">;
  readonly store: Pick<ReservationStore, "totals">;
  readonly carts: Pick<CartSessions, "token" | "headers">;
};

/** POST /api/reserve-inventory: sets this cart's quantity of each given product, all or none. After a sale, a new cart begins. */
export async function reserveItems(shop: Shop, given: Cart, items: readonly ReserveItem[]): Promise<Response> {
  const lines = summed(await resolveItems(items, shop.offers));
  const present = await presentCart(shop, given);
  if (present.outcome === "unsettled") throw new UnavailableError("The state of the last payment is not known yet.");
  const { cart } = present;
  const changed = { ...cart, lines: withSet(cart.lines, lines), paying: null };
  if (changed.lines.length > shop.env.MAX_LINES_PER_CART || !(await shop.carts.fits(changed))) {
    throw new Problem(422, "limit_exceeded", `A cart can hold up to ${shop.env.MAX_LINES_PER_CART} products.`, {
      fields: [{ field: "items", message: "too many products" }],
    });
  }
  const result = await shop.checkout.changeCart({ sessionHash: cart.sessionHash, lines });
  switch (result.outcome) {
    case "granted": {
      const { shopping, checkout } = await shop.store.totals();
      const released = await lookUp(
        shop,
        cart.sessionHash,
        result.lines.filter((line) => line.name === null),
      );
      const { expires_at, expires_in_seconds } = momentIn(result.view.expiresInMs, Date.now());
      return json(
        {
          success: true,
          session_id: shop.carts.token(cart),
          expires_at,
          expires_in_seconds,
          results: result.lines.map((line) => fitting(released.get(line.productId) ?? line)),
          total_active_reservations: shopping + checkout,
        },
        { headers: await shop.carts.headers(changed) },
      );
    }
    case "refused": {
      const { shopping, checkout } = await shop.store.totals();
      return json(
        {
          success: false,
          session_id: shop.carts.token(cart),
          ...momentIn(null, Date.now()),
          results: result.lines.map((line) => (line.shortage === null ? fitting(line) : short(line))),
          total_active_reservations: shopping + checkout,
          error: { code: "insufficient_inventory", message: "Not all items could be held, so nothing changed." },
        },
        { status: 409, headers: await shop.carts.headers(cart) },
      );
    }
    case "unknown_product":
      throw new Problem(404, "unknown_product", "There is no such product.", {
        fields: result.productIds.map((productId) => ({ field: "items.product_id", message: productId })),
      });
    case "limit_exceeded":
      throw limitExceeded(result);
    case "selling_paused":
      throw sellingPaused(result);
    case "checkout_open":
      throw checkoutOpen();
    case "paid":
      throw paidMeanwhile();
    default:
      return result satisfies never;
  }
}

function limitExceeded({ limit, max }: { readonly limit: ExceededLimit; readonly max: number }): Problem {
  const messages: Record<ExceededLimit, string> = {
    units_per_line: `At most ${max} units of one product.`,
    lines_per_cart: `At most ${max} products in one cart.`,
    units_per_client: `From one network address at most ${max} unpaid units can be held. Buy or release some first.`,
  };
  const field = limit === "units_per_line" ? "items.quantity" : "items";
  return new Problem(422, "limit_exceeded", messages[limit], { fields: [{ field, message: `at most ${max}` }] });
}

function fitting(line: DecidedLine) {
  return {
    product_id: line.productId,
    name: line.name,
    success: true,
    quantity: line.requested,
    available: line.available,
    remaining: Math.max(0, line.available - line.requested),
  };
}

function short(line: DecidedLine) {
  return {
    product_id: line.productId,
    name: line.name,
    success: false,
    requested: line.requested,
    available: line.available,
    reason: line.shortage,
  };
}

/** Looks up names and availability of released lines, which were decided without a read; best effort. */
async function lookUp(
  shop: Shop,
  sessionHash: string,
  lines: readonly DecidedLine[],
): Promise<ReadonlyMap<string, DecidedLine>> {
  if (lines.length === 0) return new Map();
  const productIds = lines.map((line) => line.productId);
  const [rows, held] = await Promise.all([
    shop.offers.readStock(productIds).catch(() => new Map<string, never>()),
    heldIfKnown(shop.store, sessionHash, productIds),
  ]);
  return new Map(
    lines.map((line) => {
      const row = rows.get(line.productId);
      const others = held.get(line.productId);
      const isKnown = row !== undefined && others !== undefined;
      return [
        line.productId,
        { ...line, name: row?.name ?? null, available: isKnown ? available(onHandOf(row), others.units) : 0 },
      ];
    }),
  );
}
