import type { LostCookieView } from "~/cart/cart-view";
import { labels, productTexts } from "~/components/texts";
import { CartForm } from "./cart-form";
import { lostCookieTexts } from "./lost-cookie-words";

/** Explains why nothing was added, and offers the same item again. */
export function LostCookieNotice({ lostCookie }: { lostCookie: LostCookieView }) {
  if (lostCookie.outcome === "blocked") {
    return (
      <p role="alert" className="notice warn">
        {lostCookieTexts.blocked}
      </p>
    );
  }
  const { item } = lostCookie;
  return (
    <div role="alert" className="notice">
      <p>{item === null ? lostCookieTexts.again : lostCookieTexts.onceMore(item.name)}</p>
      {item !== null && (
        <CartForm>
          <input type="hidden" name="intent" value="add" />
          <input type="hidden" name="product_id" value={item.productId} />
          <input type="hidden" name="quantity" value={item.quantity} />
          <button type="submit" className="button" aria-label={productTexts.addLabel(item.name)}>
            {labels.addToCart}
          </button>
        </CartForm>
      )}
    </div>
  );
}
