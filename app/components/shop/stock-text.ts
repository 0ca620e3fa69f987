import type { StockView } from "~/availability/stock-view";
import type { ClockText } from "~/components/clock-text";
import { t } from "~/words/words";

/** From this stock on, "only 3 left". */
export const FEW = 3;

/** The stock of a product as text. Only uses numbers counted by the server. */
export function stockText({ onHand, available, heldByYou, nextReleaseAt }: StockView, clockText: ClockText): string {
  if (heldByYou > 0) return heldText({ held: heldByYou, available, onHand });
  if (onHand === 0) return t("stock.soldOut");
  if (available === 0)
    return nextReleaseAt === null
      ? t("stock.inOtherCarts")
      : t("stock.inOtherCartsUntil", { time: clockText(nextReleaseAt) });
  if (available === 1 && onHand === 1) return t("stock.lastOne");
  return available <= FEW ? t("stock.few", { available }) : t("stock.left", { available });
}

/** Items in other carts may come back, so those held here are the last ones only if they are all there is. */
function heldText({ held, available, onHand }: { held: number; available: number; onHand: number }): string {
  if (available < held) return t("stock.heldTooMany", { available });
  if (available > held) return t("stock.heldMore", { more: available - held });
  return held === onHand ? t("stock.heldLast", { held }) : t("stock.heldAll");
}

/** The stock of a cart line whose hold has expired. */
export function lapsedText(stock: StockView, quantity: number, clockText: ClockText): string {
  if (stock.available >= quantity) return t("stock.lapsed");
  if (stock.available > 0) return t("stock.lapsedFewer", { available: stock.available });
  return t("stock.lapsedNone", { stock: stockText(stock, clockText) });
}
