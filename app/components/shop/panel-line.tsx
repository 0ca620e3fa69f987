import { Link } from "@remix-run/react";
import { useLiveStock } from "~/availability/live-stock";
import type { CartLineView, RemovedLine } from "~/cart/cart-view";
import { productPath } from "~/catalog/product-address";
import { t } from "~/words/words";
import { CartForm } from "./cart-form";
import { usePending } from "./pending";
import { ProductPicture } from "./product-picture";
import { LineStock } from "./stock-status";

interface PanelLineProps {
  readonly line: CartLineView;
  readonly onRemove: (removed: RemovedLine) => void;
  readonly onLeave: () => void;
}

/** A cart line in the panel. Its quantity can be changed on the cart page. */
export function PanelLine({
  line: { productId, image, quantity, state, price, subtotal, ...line },
  onRemove,
  onLeave,
}: PanelLineProps) {
  const stock = useLiveStock(productId, line.stock);
  const isLeaving = usePending("remove", productId);
  const name = line.name ?? t("cart.gone");
  return (
    <li className="panel-line" data-state={state} data-leaving={isLeaving} aria-label={name}>
      <ProductPicture image={image} size={64} eager />
      <div className="what">
        <h3>
          {line.name === null ? (
            name
          ) : (
            <Link to={productPath(productId)} onClick={onLeave}>
              {name}
            </Link>
          )}
        </h3>
        <p className="price">{price === null ? t("product.noPrice") : t("cart.times", { quantity, price })}</p>
        <LineStock state={state} quantity={quantity} stock={stock} />
      </div>
      <div className="end">
        <p className="subtotal">{subtotal}</p>
        <CartForm onSubmit={() => onRemove({ productId, name, quantity })}>
          <input type="hidden" name="product_id" value={productId} />
          <button
            type="submit"
            name="intent"
            value="remove"
            className="button quiet"
            aria-label={t("cart.removeLabel", { name })}
            aria-busy={isLeaving}
          >
            {isLeaving ? t("cart.removing") : t("cart.remove")}
          </button>
        </CartForm>
      </div>
    </li>
  );
}
