import type { StockView } from "~/availability/stock-view";
import type { CartLineView } from "~/cart/cart-view";
import { useClockText } from "~/components/visitor-clock";
import { FEW, lapsedText, stockText } from "./stock-text";

/** A cart line's stock, or what became of its hold. */
export function LineStock({ state, quantity, stock }: Pick<CartLineView, "state" | "quantity" | "stock">) {
  const clock = useClockText();
  if (state !== "lapsed") return <StockStatus stock={stock} />;
  return (
    <p className="stock" data-tone="none">
      {lapsedText(stock, quantity, clock)}
    </p>
  );
}

/** The stock as text. The mark in front differs in shape, not only in colour. */
export function StockStatus({ stock, id }: { stock: StockView; id?: string }) {
  const clock = useClockText();
  return (
    <p className="stock" data-tone={tone(stock)} id={id}>
      {stockText(stock, clock)}
    </p>
  );
}

function tone({ onHand, available, heldByYou }: StockView): "yours" | "plenty" | "scarce" | "waiting" | "none" {
  if (heldByYou > 0) return "yours";
  if (onHand === 0) return "none";
  if (available === 0) return "waiting";
  return available <= FEW ? "scarce" : "plenty";
}
