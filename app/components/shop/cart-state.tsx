import { useFetcher } from "@remix-run/react";
import { createContext, useCallback, useContext, useMemo, useRef, type ReactNode } from "react";
import type { CartLineView, CartView } from "~/cart/cart-view";
import type { PanelView, Refusal } from "~/cart/panel-result";
import { useCartSync } from "./cart-sync";

interface CartState {
  /** The newest view of the cart; null if there was none, as on an error page or while the store is unavailable. */
  readonly view: CartView | null;
  /** Reads the cart again and keeps the rest of the page, also if that fails. */
  readonly refresh: () => void;
  /** Why the last `refresh` failed; null if it did not. */
  readonly refusal: Refusal | null;
}

const CartContext = createContext<CartState>({ view: null, refresh: () => undefined, refusal: null });

/**
 * The shopper's cart for everything on the page: what the page was loaded with, then what `refresh` read.
 */
export function CartProvider({ loaded, children }: { loaded: CartView | null; children: ReactNode }) {
  const { data, load, state } = useFetcher<PanelView>({ key: "cart" });
  const view = useNewest(loaded, data?.outcome === "shown" ? data.view : null);
  const loadNow = useRef(load);
  loadNow.current = load;
  const refresh = useCallback(() => loadNow.current("/cart/panel"), []);
  useCartSync(view, refresh);
  const refusal = state === "idle" && data?.outcome === "refused" ? data.refusal : null;
  const cart = useMemo(() => ({ view, refresh, refusal }), [view, refresh, refusal]);
  return <CartContext.Provider value={cart}>{children}</CartContext.Provider>;
}

export function useCart(): CartState {
  return useContext(CartContext);
}

/** The cart's line of a product; undefined if it has none. */
export function useCartLine(productId: string): CartLineView | undefined {
  return useCart().view?.lines.find((line) => line.productId === productId);
}

/** The newest view, with what only the cart page knows. */
export function useCurrentView(loaded: CartView): CartView {
  const { view } = useCart();
  if (view === null || view.readAt <= loaded.readAt) return loaded;
  const isBack = view.lines.some(({ productId }) => productId === loaded.removed?.productId);
  return { ...view, changes: loaded.changes, removed: isBack ? null : loaded.removed };
}

/** A view that could not be loaded again stays. */
function useNewest(...views: readonly (CartView | null)[]): CartView | null {
  const last = useRef<CartView | null>(null);
  for (const view of views) {
    if (view !== null && view.readAt >= (last.current?.readAt ?? 0)) last.current = view;
  }
  return last.current;
}
