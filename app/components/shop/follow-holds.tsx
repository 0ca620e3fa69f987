import { useRevalidator } from "@remix-run/react";
import { useEffect } from "react";
import { useLiveProducts } from "~/availability/live-stock";
import type { CartView } from "~/cart/cart-view";

/** Revalidates the cart when the shopper's holds change elsewhere: in another tab, or because they end. */
export function FollowHolds({ view }: { view: CartView }) {
  const live = useLiveProducts();
  const { revalidate } = useRevalidator();
  const hasChanged = view.lines.some(
    ({ productId, stock }) => (live.get(productId) ?? stock).heldByYou !== stock.heldByYou,
  );
  useEffect(() => {
    if (hasChanged) revalidate();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per update; `revalidate` changes on every render
  }, [live]);
  return null;
}
