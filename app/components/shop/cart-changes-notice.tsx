import type { CartChange } from "~/cart/cart-view";
import { t } from "~/words/words";
import { cartChangeText, isPrice } from "./cart-change-text";

/** What changed in the cart since the shopper last saw it and pressed Pay. Nothing was charged. New prices are shown at their lines. */
export function CartChangesNotice({ changes }: { changes: readonly CartChange[] }) {
  const texts = changes.flatMap((change) => (isPrice(change) ? [] : [cartChangeText(change)]));
  return (
    <div role="alert" className="notice warn">
      <p>{t("cart.changed")}</p>
      {texts.length > 0 && (
        <ul>
          {texts.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
