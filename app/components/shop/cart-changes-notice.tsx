import type { CartChange } from "~/cart/cart-view";
import { t } from "~/words/words";
import { cartChangeText } from "./cart-change-text";

/** What changed in the cart since the shopper last saw it and pressed Pay. Nothing was charged. */
export function CartChangesNotice({ changes }: { changes: readonly CartChange[] }) {
  return (
    <div role="alert" className="notice warn">
      <p>{t("cart.changed")}</p>
      {changes.length > 0 && (
        <ul>
          {changes.map((change, index) => (
            <li key={index}>{cartChangeText(change)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
