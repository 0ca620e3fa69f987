import type { LostCookieView } from "~/cart/cart-view";
import { t } from "~/words/words";
import { CartForm } from "./cart-form";

/** Explains why nothing was added, and offers the same item again. */
export function LostCookieNotice({ lostCookie }: { lostCookie: LostCookieView }) {
  if (lostCookie.outcome === "blocked") {
    return (
      <p role="alert" className="notice warn">
        {t("lostCookie.blocked")}
      </p>
    );
  }
  const { item } = lostCookie;
  return (
    <div role="alert" className="notice">
      <p>{item === null ? t("lostCookie.again") : t("lostCookie.onceMore", { name: item.name })}</p>
      {item !== null && (
        <CartForm>
          <input type="hidden" name="intent" value="add" />
          <input type="hidden" name="product_id" value={item.productId} />
          <input type="hidden" name="quantity" value={item.quantity} />
          <button type="submit" className="button" aria-label={t("product.addLabel", { name: item.name })}>
            {t("product.add")}
          </button>
        </CartForm>
      )}
    </div>
  );
}
