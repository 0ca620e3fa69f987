import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef } from "react";

/** Keeps the number in the header up to date across tabs and after a return from the back-forward cache. Null: unknown. */
export function useCartCountSync(unitsInCart: number | null): void {
  const { revalidate } = useRevalidator();
  const known = useRef({ unitsInCart, revalidate });
  const channel = useRef<BroadcastChannel | null>(null);

  useEffect(() => {
    const opened = new BroadcastChannel("cart");
    channel.current = opened;
    // A tab that already shows this number does not revalidate; otherwise tabs would notify each other forever.
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
