import type { StockView } from "~/availability/stock-view";
import type { ProductView } from "~/cart/product-view.server";
import { countdownText } from "~/components/clock-text";
import { useClockText } from "~/components/visitor-clock";
import { t } from "~/words/words";
import { useCartLine } from "./cart-state";
import { useTimeLeft } from "./server-clock";
import { FEW, lapsedText, stockText } from "./stock-text";

/** The stock of a product on offer, or that the shopper's hold of it has ended. */
export function ProductStock({ product: { id, forSale }, stock }: { product: ProductView; stock: StockView }) {
  const line = useCartLine(id);
  const clock = useClockText();
  if (forSale && line?.state !== "lapsed") return <StockStatus stock={stock} />;
  return (
    <p className="stock" data-tone="none">
      {forSale && line !== undefined ? lapsedText(stock, line.quantity, clock) : t("product.notForSale")}
    </p>
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
      {/* The text says until when. */}
      {timeLeft !== null && timeLeft > 0 && (
        <span className="time-left" aria-hidden="true">
          {countdownText(timeLeft)}
        </span>
      )}
    </p>
  );
}

function tone({ onHand, available, heldByYou }: StockView): "yours" | "plenty" | "scarce" | "waiting" | "none" {
  if (heldByYou > 0) return "yours";
  if (onHand === 0) return "none";
  if (available === 0) return "waiting";
  return available <= FEW ? "scarce" : "plenty";
}
