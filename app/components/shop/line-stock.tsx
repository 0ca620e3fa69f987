import type { StockView } from "~/availability/stock-view";
import type { CartLineView } from "~/cart/cart-view";
import { useClockText } from "~/components/visitor-clock";
import { t } from "~/words/words";
import { useQuantityChanges } from "./quantity-changes";
import { lapsedText } from "./stock-text";

/** What matters about a cart line's stock: that its hold expired, that fewer can be sold, or that these are the last ones. */
export function LineStock({ line: { productId, state, quantity }, stock }: { line: CartLineView; stock: StockView }) {
  const clock = useClockText();
  // The stepper says what becomes of the choice, and one text is enough.
  if (useQuantityChanges().latest.has(productId)) return null;
  if (state === "lapsed") return <Words tone="none">{lapsedText(stock, quantity, clock)}</Words>;
  const { available, onHand } = stock;
  if (available < quantity) return <Words tone="scarce">{t("stock.heldTooMany", { available })}</Words>;
  return quantity === onHand ? <Words tone="yours">{t("stock.heldLast", { held: quantity })}</Words> : null;
}

function Words({ tone, children }: { tone: "none" | "scarce" | "yours"; children: string }) {
  return (
    <p className="stock" data-tone={tone}>
      {children}
    </p>
  );
}
