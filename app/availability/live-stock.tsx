import { useRevalidator } from "@remix-run/react";
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import type { StockView } from "~/cart/product-view.server";
import type { LiveProduct } from "./live-product";
import { watchAvailability } from "./watch-availability";

const LiveStockContext = createContext<ReadonlyMap<string, LiveProduct>>(new Map());

/**
 * Keeps the stock of these products true for everything below, for as long as the page can be seen. What the page came
 * with is shown until the first figures arrive, and for good without JavaScript. After the page was away it is read anew.
 */
export function LiveStock({ productIds, children }: { productIds: readonly string[]; children: ReactNode }) {
  const [products, setProducts] = useState<ReadonlyMap<string, LiveProduct>>(new Map());
  const { revalidate } = useRevalidator();
  const revalidatePage = useRef(revalidate);
  useEffect(() => {
    revalidatePage.current = revalidate;
  }, [revalidate]);
  // As text, so that the same products in a new list are no change. No id has a line break.
  const watched = [...productIds].sort().join("\n");

  useEffect(() => {
    if (watched === "") return;
    let arrived: LiveProduct[] = [];
    let frame = 0;
    const stop = watchAvailability({
      productIds: watched.split("\n"),
      onProduct(product) {
        arrived.push(product);
        // One render for all that arrives together.
        frame ||= requestAnimationFrame(() => {
          const fresh = arrived;
          arrived = [];
          frame = 0;
          setProducts((before) => new Map([...before, ...fresh.map((one) => [one.id, one] as const)]));
        });
      },
      onReturn: () => revalidatePage.current(),
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [watched]);

  return <LiveStockContext.Provider value={products}>{children}</LiveStockContext.Provider>;
}

/** The stock as it is now; `stock`: as the page was rendered with. */
export function useLiveStock(productId: string, stock: StockView): StockView {
  return useContext(LiveStockContext).get(productId) ?? stock;
}

/** All live figures that have arrived, by product id. */
export function useLiveProducts(): ReadonlyMap<string, LiveProduct> {
  return useContext(LiveStockContext);
}
