import { useEffect, useRef } from "react";
import type { CartView } from "~/cart/cart-view";

/** The same moment, computed twice from durations, may differ by some milliseconds. */
const SAME_MOMENT_MS = 1_000;

/** What tabs tell each other of the cart. */
interface CartMark {
  /** Products, quantities and states. */
  readonly lines: string;
  readonly heldUntil: number | null;
}

/** Calls `refresh` when the cart changes in another tab, and when the page returns from the back-forward cache. */
export function useCartSync(view: CartView | null, refresh: () => void): void {
  // Null at first: a document that opens, as after a payment, may know more than the tabs that are open.
  const known = useRef<CartMark | null>(null);
  const channel = useRef<BroadcastChannel | null>(null);

  useEffect(() => {
    const opened = new BroadcastChannel("cart");
    channel.current = opened;
    // A tab that already shows this cart does not read it again; otherwise tabs would notify each other forever.
    opened.onmessage = ({ data }: MessageEvent<CartMark>) => {
      if (!isSame(known.current, data)) refresh();
    };
    const onPageShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) refresh();
    };
    window.addEventListener("pageshow", onPageShow);
    return () => {
      opened.close();
      window.removeEventListener("pageshow", onPageShow);
    };
  }, [refresh]);

  useEffect(() => {
    if (view === null) return;
    const mark = markOf(view);
    const hasChanged = !isSame(known.current, mark);
    known.current = mark;
    if (hasChanged) channel.current?.postMessage(mark);
  }, [view]);
}

function markOf({ lines, heldUntil, paymentPage }: CartView): CartMark {
  return {
    lines: lines.map(({ productId, quantity, state }) => `${productId} ${quantity} ${state}`).join("\n"),
    heldUntil: heldUntil ?? paymentPage?.closesAt ?? null,
  };
}

function isSame(before: CartMark | null, after: CartMark): boolean {
  return before?.lines === after.lines && Math.abs((before.heldUntil ?? 0) - (after.heldUntil ?? 0)) < SAME_MOMENT_MS;
}
