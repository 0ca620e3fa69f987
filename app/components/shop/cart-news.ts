import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef } from "react";

/** Keeps the number in the header the same in all tabs of this browser, and true after the back-forward cache. Null: not known. */
export function useCartNews(unitsInCart: number | null): void {
  const { revalidate } = useRevalidator();
  const known = useRef({ unitsInCart, revalidate });
  const channel = useRef<BroadcastChannel | null>(null);

  useEffect(() => {
    const opened = new BroadcastChannel("cart");
    channel.current = opened;
    // Who has read the same number has nothing to ask, so tabs do not go on telling each other.
    opened.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data !== known.current.unitsInCart) known.current.revalidate();
    };
    const onPageShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted && navigator.onLine) known.current.revalidate();
    };
    window.addEventListener("pageshow", onPageShow);
    return () => {
      opened.close();
      window.removeEventListener("pageshow", onPageShow);
    };
  }, []);

  useEffect(() => {
    const hasChanged = known.current.unitsInCart !== unitsInCart;
    known.current = { unitsInCart, revalidate };
    if (hasChanged && unitsInCart !== null) channel.current?.postMessage(unitsInCart);
  }, [unitsInCart, revalidate]);
}
