import { useEffect } from "react";
import { useLiveProducts } from "~/availability/live-stock";
import { useCart } from "./cart-state";

/** Reads the cart again when the shopper's holds of the products on this page change elsewhere. */
export function FollowHolds() {
  const live = useLiveProducts();
  const { view, refresh } = useCart();
  useEffect(() => {
    if (view === null) return;
    const known = new Map(view.lines.map(({ productId, stock }) => [productId, stock.heldByYou]));
    const hasChanged = [...live.values()].some(({ id, heldByYou }) => heldByYou !== (known.get(id) ?? 0));
    if (hasChanged) refresh();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per update, not when the cart has been read
  }, [live]);
  return null;
}
