import { useRevalidator } from "@remix-run/react";
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import type { LiveProduct } from "./live-product";
import type { StockView } from "./stock-view";
import { watchAvailability } from "./watch-availability";

const LiveStockContext = createContext<ReadonlyMap<string, LiveProduct>>(new Map());

/**
 * Keeps the stock of these products up to date for its children while the page is visible. The stock the page was rendered with is shown
 * until the first update, or for good without JavaScript. The page reloads its data after it was hidden or asleep.
 */
export function LiveStock({ productIds, children }: { productIds: readonly string[]; children: ReactNode }) {
  const [products, setProducts] = useState<ReadonlyMap<string, LiveProduct>>(new Map());
  const { revalidate } = useRevalidator();
  const revalidatePage = useRef(revalidate);
  useEffect(() => {
    revalidatePage.current = revalidate;
  }, [revalidate]);
  // A string, so that a new list with the same products is no change. No id contains a line break.
  const watched = [...productIds].sort().join("\n");

  useEffect(() => {
    if (watched === "") return;
    let arrived: LiveProduct[] = [];
    let frame = 0;
    const stop = watchAvailability({
      productIds: watched.split("\n"),
      onProduct(product) {
        arrived.push(product);
        // One render for all updates of a frame.
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

/** The current stock of a product; `stock` is what the page was rendered with. */
export function useLiveStock(productId: string, stock: StockView): StockView {
  return useContext(LiveStockContext).get(productId) ?? stock;
}

/** All updates received so far, by product id. */
export function useLiveProducts(): ReadonlyMap<string, LiveProduct> {
  return useContext(LiveStockContext);
}
