import type { RemovedLine } from "~/cart/cart-view";
import { t } from "~/words/words";
import { CartForm } from "./cart-form";
import { takeLostFocus } from "./lost-focus";

/** What was removed, with an undo button. Takes the focus, because the remove button is gone. */
export function RemovedNotice({ removed: { productId, name, quantity } }: { removed: RemovedLine }) {
  return (
    <div className="notice" role="status" tabIndex={-1} ref={takeLostFocus}>
      <p>{quantity === 1 ? t("cart.removed", { name }) : t("cart.removedSeveral", { quantity, name })}</p>
      <CartForm>
        <input type="hidden" name="intent" value="set" />
        <input type="hidden" name="product_id" value={productId} />
        <input type="hidden" name="quantity" value={quantity} />
        <button type="submit" className="button quiet" aria-label={t("cart.undoLabel", { name })}>
          {t("cart.undo")}
        </button>
      </CartForm>
    </div>
  );
}
