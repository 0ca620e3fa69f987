import type { RemovedLine } from "~/cart/cart-view";
import { labels, removedText } from "~/components/texts";
import { CartForm } from "./cart-form";
import { takeLostFocus } from "./lost-focus";

/** What was removed, with an undo button. Takes the focus, because the remove button is gone. */
export function RemovedNotice({ removed: { productId, name, quantity } }: { removed: RemovedLine }) {
  return (
    <div className="notice" role="status" tabIndex={-1} ref={takeLostFocus}>
      <p>{removedText(name, quantity)}</p>
      <CartForm>
        <input type="hidden" name="intent" value="set" />
        <input type="hidden" name="product_id" value={productId} />
        <input type="hidden" name="quantity" value={quantity} />
        <button type="submit" className="button quiet" aria-label={`${labels.undo}: ${name}`}>
          {labels.undo}
        </button>
      </CartForm>
    </div>
  );
}
