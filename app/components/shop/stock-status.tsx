import type { StockView } from "~/availability/stock-view";
import type { CartLineView } from "~/cart/cart-view";
import type { ProductView } from "~/cart/product-view.server";
import { countdownText } from "~/components/clock-text";
import { useClockText } from "~/components/visitor-clock";
import { t } from "~/words/words";
import { useCartLine } from "./cart-state";
import { useTimeLeft } from "./server-clock";
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

/** The stock of a product on offer, or what became of the shopper's hold of it. */
export function ProductStock({ product: { id, forSale }, stock }: { product: ProductView; stock: StockView }) {
  const line = useCartLine(id);
  if (!forSale) {
    return (
      <p className="stock" data-tone="none">
        {t("product.notForSale")}
      </p>
    );
  }
  return line === undefined ? (
    <StockStatus stock={stock} />
  ) : (
    <LineStock state={line.state} quantity={line.quantity} stock={stock} />
  );
}

/** The stock as text. The mark in front differs in shape, not only in colour. */
function StockStatus({ stock }: { stock: StockView }) {
  const clock = useClockText();
  const toneNow = tone(stock);
  const timeLeft = useTimeLeft(toneNow === "waiting" ? stock.nextReleaseAt : null);
  return (
    <p className="stock" data-tone={toneNow}>
      {stockText(stock, clock)}
      {timeLeft !== null && timeLeft > 0 && <span className="time-left">{countdownText(timeLeft)}</span>}
    </p>
  );
}

function tone({ onHand, available, heldByYou }: StockView): "yours" | "plenty" | "scarce" | "waiting" | "none" {
  if (heldByYou > 0) return "yours";
  if (onHand === 0) return "none";
  if (available === 0) return "waiting";
  return available <= FEW ? "scarce" : "plenty";
}
