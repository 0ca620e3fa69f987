import { useRevalidator } from "@remix-run/react";
import { useEffect } from "react";
import { useLiveProducts } from "~/availability/live-stock";
import type { CartView } from "~/cart/cart-view.server";

/** Reads the cart anew when this shopper's holds have changed elsewhere: in another tab, or because they ended. */
export function FollowHolds({ view }: { view: CartView }) {
  const live = useLiveProducts();
  const { revalidate } = useRevalidator();
  const hasMoved = view.lines.some(
    ({ productId, stock }) => (live.get(productId) ?? stock).heldByYou !== stock.heldByYou,
  );
  useEffect(() => {
    if (hasMoved) revalidate();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per update; `revalidate` changes on every render
  }, [live]);
  return null;
}
