import { useFetcher } from "@remix-run/react";
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, type ReactNode } from "react";
import type { CartLineView, CartView } from "~/cart/cart-view";
import type { PanelView, Refusal } from "~/cart/panel-result";
import { useCartSync } from "./cart-sync";
import { ServerClock } from "./server-clock";

interface CartState {
  /** The newest view of the cart; null if there was none, as on an error page or while the store is unavailable. */
  readonly view: CartView | null;
  /** The same if it was read after the page was loaded; null if it was loaded with the page. */
  readonly reread: CartView | null;
  /** Reads the cart again and keeps the rest of the page, also if that fails. */
  readonly refresh: () => void;
  /** Why the last `refresh` failed; null if it did not. */
  readonly refusal: Refusal | null;
}

const CartContext = createContext<CartState>({ view: null, reread: null, refresh: () => undefined, refusal: null });

/**
 * The shopper's cart for everything on the page: what the page was loaded with, then what `refresh` read.
 */
export function CartProvider({
  loaded,
  readAt,
  children,
}: {
  loaded: CartView | null;
  /** Server time when the page was loaded, in epoch milliseconds. */
  readAt: number;
  children: ReactNode;
}) {
  const { data, load, state } = useFetcher<PanelView>({ key: "cart" });
  const { view, reread } = useNewest(loaded, data?.outcome === "shown" ? data.view : null);
  const refresh = useQueued(state === "idle", () => load("/cart/panel"));
  useEffect(() => {
    // What is being read may be older than what was just loaded.
    if (state !== "idle") refresh();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per load
  }, [loaded]);
  useCartSync(view, refresh);
  const refusal = state === "idle" && data?.outcome === "refused" ? data.refusal : null;
  const cart = useMemo(() => ({ view, reread, refresh, refusal }), [view, reread, refresh, refusal]);
  return (
    <CartContext.Provider value={cart}>
      <ServerClock readAt={view?.readAt ?? readAt}>{children}</ServerClock>
    </CartContext.Provider>
  );
}

export function useCart(): CartState {
  return useContext(CartContext);
}

/** The cart's line of a product; undefined if it has none. */
export function useCartLine(productId: string): CartLineView | undefined {
  return useCart().view?.lines.find((line) => line.productId === productId);
}

/** The newest view, with what only the cart page's own loader knows. */
export function useCurrentView(loaded: CartView): CartView {
  const { reread } = useCart();
  if (reread === null) return loaded;
  const removed = loaded.removed.filter((gone) => !reread.lines.some(({ productId }) => productId === gone.productId));
  return { ...reread, changes: loaded.changes, removed };
}

/** A call while one is under way is made after it, once: a new load would abort the other, and a slow server would never get through. */
function useQueued(isIdle: boolean, load: () => void): () => void {
  const current = useRef({ isIdle, load, isWanted: false });
  useEffect(() => {
    const isWanted = current.current.isWanted && !isIdle;
    if (current.current.isWanted && isIdle) load();
    current.current = { isIdle, load, isWanted };
  });
  return useCallback(() => {
    const { isIdle, load: loadNow } = current.current;
    current.current = { isIdle: false, load: loadNow, isWanted: !isIdle };
    if (isIdle) loadNow();
  }, []);
}

/** The view that arrived last, since clocks of servers differ. One that could not be loaded again stays. */
function useNewest(loaded: CartView | null, read: CartView | null): Pick<CartState, "view" | "reread"> {
  const last = useRef({ loaded, read, view: loaded ?? read });
  if (loaded !== null && loaded !== last.current.loaded) last.current = { loaded, read, view: loaded };
  if (read !== null && read !== last.current.read) last.current = { loaded, read, view: read };
  const { view } = last.current;
  return { view, reread: view === read ? read : null };
}
